//! ω, one learning process: SGD epochs until early stopping, from any point at which it was interrupted.

use std::ops::Range;
use std::time::Instant;

use datasets::{ImageSet, TaskData};
use paths::random::{Purpose, stream};
use paths::{Carry, LearningProcess};
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};
use tch::Tensor;

use crate::early_stopping::EarlyStopping;
use crate::evaluate::{Evaluation, Sums, evaluate};
use crate::layers::NamedTensors;
use crate::probe::{Measurement, Moment, Probe};
use crate::{ResNet, Sgd};

/// One line of a stage's epoch log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochLog {
    /// Counted from 1.
    pub epoch: usize,
    /// Mean loss over the epoch's batches, as they were trained on.
    pub train_loss: f64,
    /// Accuracy over the epoch's batches.
    pub train_accuracy: f64,
    /// Loss on the validation images after the epoch.
    pub validation_loss: f64,
    /// Accuracy on the validation images after the epoch.
    pub validation_accuracy: f64,
}

/// How training ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// Early stopping or the last epoch; the model has the carried weights.
    Finished(Summary),
    /// A loss was not finite in this epoch, counted from 1.
    Diverged {
        /// The epoch, from 1.
        epoch: usize,
    },
    /// The observer asked to stop; the state given to it last continues from there.
    Interrupted,
}

/// What a finished stage measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Epochs trained.
    pub epochs: usize,
    /// The epoch with the lowest validation loss, from 1.
    pub best_epoch: usize,
    /// The epoch whose weights the model has now, from 1.
    pub carried_epoch: usize,
    /// On the training images.
    pub train: Evaluation,
    /// On the validation images.
    pub validation: Evaluation,
    /// On the test images, transformed as the task's are.
    pub task_test: Evaluation,
    /// On the standard test images: the measured quantity of every figure.
    pub test: Evaluation,
}

/// Everything a stage needs to go on as if it had never been interrupted.
pub struct Checkpoint {
    /// Numbers.
    pub progress: Progress,
    /// Weights and buffers of the model, momentum buffers (`momentum.` before their names), the best weights so far
    /// (`best.`) and the sums of the running epoch (`epoch.totals`).
    pub tensors: NamedTensors,
}

/// Where training is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The running epoch, from 0.
    pub epoch: usize,
    /// Steps of it that are done.
    pub step: usize,
    /// Early stopping so far.
    pub stopping: EarlyStopping,
    /// Finished epochs.
    pub log: Vec<EpochLog>,
    /// The probe's measurements, at the start and after each finished epoch.
    pub measurements: Vec<(Moment, Measurement)>,
    /// Seconds spent in training steps.
    pub train_seconds: f64,
}

/// What training tells while it goes on, and asks.
pub trait Observer {
    /// Called after every step; `false` asks training to hand over a checkpoint and stop.
    fn step(&mut self, event: &StepEvent<'_>) -> bool;

    /// Whether to hand over a checkpoint now, asked after every step and every epoch.
    fn wants_checkpoint(&mut self) -> bool;

    /// Takes a checkpoint; its tensors are copies in CPU memory.
    ///
    /// # Errors
    /// Where it cannot be kept; training stops with the same error.
    fn checkpoint(&mut self, checkpoint: Checkpoint) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;
}

/// Where training is after a step.
pub struct StepEvent<'a> {
    /// The running epoch, from 1.
    pub epoch: usize,
    /// Steps done in it.
    pub step: usize,
    /// Steps an epoch has.
    pub steps: usize,
    /// Training images seen since this call of [`learn`] began.
    pub images: usize,
    /// The last finished epoch.
    pub last: Option<&'a EpochLog>,
}

