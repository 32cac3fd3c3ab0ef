//! A plan as lines of JSON, for any program that starts commands.

use paths::StageId;
use sequence::{Plan, Standing, Store, planned, plans, standing};
use serde::Serialize;

use crate::command_line::Options;
use crate::conductor::commands;
use crate::conductor::stage_name::stage_name;
use crate::error::FigureError;

/// A stage, parents before children.
#[derive(Serialize)]
struct Line {
    stage: StageId,
    /// None, or the one stage that it begins from.
    parents: Vec<StageId>,
    /// How many stages come before it.
    depth: usize,
    /// Whether there is nothing to train: it is in the store, or a stage before it diverged.
    done: bool,
    /// What it is, for a person.
    name: String,
    /// The program and its arguments.
    command: Vec<String>,
}

/// A line for each stage of `plan`, without a line break at the end. What the stages are is written into the store, so that the
/// commands need nothing else.
pub(crate) fn plan(plan: &Plan, options: &Options) -> Result<String, FigureError> {
    let store = Store::open(&options.store())?;
    plans::keep(&store, plan)?;
    planned::describe(&store, plan)?;
    let worker = commands::worker(options)?;
    let standings = standing(plan, &store)?;
    let lines = plan.stages.iter().zip(standings).enumerate().map(|(index, (stage, standing))| {
        let line = Line {
            stage: stage.id,
            parents: stage.parent.map(|parent| plan.stages[parent].id).into_iter().collect(),
            depth: stage.position,
            done: standing != Standing::ToTrain,
            name: stage_name(plan, index),
            command: worker.iter().cloned().chain([stage.id.to_string()]).collect(),
        };
        serde_json::to_string(&line).expect("a line is plain data")
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}
