//! What `--plan` says.

use counted::counted;
use std::collections::HashMap;
use std::fmt::Write;
use std::time::{Duration, Instant};

use indicatif::HumanDuration;
use paths::{DatasetName, ModelSpec, NetworkName};
use sequence::{Plan, Record, Stage, Store, StoreError};
use tch::{Device, Tensor};
use training::{Input, Sgd, compute_kind, network};

use crate::conductor::few_images::training_images;

/// Steps that are timed where no training of this kind was recorded; the first ones warm up.
const WARM_UP: usize = 2;
const TIMED: usize = 4;

/// The size of a plan, what sharing saves, what is done, and how long the rest may take.
pub(crate) fn plan(plan: &Plan, store: &Store, jobs: usize, device: Device) -> Result<String, StoreError> {
    let mut text = String::new();
    let (runs, stages) = (plan.runs.len(), plan.stages.len());
    let steps = stages + plan.shared();
    let mut records = Vec::new();
    for stage in &plan.stages {
        records.push(match store.record(stage.id) {
            Err(damage @ StoreError::Damaged { .. }) => {
                let _ = writeln!(text, "{damage}; it would be set aside and trained again.");
                None
            }
            other => other?,
        });
    }
    let done = records.iter().flatten().count();
    let _ = writeln!(text, "{}: {} of {} in all.", plan.name, counted(runs, "run"), counted(steps, "task"));
    let percent = 100.0 * plan.shared() as f64 / steps.max(1) as f64;
    let _ = writeln!(
        text,
        "Stages to train: {stages}. Sharing common beginnings saves {} ({percent:.0} %).",
        plan.shared()
    );
    let _ = writeln!(text, "Done: {done} of {stages}, in {}.", store.root().display());
    if done < stages {
        let _ = writeln!(text, "{}", estimate(plan, &records, jobs, device));
    }
    Ok(text)
}

/// What decides how fast a stage is trained.
type Kind = (DatasetName, NetworkName, usize);

fn kind(dataset: DatasetName, model: &ModelSpec) -> Kind {
    (dataset, model.network, model.width)
}

/// The time left if no stage stops early.
fn estimate(plan: &Plan, records: &[Option<Record>], jobs: usize, device: Device) -> String {
    let mut recorded: HashMap<Kind, Vec<f64>> = HashMap::new();
    for record in records.iter().flatten().filter(|r| r.provenance.images_per_second > 0.0) {
        let speeds = recorded.entry(kind(record.task.dataset, &record.model)).or_default();
        speeds.push(record.provenance.images_per_second);
    }
    let mut probed: HashMap<Kind, f64> = HashMap::new();
    let (mut total, mut longest, mut left) = (0.0, 0.0f64, 0);
    // Seconds until each stage is done if all that can run at once does: parents come before their children.
    let mut chains = vec![0.0; plan.stages.len()];
    for (index, stage) in plan.stages.iter().enumerate() {
        let before = stage.parent.map_or(0.0, |parent| chains[parent]);
        chains[index] = before;
        if records[index].is_some() {
            continue;
        }
        let kind = kind(stage.step.task.dataset, &stage.model);
        let speed = match recorded.get(&kind) {
            Some(speeds) => speeds.iter().sum::<f64>() / speeds.len() as f64,
            None => *probed.entry(kind).or_insert_with(|| probe(plan, stage, device)),
        };
        let seconds = stage_images(stage) / speed;
        total += seconds;
        left += 1;
        chains[index] += seconds;
        longest = longest.max(chains[index]);
    }
    // More trainings than cores share them.
    let cores = std::thread::available_parallelism().map_or(1, usize::from) / plan.numerics.threads;
    let at_once = if matches!(device, Device::Cuda(_)) { jobs } else { jobs.min(cores.max(1)) }.min(left);
    let time = HumanDuration(Duration::from_secs_f64((total / at_once as f64).max(longest)));
    let basis = match (recorded.is_empty(), probed.is_empty()) {
        (_, true) => "the speed of the stages already done",
        (true, false) => "a few steps timed just now",
        (false, false) => "the stages already done and a few steps timed just now",
    };
    format!(
        "The rest would take about {time} with {jobs} side by side if no stage stopped early, going by {basis}; most stop \
         sooner."
    )
}

/// Work of a stage that runs all its epochs, in training images: evaluating an image costs about a third of training on it.
fn stage_images(stage: &Stage) -> f64 {
    let (data, task, epochs) = (&stage.data, &stage.step.task, stage.step.process.max_epochs);
    let images = data.train_images.of(task.dataset.train_images()) as f64;
    let validation = images * data.validation_fraction;
    let trained = training_images(stage);
    let test = data.test_images.of(task.dataset.test_images()) as f64;
    epochs as f64 * (trained + validation / 3.0) + (trained + validation + 2.0 * test) / 3.0
}

/// Training images a second of one training alone.
fn probe(plan: &Plan, stage: &Stage, device: Device) -> f64 {
    tch::set_num_threads(plan.numerics.threads as i32);
    let kind = compute_kind(plan.numerics.precision);
    let input = Input::of(stage.step.task.dataset);
    let network = network::new(&stage.model, input, 0, kind, device);
    let process = &stage.step.process;
    let batch = process.batch_size;
    let mut optimiser = Sgd::new(&network.parameters(), process);
    let images = input.zeros(batch, kind, device);
    let labels = Tensor::zeros([batch as i64], (tch::Kind::Int64, device));
    let mut began = Instant::now();
    for step in 0..WARM_UP + TIMED {
        if step == WARM_UP {
            began = Instant::now();
        }
        let loss = network.forward(&images, true).cross_entropy_for_logits(&labels);
        let gradients = Tensor::run_backward(&[&loss], optimiser.parameters(), false, false);
        optimiser.step(&gradients);
        // Reading the loss waits for the device.
        let _ = loss.double_value(&[]);
    }
    (TIMED * batch) as f64 / began.elapsed().as_secs_f64()
}