/// Trains `model` on `data`. `seed` and `position` key the order of images and their random shifts; `resume` continues an
/// interrupted call with the same other arguments, and then gives the same result to the bit (on a CPU). `probe` looks at the
/// model before the first step and after every epoch, and changes nothing.
///
/// # Errors
/// Only those of the observer's `checkpoint`, or where `resume` does not fit the model.
pub fn learn(
    model: &mut ResNet,
    data: &TaskData,
    process: &LearningProcess,
    (seed, position): (u64, usize),
    probe: &Probe,
    resume: Option<Checkpoint>,
    observer: &mut dyn Observer,
) -> Result<(Ending, Progress), Box<dyn std::error::Error + Send + Sync>> {
    let mut optimiser = Sgd::new(&model.parameters(), process);
    let mut best: Option<NamedTensors> = None;
    let mut sums = Sums::zero(data.train.device());
    let mut progress = Progress {
        epoch: 0,
        step: 0,
        stopping: EarlyStopping::new(process.patience),
        log: Vec::new(),
        measurements: Vec::new(),
        train_seconds: 0.0,
    };
    if let Some(checkpoint) = resume {
        progress = checkpoint.progress;
        best = restore(checkpoint.tensors, model, &mut optimiser, &mut sums)?;
    } else {
        progress.measurements.push((Moment::Start, probe.measure(model)));
    }

    let batches = batches(data.train.len(), process.batch_size);
    let steps = batches.len();
    let mut images_seen = 0;
    while progress.epoch < process.max_epochs {
        let order = epoch_order(&data.train, seed, position, progress.epoch);
        let offsets = data.train.epoch_offsets(&mut stream(seed, Purpose::Shift, position, progress.epoch));
        let mut started = Instant::now();
        while progress.step < steps {
            let batch = &batches[progress.step];
            let indices = order.narrow(0, batch.start as i64, batch.len() as i64);
            train_step(model, &mut optimiser, &data.train, &indices, offsets.as_ref(), &mut sums);
            progress.step += 1;
            images_seen += indices.numel();
            let (epoch, step, last) = (progress.epoch + 1, progress.step, progress.log.last());
            if !observer.step(&StepEvent { epoch, step, steps, images: images_seen, last }) {
                progress.train_seconds += started.elapsed().as_secs_f64();
                observer.checkpoint(save(&progress, model, &optimiser, best.as_ref(), &sums))?;
                return Ok((Ending::Interrupted, progress));
            }
            // After the last step of an epoch comes its validation, which is part of the epoch.
            if progress.step < steps && observer.wants_checkpoint() {
                progress.train_seconds += started.elapsed().as_secs_f64();
                observer.checkpoint(save(&progress, model, &optimiser, best.as_ref(), &sums))?;
                started = Instant::now();
            }
        }
        let train = sums.evaluation();
        progress.train_seconds += started.elapsed().as_secs_f64();
        let validation = evaluate(model, &data.validation);
        if !train.loss.is_finite() || !validation.loss.is_finite() {
            return Ok((Ending::Diverged { epoch: progress.epoch + 1 }, progress));
        }
        progress.log.push(EpochLog {
            epoch: progress.epoch + 1,
            train_loss: train.loss,
            train_accuracy: train.accuracy,
            validation_loss: validation.loss,
            validation_accuracy: validation.accuracy,
        });
        progress.measurements.push((Moment::Epoch(progress.epoch + 1), probe.measure(model)));
        let verdict = progress.stopping.observe(progress.epoch, validation.loss);
        if verdict.is_best && process.carry == Carry::Best {
            best = Some(snapshot(model));
        }
        progress.epoch += 1;
        progress.step = 0;
        sums = Sums::zero(data.train.device());
        if verdict.stop {
            break;
        }
        if observer.wants_checkpoint() {
            observer.checkpoint(save(&progress, model, &optimiser, best.as_ref(), &sums))?;
        }
    }

    if let Some(best) = best {
        model.load(&best)?;
    }
    let best_epoch = progress.stopping.best_epoch().map_or(0, |epoch| epoch + 1);
    let carried_epoch = if process.carry == Carry::Best { best_epoch } else { progress.epoch };
    let test = evaluate(model, &data.standard_test);
    let summary = Summary {
        epochs: progress.epoch,
        best_epoch,
        carried_epoch,
        train: evaluate(model, &data.train),
        // These weights have been evaluated on it: the epoch's number gives the same loss to the bit.
        validation: match carried_epoch.checked_sub(1).and_then(|index| progress.log.get(index)) {
            Some(EpochLog { validation_loss: loss, validation_accuracy: accuracy, .. }) => {
                Evaluation { loss: *loss, accuracy: *accuracy, images: data.validation.len() }
            }
            None => evaluate(model, &data.validation),
        },
        task_test: if data.test.is(&data.standard_test) { test } else { evaluate(model, &data.test) },
        test,
    };
    let finite = [&summary.train, &summary.task_test, &summary.test].iter().all(|e| e.loss.is_finite());
    let ending = if finite { Ending::Finished(summary) } else { Ending::Diverged { epoch: progress.epoch } };
    Ok((ending, progress))
}

