//! The tables of results in the repository are those of this version.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use datasets::{Library, RawDataset, stripes};
use paths::{DatasetName, ExperimentFile};
use sequence::{Options, Plan, Store, execute, results, runs_to_csv};
use serde_json::{Map, Value};
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

/// Rows of a table by column.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
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

/// What figures of one scale have in common; which runs they are may differ.
fn settings(folder: &Path) -> Map<String, Value> {
    let text = std::fs::read(folder.join("settings.json")).unwrap();
    let mut settings: Map<String, Value> = serde_json::from_slice(&text).unwrap();
    for which in ["datasets", "seeds", "baseline_seeds", "line_seeds", "max_tasks", "other_networks"] {
        settings.remove(which);
    }
    settings
}

/// Where settings agree, training on the standard images alone is the same training in every figure.
#[test]
fn figures_of_one_scale_have_the_same_baselines() {
    const WHAT: [&str; 4] = ["dataset", "network", "seed", "lr_1"];
    let mut stages: BTreeMap<(String, Vec<String>), (String, PathBuf)> = BTreeMap::new();
    let mut shared = 0;
    for folder in folders() {
        let settings = serde_json::to_string(&settings(&folder)).unwrap();
        let scale = folder.parent().unwrap().display().to_string();
        for run in
            rows(&folder.join("runs.csv")).into_iter().filter(|run| run["tasks"] == "1" && run["path"] == "standard")
        {
            let what = WHAT.iter().map(|column| run[*column].clone()).collect();
            let own = (run["stage"].clone(), folder.clone());
            let (stage, other) = stages.entry((format!("{scale} {settings}"), what)).or_insert_with(|| own.clone());
            shared += usize::from(*other != folder);
            assert_eq!(*stage, own.0, "{} and {} are of different versions", other.display(), folder.display());
        }
    }
    assert!(shared > 50, "only {shared} runs are in several figures");
}
