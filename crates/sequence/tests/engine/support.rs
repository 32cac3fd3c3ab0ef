//! A small experiment on made-up images, and ways to run it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use datasets::{Library, RawDataset, stripes};
use paths::{DatasetName, ExperimentFile, SettingsPatch, StageId};
use sequence::{Events, ExecuteError, Options, Plan, Report, Store, execute};
use tch::{Device, Kind};
use training::{StepEvent, measures_to_csv};

const EXPERIMENT: &str = r#"
    name = "test"
    title = "Test"

    [settings]
    datasets = ["mnist"]
    seeds = 2
    baseline_seeds = 1
    train_images = 120
    test_images = 40
    width = 2
    stem = "7x7"
    lr = 1e-2
    batch_size = 16
    max_epochs = 3
    patience = 3

    [[conditions]]
    label = "jump"
    path = [{ blur = 0.25 }, {}]

    [[conditions]]
    label = "reset"
    path = [{ blur = 0.25 }, { bias_reset = 0.01 }]

    [[conditions]]
    label = "shift"
    from = { shift = 0.25 }
    tasks = 2
"#;

/// The plan of the experiment, with settings changed as by `--set`.
pub fn plan(settings: &[&str]) -> Plan {
    let patches: Vec<_> = settings.iter().map(|s| SettingsPatch::parse_assignment(s).unwrap()).collect();
    Plan::new(&ExperimentFile::parse(EXPERIMENT).unwrap().resolve(None, &patches).unwrap())
}

pub fn library() -> Library {
    let library = Library::new("nowhere".into(), Kind::Float, Device::Cpu, 1 << 20, |_| {});
    let images = |count| stripes(DatasetName::Mnist, (0..10).cycle().take(count).collect());
    library.preload(RawDataset { name: DatasetName::Mnist, train: images(200), test: images(60) });
    library
}

/// Counts steps, keeps notices, and stops after a number of steps.
#[derive(Default)]
pub struct Watcher {
    pub notices: Mutex<Vec<String>>,
    pub steps: AtomicUsize,
    pub stop_after: Option<usize>,
    pub stop: AtomicBool,
}

impl Events for Watcher {
    fn step(&self, _: usize, _: &StepEvent<'_>) {
        let steps = self.steps.fetch_add(1, Ordering::SeqCst) + 1;
        if self.stop_after.is_some_and(|limit| steps >= limit) {
            self.stop.store(true, Ordering::SeqCst);
        }
    }
    fn notice(&self, text: &str) {
        self.notices.lock().unwrap().push(text.to_owned());
    }
}

pub fn options(jobs: usize) -> Options {
    Options { jobs, device: Device::Cpu, deterministic: false, capture: true, checkpoint_every: Duration::ZERO }
}

pub fn run(plan: &Plan, store: &Path, jobs: usize, watcher: &Watcher) -> Result<Report, ExecuteError> {
    let store = Store::open(store)?;
    execute(plan, &store, &library(), &options(jobs), watcher, &watcher.stop)
}

/// Everything in a store that must not depend on how it came about: outcomes, epoch logs, weights and measures, as bytes.
pub fn contents(plan: &Plan, store: &Path) -> BTreeMap<StageId, (String, [Vec<u8>; 3])> {
    let store = Store::open_to_read(store).unwrap();
    plan.stages
        .iter()
        .filter_map(|stage| {
            let record = store.record(stage.id).unwrap()?;
            let weights = std::fs::read(store.folder(stage.id).join("weights.safetensors")).unwrap_or_default();
            let measures = measures_to_csv(&store.measures(stage.id).unwrap());
            Some((stage.id, (format!("{:?}", record.outcome), [store.epochs(stage.id).unwrap(), weights, measures])))
        })
        .collect()
}
