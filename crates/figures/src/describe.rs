//! What `--plan` says.

use std::collections::HashMap;
use std::fmt::Write;
use std::time::{Duration, Instant};

use indicatif::HumanDuration;
use paths::{DatasetName, ModelSpec};
use sequence::{Plan, Record, Store, StoreError};
use tch::{Device, Kind, Tensor};
use training::{ResNet, Sgd, compute_kind};

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
    let _ = writeln!(text, "{}: {runs} runs of {steps} tasks in all.", plan.name);
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

/// Upper bound of the time left: every epoch that early stopping allows.
fn estimate(plan: &Plan, records: &[Option<Record>], jobs: usize, device: Device) -> String {
    let mut recorded: HashMap<DatasetName, Vec<f64>> = HashMap::new();
    for record in records.iter().flatten().filter(|r| r.provenance.images_per_second > 0.0) {
        recorded.entry(record.task.dataset).or_default().push(record.provenance.images_per_second);
    }
    let mut probed: HashMap<DatasetName, f64> = HashMap::new();
    let mut seconds = 0.0;
    for (stage, _) in plan.stages.iter().zip(records).filter(|(_, record)| record.is_none()) {
        let dataset = stage.step.task.dataset;
        let batch = stage.step.process.batch_size;
        let speed = match recorded.get(&dataset) {
            Some(speeds) => speeds.iter().sum::<f64>() / speeds.len() as f64,
            // Trainings side by side share the machine, so a lone one is an optimistic measure of each: it is divided here.
            None => *probed.entry(dataset).or_insert_with(|| probe(plan, dataset, batch, device)),
        };
        let fraction = 1.0 - plan.data.validation_fraction;
        let images = plan.data.train_images.min(official_images(dataset)) as f64 * fraction;
        // Evaluating an image costs about a third of training on it.
        let validation = images / fraction * plan.data.validation_fraction / 3.0;
        seconds += stage.step.process.max_epochs as f64 * (images + validation) / speed;
    }
    let time = HumanDuration(Duration::from_secs_f64(seconds / jobs as f64));
    let basis = match (recorded.is_empty(), probed.is_empty()) {
        (_, true) => "from the speed of the stages already done",
        (true, false) => "from a few steps timed just now",
        (false, false) => "from the stages already done, and from a few steps timed just now",
    };
    format!(
        "The rest takes at most about {time} with {jobs} side by side ({basis}); early stopping mostly ends stages sooner."
    )
}

fn official_images(dataset: DatasetName) -> usize {
    datasets::registry::entry(dataset).train.images
}

/// Training images a second of one training alone.
fn probe(plan: &Plan, dataset: DatasetName, batch: usize, device: Device) -> f64 {
    tch::set_num_threads(plan.numerics.threads as i32);
    let spec: &ModelSpec = &plan.model;
    let kind = compute_kind(plan.numerics.precision);
    let (channels, side) = (dataset.channels(), dataset.image_size() as i64);
    let model = ResNet::new(spec, channels, 0, kind, device);
    let process = &plan.stages[0].step.process;
    let mut optimiser = Sgd::new(&model.parameters(), process);
    let images = Tensor::zeros([batch as i64, side, side, channels as i64], (kind, device)).permute([0, 3, 1, 2]);
    let labels = Tensor::zeros([batch as i64], (Kind::Int64, device));
    let mut began = Instant::now();
    for step in 0..WARM_UP + TIMED {
        if step == WARM_UP {
            began = Instant::now();
        }
        let loss = model.forward(&images, true).cross_entropy_for_logits(&labels);
        let gradients = Tensor::run_backward(&[&loss], optimiser.parameters(), false, false);
        optimiser.step(gradients);
        // Reading the loss waits for the device.
        let _ = loss.double_value(&[]);
    }
    (TIMED * batch) as f64 / began.elapsed().as_secs_f64()
}
