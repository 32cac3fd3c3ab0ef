//! The tables of results in the repository are those of this version.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use datasets::{Library, RawDataset, stripes};
use paths::{DatasetName, ExperimentFile};
use reports::{RunTable, SharedTrainings};
use sequence::{Options, Plan, Store, execute, results, runs_to_csv};
use tch::{Device, Kind};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every folder of results, such as `reports/lite/fig6`.
fn folders() -> Vec<PathBuf> {
    let inside = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = ["demo", "lite", "paper-7x7", "paper"]
        .iter()
        .flat_map(|scale| inside(root().join("reports").join(scale)))
        .filter(|folder| folder.join("runs.csv").exists() && !folder.ends_with("own"))
        .collect();
    folders.sort();
    assert!(folders.len() > 10, "{folders:?}");
    folders
}

/// The table of an experiment on made-up images.
fn table_of_today() -> String {
    let text = "name = \"t\"\ntitle = \"t\"\n[settings]\ndatasets = [\"mnist\"]\nseeds = 1\ntrain_images = 60\ntest_images = 20\n\
                width = 2\nstem = \"7x7\"\nbatch_size = 20\nmax_epochs = 1\n\
                [[conditions]]\nlabel = \"a\"\npath = [{ blur = 0.25 }, {}]\n";
    let plan = Plan::new(&ExperimentFile::parse(text).unwrap().resolve(None, &[]).unwrap());
    let library = Library::new("nowhere".into(), Kind::Float, Device::Cpu, 1 << 20, |_| {});
    let images = |count| stripes(DatasetName::Mnist, (0..10).cycle().take(count).collect());
    library.preload(RawDataset { name: DatasetName::Mnist, train: images(100), test: images(20) });
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let options =
        Options { jobs: 1, device: Device::Cpu, deterministic: false, capture: true, checkpoint_every: Duration::MAX };
    execute(&plan, &store, &library, &options, &(), &AtomicBool::new(false)).unwrap();
    String::from_utf8(runs_to_csv(&results(&plan, &store).unwrap().0)).unwrap()
}

#[test]
fn tables_of_runs_have_the_columns_that_are_written_today() {
    let today = table_of_today();
    let today: Vec<&str> = today.lines().next().unwrap().split(',').collect();
    assert!(today.len() > 30, "{today:?}");
    for folder in folders() {
        let text = std::fs::read_to_string(folder.join("runs.csv")).unwrap();
        let found: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        let missing: Vec<_> = today.iter().filter(|column| !found.contains(column)).collect();
        assert!(missing.is_empty(), "{} has no {missing:?}: draw the figure again", folder.display());
    }
}

#[test]
fn figures_of_one_scale_have_the_same_baselines() {
    let mut shared = 0;
    for scale in ["demo", "lite", "paper-7x7", "paper"] {
        let of_scale: Vec<(String, PathBuf, RunTable)> = folders()
            .into_iter()
            .filter(|folder| folder.parent().unwrap().ends_with(scale))
            .map(|folder| {
                let table = RunTable::read_csv(&folder.join("runs.csv")).unwrap();
                (folder.display().to_string(), folder, table)
            })
            .collect();
        let figures = of_scale.iter().map(|(name, folder, table)| (name.as_str(), folder.as_path(), table));
        let found = SharedTrainings::among(figures);
        assert!(found.contradictions.is_empty(), "{:?}", found.contradictions);
        shared += found.shared;
    }
    assert!(shared > 50, "only {shared} runs are in several figures");
}