/// The images of each step, as places in the epoch's order. The last batch may be smaller than the others, but a single image
/// left over joins the batch before: BatchNorm has no statistics of one image where a layer is a single pixel.
fn batches(images: usize, batch_size: usize) -> Vec<Range<usize>> {
    let mut batches: Vec<Range<usize>> =
        (0..images).step_by(batch_size).map(|start| start..images.min(start + batch_size)).collect();
    if batches.len() > 1 && images % batch_size == 1 {
        batches.pop();
        batches.last_mut().expect("there were two").end = images;
    }
    batches
}

/// The order of the training images in an epoch, int64 on their device.
fn epoch_order(images: &ImageSet, seed: u64, position: usize, epoch: usize) -> Tensor {
    let mut order: Vec<i64> = (0..images.len() as i64).collect();
    order.shuffle(&mut stream(seed, Purpose::Shuffle, position, epoch));
    Tensor::from_slice(&order).to_device(images.device())
}

fn train_step(
    model: &ResNet,
    optimiser: &mut Sgd,
    images: &ImageSet,
    indices: &Tensor,
    offsets: Option<&Tensor>,
    sums: &mut Sums,
) {
    let (batch, labels) = images.batch(indices, offsets);
    let logits = model.forward(&batch, true);
    let loss = logits.cross_entropy_loss::<Tensor>(&labels, None, tch::Reduction::Mean, -100, 0.0);
    let gradients = Tensor::run_backward(&[&loss], optimiser.parameters(), false, false);
    optimiser.step(gradients);
    sums.add(&loss, &logits.detach(), &labels);
}

/// A copy of everything that makes the model what it is.
fn snapshot(model: &ResNet) -> NamedTensors {
    tch::no_grad(|| model.parameters().into_iter().chain(model.buffers()).map(|(name, t)| (name, t.copy())).collect())
}

fn save(progress: &Progress, model: &ResNet, optimiser: &Sgd, best: Option<&NamedTensors>, sums: &Sums) -> Checkpoint {
    let prefixed = |prefix: &str, tensors: &NamedTensors| -> NamedTensors {
        tensors.iter().map(|(name, t)| (format!("{prefix}{name}"), t.shallow_clone())).collect()
    };
    let mut tensors = snapshot(model);
    tensors.extend(prefixed("momentum.", optimiser.momentum()));
    tensors.extend(best.map(|best| prefixed("best.", best)).unwrap_or_default());
    tensors.push(("epoch.totals".into(), sums.totals.shallow_clone()));
    let to_cpu = |t: Tensor| t.detach().to_device(tch::Device::Cpu).contiguous();
    Checkpoint {
        progress: progress.clone(),
        tensors: tensors.into_iter().map(|(name, tensor)| (name, to_cpu(tensor))).collect(),
    }
}

/// Puts a checkpoint's tensors back and returns the best weights among them.
fn restore(
    tensors: NamedTensors,
    model: &mut ResNet,
    optimiser: &mut Sgd,
    sums: &mut Sums,
) -> Result<Option<NamedTensors>, String> {
    let (mut weights, mut best, mut momentum) = (NamedTensors::new(), NamedTensors::new(), NamedTensors::new());
    let device = sums.totals.device();
    for (name, tensor) in tensors {
        if let Some(name) = name.strip_prefix("best.") {
            best.push((name.to_owned(), tensor.to_device(device)));
        } else if let Some(name) = name.strip_prefix("momentum.") {
            momentum.push((name.to_owned(), tensor));
        } else if name == "epoch.totals" {
            sums.totals.copy_(&tensor);
        } else {
            weights.push((name, tensor));
        }
    }
    model.load(&weights)?;
    for (name, buffer) in optimiser.momentum() {
        let (_, saved) =
            momentum.iter().find(|(n, _)| n == name).ok_or_else(|| format!("there is no momentum of `{name}`"))?;
        buffer.shallow_clone().copy_(saved);
    }
    Ok((!best.is_empty()).then_some(best))
}

#[cfg(test)]
mod tests {
    use super::batches;

    #[test]
    fn batches_hold_every_image_once_and_never_one_alone() {
        assert_eq!(batches(7, 3), [0..3, 3..7]);
        assert_eq!(batches(8, 3), [0..3, 3..6, 6..8]);
        assert_eq!(batches(2, 5).len(), 1);
        for images in 2..60 {
            for size in 2..20 {
                let batches = batches(images, size);
                assert_eq!((batches[0].start, batches[batches.len() - 1].end), (0, images));
                assert!(batches.windows(2).all(|pair| pair[0].end == pair[1].start));
                assert!(batches.iter().all(|batch| (2..=size + 1).contains(&batch.len())));
            }
        }
    }
}
