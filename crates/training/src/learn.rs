//! ω, one learning process: SGD epochs until early stopping, from any point at which it was interrupted.

use std::ops::Range;
use std::time::Instant;

use datasets::{ImageSet, TaskData};
use paths::random::{Purpose, stream};
use paths::{Carry, LearningProcess};
use rand::seq::SliceRandom;
use tch::Tensor;

use crate::checkpoint::{Checkpoint, Progress, State, restore, save, snapshot};
use crate::early_stopping::EarlyStopping;
use crate::evaluate::{Evaluation, Prediction, evaluate, predict};
use crate::hook::Hook;
use crate::measure::{Measuring, StepRecorder};
use crate::network::Network;
use crate::observer::{Observer, StepEvent};
use crate::repeated::Repeated;
use crate::sgd::Sgd;
use crate::step::{Step, Stepper};
use crate::summary::{Ending, EpochLog, Summary};

/// What is learnt, and how.
pub struct Lesson<'a> {
    /// The images of the task.
    pub data: &'a TaskData,
    /// The learning process.
    pub process: &'a LearningProcess,
    /// Seed of the path: with the position it keys the order of images and their random shifts.
    pub seed: u64,
    /// How many steps of the path came before.
    pub position: usize,
    /// What acts on the network meanwhile, in this order.
    pub hooks: Vec<Box<dyn Hook>>,
    /// Whether a GPU may be given whole steps at once, where it can ([`Repeated`]). The results are the same.
    pub capture: bool,
}

/// Trains `network`. `resume` continues an interrupted call with the same other arguments, and then gives the same result to the
/// bit (on a CPU). `measuring` looks at the network before the first step, after every epoch and at the end, and changes nothing.
///
/// # Errors
/// Only those of the observer's `checkpoint`, or where `resume` does not fit the network.
pub fn learn(
    network: &mut dyn Network,
    lesson: &mut Lesson<'_>,
    measuring: &mut Measuring,
    resume: Option<Checkpoint>,
    observer: &mut dyn Observer,
) -> Result<(Ending, Progress), Box<dyn std::error::Error + Send + Sync>> {
    let repeated = Repeated::new(lesson.data.train.device(), lesson.capture);
    learn_by(repeated, network, lesson, measuring, resume, observer)
}

