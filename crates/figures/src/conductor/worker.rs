//! Training one stage, known by its identity alone: what an element of a job array does.

use std::process::ExitCode;

use paths::StageId;
use sequence::{Outcome, Store, planned};

use crate::command_line::Options;
use crate::conductor::conclude::say;
use crate::conductor::signals::Signals;
use crate::conductor::train::train;
use crate::error::FigureError;

/// Trains the stage `id`, and first what it begins from where that is not in the store. Waits where another process has it.
///
/// The exit code is 0 where there is a result, which may be that it diverged, or where there can be none because a stage
/// before it diverged.
pub(crate) fn run(id: StageId, options: &Options) -> Result<ExitCode, FigureError> {
    // A signal may come while libraries are still being loaded.
    let signals = Signals::of_a_scheduler()?;
    let store = Store::open(&options.store())?;
    let plan = planned::lineage(&store, id)?;
    let device = options.device.resolve().map_err(FigureError::Device)?;
    let report = train(&plan, &store, options, 1, device, &signals, None)?;
    for (stage, reason) in &report.failed {
        terminal::err(format!("Stage {stage} failed: {reason}"));
    }
    if report.interrupted {
        terminal::err(format!("Interrupted; the checkpoint is kept in {}.", store.root().display()));
        return Ok(ExitCode::from(signals.exit_code()));
    }
    for stage in &plan.stages {
        let diverged = store.record(stage.id)?.is_some_and(|r| matches!(r.outcome, Outcome::Diverged { .. }));
        if diverged && stage.id != id {
            say(options, &format!("Stage {} diverged, so nothing comes after it.", stage.id));
        }
    }
    Ok(if report.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
