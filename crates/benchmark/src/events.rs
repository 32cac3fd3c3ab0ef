//! Carrying out a plan, with no audience but a watch.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use datasets::Library;
use sequence::{Events, Options, Plan, Report, Store, execute};
use tch::Device;
use training::StepEvent;

use crate::spread::Spread;

use crate::error::BenchError;

/// The programs' default time between two checkpoints.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(20);

/// Trains every stage of `plan` that is not in `store` and returns the seconds that took.
pub(crate) fn timed_execution(
    plan: &Plan,
    store: &Store,
    library: &Library,
    jobs: usize,
    device: Device,
) -> Result<f64, BenchError> {
    let options = Options { jobs, device, deterministic: false, capture: true, checkpoint_every: CHECKPOINT_EVERY };
    let began = Instant::now();
    let report = execute(plan, store, library, &options, &(), &AtomicBool::new(false))?;
    let seconds = began.elapsed().as_secs_f64();
    none_failed(&report).map(|()| seconds)
}

/// The first epoch of a stage.
pub(crate) struct FirstEpoch {
    /// From the end of its first step to the end of the next epoch's, which is an epoch with all that comes after its steps.
    pub seconds: f64,
    /// Of a step, median. On a GPU steps are given to the device ahead of time, and this is how fast it takes them.
    pub median_step_seconds: f64,
}

/// Trains the stages of `plan`, all of them side by side, until each has begun its second epoch.
pub(crate) fn first_epochs(
    plan: &Plan,
    store: &Store,
    library: &Library,
    jobs: usize,
    device: Device,
) -> Result<Vec<FirstEpoch>, BenchError> {
    let options = Options { jobs, device, deterministic: false, capture: true, checkpoint_every: CHECKPOINT_EVERY };
    let watch = Watch { stages: plan.stages.len(), ends: Mutex::default(), stop: AtomicBool::new(false) };
    none_failed(&execute(plan, store, library, &options, &watch, &watch.stop)?)?;
    if !watch.stop.into_inner() {
        return Err(BenchError::Stages(plan.stages.len(), "not each of them began a second epoch".into()));
    }
    let ends = watch.ends.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(ends.values().map(|ends| first_epoch(ends)).collect())
}

fn none_failed(report: &Report) -> Result<(), BenchError> {
    match report.failed.values().next() {
        Some(reason) => Err(BenchError::Stages(report.failed.len(), reason.clone())),
        None => Ok(()),
    }
}

/// From the ends of all steps of an epoch, of which there are two or more, and of the first one of the next.
fn first_epoch(ends: &[Instant]) -> FirstEpoch {
    let steps = ends.windows(2).take(ends.len() - 2);
    FirstEpoch {
        seconds: (ends[ends.len() - 1] - ends[0]).as_secs_f64(),
        median_step_seconds: Spread::of(steps.map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect()).median,
    }
}

/// Notes when each step of the first epoch ends, and the first step of the second, by stage.
struct Watch {
    stages: usize,
    ends: Mutex<BTreeMap<usize, Vec<Instant>>>,
    stop: AtomicBool,
}

impl Events for Watch {
    fn step(&self, stage: usize, event: &StepEvent<'_>) {
        let now = Instant::now();
        let mut all = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = all.entry(stage).or_default();
        if ends.len() <= event.steps {
            ends.push(now);
            if all.len() == self.stages && all.values().all(|ends| ends.len() > event.steps) {
                self.stop.store(true, Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_ends_where_the_next_one_has_its_first_step() {
        let start = Instant::now();
        // Steps of 2 s, one of which waited for a checkpoint; 5 s of validation; the next epoch's first step.
        let ends: Vec<Instant> = [0, 2, 4, 9, 11, 18].map(|seconds| start + Duration::from_secs(seconds)).to_vec();
        let epoch = first_epoch(&ends);
        assert_eq!((epoch.seconds, epoch.median_step_seconds), (18.0, 2.0));
    }
}
