//! A folder with an experiment, its store and its results.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use crate::program::ARGUMENTS;

const EXPERIMENT: &str = r#"
    name = "faults"
    title = "Faults"
    settings = { datasets = ["mnist"], seeds = 1, baseline_seeds = 1, train_images = 60, test_images = 20, width = 2 }
    conditions = [
        { label = "jump", path = [{ blur = 0.25 }, {}] },
        { label = "reset", path = [{ blur = 0.25 }, { bias_reset = 0.01 }] },
    ]
    [scale.tiny]
    stem = "7x7"
    lr = 1e-2
    batch_size = 16
    max_epochs = 2
"#;

/// What must not depend on how it came about, by its path: tables, figures, weights, epoch logs and outcomes.
pub type Contents = BTreeMap<PathBuf, Vec<u8>>;

/// A folder of its own, removed when dropped.
pub struct Place {
    _temporary: tempfile::TempDir,
    folder: PathBuf,
}

impl Place {
    /// A folder with the experiment and nothing else.
    pub fn new() -> Self {
        Self::named("place")
    }

    /// A folder with this name.
    pub fn named(name: &str) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("faults.toml"), EXPERIMENT).unwrap();
        Self { _temporary: temporary, folder }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn store(&self) -> PathBuf {
        self.folder.join("runs")
    }

    /// The program, two trainings side by side, with more options.
    pub fn command(&self, options: &[&str]) -> Command {
        let folder = self.folder.to_str().unwrap();
        let [file, store, data] = ["faults.toml", "runs", "data"].map(|name| format!("{folder}/{name}"));
        let fixed = ["experiment", &file, "--store", &store, "--data", &data, "--out", folder, "--jobs", "2"];
        let mut arguments: Vec<&str> = fixed.to_vec();
        arguments.extend(["--scale", "tiny", "--device", "cpu"]);
        if !options.contains(&"--checkpoint-seconds") {
            arguments.extend(["--checkpoint-seconds", "0"]);
        }
        arguments.extend(options);
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "program::experiment", "--nocapture", "--test-threads=1"])
            .env(ARGUMENTS, arguments.join("\n"))
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, options: &[&str]) -> Output {
        self.command(options).output().unwrap()
    }

    /// Runs the program, which must succeed.
    pub fn finish(&self) {
        let output = self.run(&[]);
        assert!(output.status.success(), "{}", text(&output));
    }

    /// What is there now.
    pub fn contents(&self) -> Contents {
        let mut contents = Contents::new();
        for name in ["reports/tiny/faults/runs.csv", "reports/tiny/faults/summary.csv"] {
            contents.insert(name.into(), fs::read(self.folder.join(name)).unwrap_or_default());
        }
        for name in ["figures/tiny/faults.svg", "figures/tiny/faults.png"] {
            contents.insert(name.into(), fs::read(self.folder.join(name)).unwrap_or_default());
        }
        for stage in self.stages() {
            let name = PathBuf::from(stage.file_name().unwrap());
            for file in ["epochs.csv", "weights.safetensors"] {
                contents.insert(name.join(file), fs::read(stage.join(file)).unwrap());
            }
            // The rest of a record says when and how fast.
            let record: Value = serde_json::from_slice(&fs::read(stage.join("record.json")).unwrap()).unwrap();
            contents.insert(name.join("outcome"), record["outcome"].to_string().into_bytes());
        }
        contents
    }

    /// The folders of the finished stages.
    pub fn stages(&self) -> Vec<PathBuf> {
        entries(&self.store().join("stages")).iter().flat_map(|outer| entries(outer)).collect()
    }

    /// Fails where something of a process that is gone is still in the way of others.
    pub fn assert_nothing_is_left_over(&self) {
        for folder in ["leases", "checkpoints"] {
            let left: Vec<PathBuf> = entries(&self.store().join(folder))
                .into_iter()
                .filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'))
                .collect();
            assert!(left.is_empty(), "{left:?}");
        }
    }
}

/// What a run that nothing happens to leaves.
pub fn reference() -> &'static Contents {
    static REFERENCE: LazyLock<Contents> = LazyLock::new(|| {
        let place = Place::new();
        place.finish();
        place.contents()
    });
    &REFERENCE
}

/// What a program printed.
pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The entries of a folder; none where it is not there.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}
