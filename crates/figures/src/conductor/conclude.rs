//! From a store to tables and a figure, and what is said of them.

use counted::counted;
use std::process::ExitCode;

use paths::{Experiment, FigureKind};
use sequence::{Plan, Store, results, run_causes, run_curves, run_measures, run_tasks, runs_to_csv};

use crate::command_line::Options;
use crate::conductor::replaced::make_room;
use crate::conductor::signals::INTERRUPTED;
use crate::drawing::{self, Places, write, write_curves, write_measures, write_tasks};
use crate::error::FigureError;

/// Tabulates and draws what there is, and says what is missing.
pub(crate) fn conclude(
    report: sequence::Report,
    plan: &Plan,
    store: &Store,
    experiment: &Experiment,
    places: &Places,
    options: &Options,
) -> Result<ExitCode, FigureError> {
    if report.interrupted {
        terminal::err(format!(
            "Interrupted. What was trained is kept in {}; the same command continues from there.",
            store.root().display()
        ));
        return Ok(ExitCode::from(INTERRUPTED));
    }
    let (rows, missing) = results(plan, store)?;
    for (stage, reason) in &report.failed {
        terminal::err(format!("Stage {} failed: {reason}", stage.short()));
    }
    if rows.is_empty() {
        terminal::err("No run has a result, so there is nothing to draw.");
        return Ok(ExitCode::FAILURE);
    }
    let table = match experiment.figure.kind {
        FigureKind::Causes => run_causes::to_csv(&rows, store)?,
        _ => runs_to_csv(&rows),
    };
    if let Some(text) = make_room(&rows, &table, places, options.cluster.writes_reports())? {
        say(options, &text);
    }
    write(&table, experiment, places)?;
    match experiment.figure.kind {
        FigureKind::Norms => write_measures(&run_measures::of_plan(plan, store, drawing::norms_keep)?, places)?,
        FigureKind::Causes => write_measures(&run_measures::of_plan(plan, store, drawing::causes::keep)?, places)?,
        _ => {}
    }
    write_curves(&run_curves::of_plan(plan, store)?, places)?;
    write_tasks(&run_tasks::of_plan(plan, store)?, places)?;
    for note in drawing::draw(experiment, places)? {
        say(options, &note);
    }
    say(options, &places.written());
    let mut devices: Vec<&str> = rows.iter().map(|row| row.device.split(':').next().unwrap_or_default()).collect();
    devices.sort_unstable();
    devices.dedup();
    if devices.len() > 1 {
        say(
            options,
            "These runs were computed on different kinds of device, whose rounding differs; runs.csv says which.",
        );
    }
    let diverged = rows.iter().filter(|row| row.status == sequence::Status::Diverged).count();
    if diverged > 0 {
        say(
            options,
            &format!("{diverged} of {} diverged; the tables and the figure say which.", counted(rows.len(), "run")),
        );
    }
    if missing > 0 {
        terminal::err(format!(
            "{missing} of {} {} no result because a stage failed; the same command tries again.",
            counted(plan.runs.len(), "run"),
            if missing == 1 { "has" } else { "have" }
        ));
    }
    // A run without a result is a failed run, to scripts too.
    Ok(if missing + diverged > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

pub(crate) fn say(options: &Options, text: &str) {
    if !options.quiet {
        terminal::out(text);
    }
}