/// [`learn`], with steps taken in the way of `repeated`.
fn learn_by(
    repeated: Repeated,
    network: &mut dyn Network,
    lesson: &mut Lesson<'_>,
    measuring: &mut Measuring,
    resume: Option<Checkpoint>,
    observer: &mut dyn Observer,
) -> Result<(Ending, Progress), Box<dyn std::error::Error + Send + Sync>> {
    let Lesson { data, process, seed, position, .. } = *lesson;
    let mut state =
        State { optimiser: Sgd::new(&network.parameters(), process), best: None, recorder: StepRecorder::default() };
    let mut progress = Progress {
        epoch: 0,
        step: 0,
        stopping: EarlyStopping::new(process.patience),
        log: Vec::new(),
        measures: Vec::new(),
        measured: measuring.ids(),
        train_seconds: 0.0,
    };
    if let Some(checkpoint) = resume {
        progress = checkpoint.progress;
        measuring.resume(progress.measures.clone(), &progress.measured);
        progress.measured = measuring.ids();
        restore(checkpoint.tensors, network, &mut state)?;
    } else {
        measuring.start(network);
    }
    let keep = |progress: &mut Progress, network: &dyn Network, measuring: &Measuring, state: &State| {
        progress.measures = measuring.rows().to_vec();
        save(progress, network, state)
    };

    let batches = batches(data.train.len(), process.batch_size);
    let steps = batches.len();
    let mut stepper = Stepper::new(repeated, process.batch_size);
    let mut images_seen = 0;
    // Of the validation images, with the weights that would be handed on now; unknown after an interruption.
    let mut validation_logits = None;
    while progress.epoch < process.max_epochs {
        let order = epoch_order(&data.train, seed, position, progress.epoch);
        let draw = |purpose| stream(seed, purpose, position, progress.epoch);
        let moves =
            data.train.epoch_moves(&mut draw(Purpose::Shift), process.augmentation, &mut draw(Purpose::Augmentation));
        state.optimiser.set_learning_rate(process.lr_in(progress.epoch));
        stepper.begin_epoch(moves);
        let mut started = Instant::now();
        while progress.step < steps {
            let batch = &batches[progress.step];
            let indices = order.narrow(0, batch.start as i64, batch.len() as i64);
            let mut step =
                Step { network, optimiser: &mut state.optimiser, hooks: &mut lesson.hooks, images: &data.train };
            let row = stepper.take(&mut step, &indices, |reason| {
                observer.notice(&format!(
                    "Steps are given to the GPU one operation at a time, as they cannot be captured: {reason}"
                ));
            });
            state.recorder.add(row);
            progress.step += 1;
            images_seen += indices.numel();
            let (epoch, step, last) = (progress.epoch + 1, progress.step, progress.log.last());
            if !observer.step(&StepEvent { epoch, step, steps, images: images_seen, last }) {
                progress.train_seconds += started.elapsed().as_secs_f64();
                observer.checkpoint(keep(&mut progress, network, measuring, &state))?;
                return Ok((Ending::Interrupted, progress));
            }
            // After the last step of an epoch comes its validation, which is part of the epoch.
            if progress.step < steps && observer.wants_checkpoint() {
                progress.train_seconds += started.elapsed().as_secs_f64();
                observer.checkpoint(keep(&mut progress, network, measuring, &state))?;
                started = Instant::now();
            }
        }
        // Before hooks change the weights, which the last step is told from.
        let made = state.recorder.steps(progress.epoch * steps, network, &state.optimiser);
        let scores = made.losses.iter().zip(&made.correct).map(|(&loss, &correct)| [loss, correct]);
        let train = Evaluation::of_batches(batches.iter().map(ExactSizeIterator::len).zip(scores));
        progress.train_seconds += started.elapsed().as_secs_f64();
        for hook in &mut lesson.hooks {
            tch::no_grad(|| hook.after_epoch(network, &mut state.optimiser, progress.epoch + 1));
        }
        let Prediction { evaluation: validation, logits } = predict(network, &data.validation);
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
        measuring.epoch(progress.epoch + 1, network, &made);
        let verdict = progress.stopping.observe(progress.epoch, validation.loss);
        if verdict.is_best && process.carry == Carry::Best {
            state.best = Some(snapshot(network));
        }
        if verdict.is_best || process.carry != Carry::Best {
            validation_logits = Some(logits);
        }
        progress.epoch += 1;
        progress.step = 0;
        state.recorder = StepRecorder::default();
        if verdict.stop {
            break;
        }
        if observer.wants_checkpoint() {
            observer.checkpoint(keep(&mut progress, network, measuring, &state))?;
        }
    }

    if let Some(best) = &state.best {
        network.load(best)?;
    }
    let best_epoch = progress.stopping.best_epoch().map_or(0, |epoch| epoch + 1);
    let carried_epoch = if process.carry == Carry::Best { best_epoch } else { progress.epoch };
    let Prediction { evaluation: test, logits } = predict(network, &data.standard_test);
    let of_validation = validation_logits.map(|logits| (data.validation.clone(), logits));
    let known = of_validation.into_iter().chain([(data.standard_test.clone(), logits)]);
    measuring.end(Some(carried_epoch), network, known.collect());
    let summary = Summary {
        epochs: progress.epoch,
        best_epoch,
        carried_epoch,
        train: evaluate(network, &data.train),
        // These weights have been evaluated on it: the epoch's number gives the same loss to the bit.
        validation: match carried_epoch.checked_sub(1).and_then(|index| progress.log.get(index)) {
            Some(EpochLog { validation_loss: loss, validation_accuracy: accuracy, .. }) => {
                Evaluation { loss: *loss, accuracy: *accuracy, images: data.validation.len() }
            }
            None => evaluate(network, &data.validation),
        },
        task_test: if data.test.is(&data.standard_test) { test } else { evaluate(network, &data.test) },
        test,
    };
    let finite = [&summary.train, &summary.task_test, &summary.test].iter().all(|e| e.loss.is_finite());
    let ending = if finite { Ending::Finished(summary) } else { Ending::Diverged { epoch: progress.epoch } };
    Ok((ending, progress))
}

/// The images of each step, as places in the epoch's order. The last batch may be smaller than the others, but a single image
/// left over joins the batch before: BatchNorm has no statistics of one image where a layer is a single pixel.
pub fn batches(images: usize, batch_size: usize) -> Vec<Range<usize>> {
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

#[cfg(test)]
mod tests;
