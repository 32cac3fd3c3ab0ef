//! Whole trainings of a small experiment on made-up images.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use datasets::{Library, RawDataset, stripes};
use paths::{DatasetName, ExperimentFile, SettingsPatch, StageId};
use sequence::{Events, Options, Plan, Report, Store, execute};
use tch::Device;
use training::{StepEvent, compute_kind};

use crate::place::Place;

const EXPERIMENT: &str = r#"
    name = "gpu"
    title = "GPU"
    [settings]
    datasets = ["cifar10"]
    seeds = 2
    baseline_seeds = 1
    train_images = 320
    test_images = 100
    width = 8
    stem = "7x7"
    lr = 1e-2
    batch_size = 32
    max_epochs = 2
    [[conditions]]
    label = "reset"
    path = [{ blur = 0.25 }, { bias_reset = 0.01 }]
    [[conditions]]
    label = "shift"
    from = { shift = 0.25, contrast = 0.5 }
    tasks = 2
    [[conditions]]
    label = "changing"
    path = [{ blur = 0.25 }, { augmentation = "crop-flip", schedule = { cosine = {} }, interventions = [{ l2_init = {} }] }]
"#;

/// Raises `stop` after so many steps.
struct Stop<'a> {
    left: AtomicUsize,
    stop: &'a AtomicBool,
    /// Whether steps are to be captured: it must not be that they were not.
    capture: bool,
}

impl Events for Stop<'_> {
    fn notice(&self, text: &str) {
        assert!(!self.capture || !text.contains("one operation at a time"), "{text}");
    }

    fn step(&self, _: usize, _: &StepEvent<'_>) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.stop.store(true, Ordering::SeqCst);
        }
    }
}

fn plan(settings: &[&str]) -> Plan {
    let patches: Vec<_> = settings.iter().map(|s| SettingsPatch::parse_assignment(s).unwrap()).collect();
    Plan::new(&ExperimentFile::parse(EXPERIMENT).unwrap().resolve(None, &patches).unwrap())
}

/// Carries the plan out; `steps` is after how many steps it is interrupted.
fn run(plan: &Plan, store: &Path, device: Device, jobs: usize, deterministic: bool, steps: usize) -> Report {
    run_by(true, plan, store, device, jobs, deterministic, steps)
}

/// The same; `capture` is whether a step may be captured and replayed.
fn run_by(
    capture: bool,
    plan: &Plan,
    store: &Path,
    device: Device,
    jobs: usize,
    deterministic: bool,
    steps: usize,
) -> Report {
    let kind = compute_kind(plan.numerics.precision);
    let library = Library::new("nowhere".into(), kind, device, 1 << 24, |_| {});
    let images = |count| stripes(DatasetName::Cifar10, (0..10).cycle().take(count).collect());
    library.preload(RawDataset { name: DatasetName::Cifar10, train: images(400), test: images(100) });
    let stop = AtomicBool::new(false);
    let events = Stop { left: AtomicUsize::new(steps), stop: &stop, capture };
    let options = Options { jobs, device, deterministic, capture, checkpoint_every: Duration::ZERO };
    execute(plan, &Store::open(store).unwrap(), &library, &options, &events, &stop).unwrap()
}

/// Never.
const NO_STEP: usize = usize::MAX;

/// Final test loss and weights of every stage.
fn results(plan: &Plan, store: &Path) -> BTreeMap<StageId, (f64, Vec<u8>)> {
    let store = Store::open_to_read(store).unwrap();
    let of = |stage: &sequence::Stage| {
        let record = store.record(stage.id).unwrap().expect("every stage is finished");
        let weights = std::fs::read(store.folder(stage.id).join("weights.safetensors")).unwrap();
        (stage.id, (record.summary().expect("no stage diverged").test.loss, weights))
    };
    plan.stages.iter().map(of).collect()
}

fn compare(plan: &Plan, one: &Path, other: &Path, tolerance: f64) {
    let (one, other) = (results(plan, one), results(plan, other));
    assert_eq!(one.len(), plan.stages.len());
    for (id, (loss, _)) in &one {
        let error = (other[id].0 / loss - 1.0).abs();
        assert!(error < tolerance, "stage {id}: test losses {loss} and {} differ by {error:e}", other[id].0);
    }
}

/// Rounding grows from step to step: after forty of them a test loss agrees to some per cent, not to the last digits.
pub fn as_on_the_cpu(place: &Place) {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let plan = plan(&[]);
    run(&plan, here.path(), Device::Cpu, 2, false, NO_STEP);
    run(&plan, there.path(), place.device, 1, false, NO_STEP);
    compare(&plan, here.path(), there.path(), 0.05);
}

pub fn two_jobs_in_bf16(place: &Place) {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let plan = plan(&["precision=bf16"]);
    run(&plan, one.path(), place.device, 1, false, NO_STEP);
    run(&plan, two.path(), place.device, 2, false, NO_STEP);
    compare(&plan, one.path(), two.path(), 0.1);
}

pub fn interrupted_and_resumed(place: &Place) {
    let (whole, parts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let plan = plan(&[]);
    run(&plan, whole.path(), place.device, 1, true, NO_STEP);
    assert!(run(&plan, parts.path(), place.device, 1, true, 7).interrupted);
    assert!(run(&plan, parts.path(), place.device, 1, true, 25).interrupted);
    assert!(!run(&plan, parts.path(), place.device, 1, true, NO_STEP).interrupted);
    compare(&plan, whole.path(), parts.path(), 1e-3);
}

pub fn same_bits_twice(place: &Place) {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let plan = plan(&[]);
    for folder in [&one, &other] {
        run(&plan, folder.path(), place.device, 1, true, NO_STEP);
    }
    assert!(results(&plan, one.path()) == results(&plan, other.path()), "the same training gave other bits");
}

/// Whole steps replayed are the same as the same steps operation by operation: with one training and with two side by side, whose captures
/// fall into each other's steps, and with learning rates that change.
pub fn captured_steps(place: &Place) {
    for settings in [&[][..], &["precision=bf16"]] {
        let (eager, captured, two) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let plan = plan(settings);
        run_by(false, &plan, eager.path(), place.device, 1, true, NO_STEP);
        run(&plan, captured.path(), place.device, 1, true, NO_STEP);
        run(&plan, two.path(), place.device, 2, true, NO_STEP);
        let expected = results(&plan, eager.path());
        assert!(expected == results(&plan, captured.path()), "replayed steps gave other bits: {settings:?}");
        assert!(expected == results(&plan, two.path()), "replayed steps side by side gave other bits: {settings:?}");
    }
}
