//! From finished stages to a table of runs.

use paths::{DatasetName, NetworkName, StageId};
use serde::Serialize;

use crate::error::StoreError;
use crate::flat;
use crate::plan::Plan;
use crate::record::{Outcome, Record};
use crate::store::Store;

/// A row of `runs.csv`: one run of an experiment. Nothing here depends on when, how fast or how often interrupted the run
/// was, so that two tables of the same results are the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunRow {
    /// The dataset.
    pub dataset: DatasetName,
    /// The condition's label, or the baseline's.
    pub condition: String,
    /// The seed.
    pub seed: u64,
    /// Whether its condition is the baseline.
    pub is_baseline: bool,
    /// The network.
    pub network: NetworkName,
    /// The name of the path, the same for every number of tasks.
    pub path: String,
    /// The line of conditions that its condition is a point of; empty where conditions are no points.
    pub line: String,
    /// Its place on that line.
    pub x: Option<f64>,
    /// Tasks in the path.
    pub tasks: usize,
    /// Learning rate of the first task.
    pub lr_1: f64,
    /// Learning rate of the last task.
    pub lr_2: f64,
    /// What a bias reset adds before the first task; 0 where there is none.
    pub bias_reset_first: f64,
    /// What a bias reset adds before the last task; 0 where there is none.
    pub bias_reset_last: f64,
    /// Blur factor in the first task.
    pub source_blur: f64,
    /// Contrast in the first task.
    pub source_contrast: f64,
    /// Half-width of the random shift in the first task.
    pub source_shift: f64,
    /// Blur factor in the last task.
    pub target_blur: f64,
    /// Contrast in the last task.
    pub target_contrast: f64,
    /// Half-width of the random shift in the last task.
    pub target_shift: f64,
    /// What else the first task is that is not usual; empty for nothing.
    pub source_settings: String,
    /// What else the last task is.
    pub target_settings: String,
    /// Every intervention with the number of its task; empty without any.
    pub interventions: String,
    /// What became of it.
    pub status: Status,
    /// Loss on the standard test images after the last task; empty where there is none.
    pub test_loss: Option<f64>,
    /// Accuracy on the standard test images after the last task.
    pub test_accuracy: Option<f64>,
    /// Loss on test images made as the last task's are, which are the standard ones where it is standard.
    pub task_test_loss: Option<f64>,
    /// Accuracy on them.
    pub task_test_accuracy: Option<f64>,
    /// Loss on the validation images of the last task.
    pub validation_loss: Option<f64>,
    /// Loss on the training images of the last task, in eval mode.
    pub train_loss: Option<f64>,
    /// Epochs of the last task until the lowest validation loss.
    pub best_epoch: Option<usize>,
    /// Epochs trained on the last task.
    pub epochs: Option<usize>,
    /// Epochs trained on all tasks of the path.
    pub epochs_in_all: usize,
    /// The last stage of the path, or the one that diverged.
    pub stage: StageId,
    /// Where it was computed.
    pub device: String,
    /// The arithmetic.
    pub precision: String,
    /// Version of this program.
    pub version: String,
    /// Version of libtorch.
    pub libtorch: String,
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It has a result.
    Finished,
    /// A loss was no longer finite in one of its stages.
    Diverged,
}

/// The table `runs.csv`.
pub fn runs_to_csv(rows: &[RunRow]) -> Vec<u8> {
    flat::to_csv(rows)
}

/// The rows of every run whose stages are in the store, in the plan's order, and the number of runs that have none yet.
///
/// # Errors
/// Where a record is damaged.
pub fn results(plan: &Plan, store: &Store) -> Result<(Vec<RunRow>, usize), StoreError> {
    let mut records: Vec<Option<Record>> = Vec::with_capacity(plan.stages.len());
    for stage in &plan.stages {
        records.push(store.record(stage.id)?);
    }
    let rows: Vec<RunRow> = plan
        .runs
        .iter()
        .filter_map(|planned| {
            let path: Vec<&Record> = planned.stages.iter().map_while(|&index| records[index].as_ref()).collect();
            let last = *path.last()?;
            let status = match last.outcome {
                Outcome::Diverged { .. } => Status::Diverged,
                Outcome::Finished(_) if path.len() == planned.stages.len() => Status::Finished,
                Outcome::Finished(_) => return None,
            };
            let summary = last.summary();
            let factors = &planned.run.factors;
            Some(RunRow {
                dataset: planned.run.dataset,
                condition: planned.run.condition.clone(),
                seed: planned.run.seed,
                is_baseline: factors.is_baseline,
                network: factors.network,
                path: factors.path.clone(),
                line: factors.line.as_ref().map(|(line, _)| line.clone()).unwrap_or_default(),
                x: factors.line.as_ref().map(|(_, x)| *x),
                tasks: factors.tasks,
                lr_1: factors.lr_1,
                lr_2: factors.lr_2,
                bias_reset_first: factors.bias_reset_first,
                bias_reset_last: factors.bias_reset_last,
                source_blur: factors.source.blur,
                source_contrast: factors.source.contrast,
                source_shift: factors.source.shift,
                target_blur: factors.target.blur,
                target_contrast: factors.target.contrast,
                target_shift: factors.target.shift,
                source_settings: factors.source_settings.clone(),
                target_settings: factors.target_settings.clone(),
                interventions: factors.interventions.clone(),
                status,
                test_loss: summary.map(|s| s.test.loss),
                test_accuracy: summary.map(|s| s.test.accuracy),
                task_test_loss: summary.map(|s| s.task_test.loss),
                task_test_accuracy: summary.map(|s| s.task_test.accuracy),
                validation_loss: summary.map(|s| s.validation.loss),
                train_loss: summary.map(|s| s.train.loss),
                best_epoch: summary.map(|s| s.best_epoch),
                epochs: summary.map(|s| s.epochs),
                epochs_in_all: path.iter().filter_map(|record| record.summary()).map(|s| s.epochs).sum(),
                stage: last.stage,
                device: last.provenance.device.clone(),
                precision: format!("{:?}", last.numerics.precision).to_lowercase(),
                version: last.provenance.version.clone(),
                libtorch: last.provenance.libtorch.clone(),
            })
        })
        .collect();
    let missing = plan.runs.len() - rows.len();
    Ok((rows, missing))
}
