//! Carrying out a plan without an audience.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use datasets::Library;
use sequence::{Options, Plan, Store, execute};
use tch::Device;

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
    let options = Options { jobs, device, checkpoint_every: CHECKPOINT_EVERY };
    let began = Instant::now();
    let report = execute(plan, store, library, &options, &(), &AtomicBool::new(false))?;
    let seconds = began.elapsed().as_secs_f64();
    match report.failed.values().next() {
        Some(reason) => Err(BenchError::Stages(report.failed.len(), reason.clone())),
        None => Ok(seconds),
    }
}
