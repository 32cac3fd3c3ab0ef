//! What is kept of a stage besides its weights.

use paths::{DataSelection, Intervention, LearningProcess, ModelSpec, Numerics, StageId, Task};
use serde::{Deserialize, Serialize};
use training::{EpochLog, Summary};

use crate::flat;
use crate::plan::{Plan, Stage};

/// The record of a finished stage: what it was, what came out, and how long it took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The stage.
    pub stage: StageId,
    /// The stage before; absent for the first of a path.
    pub parent: Option<StageId>,
    /// Seed of the path.
    pub seed: u64,
    /// How many steps of the path came before.
    pub position: usize,
    /// What was done to the model beforehand.
    pub interventions: Vec<Intervention>,
    /// What was learnt.
    pub task: Task,
    /// How.
    #[serde(serialize_with = "paths::complete")]
    pub process: LearningProcess,
    /// The network.
    #[serde(serialize_with = "paths::complete")]
    pub model: ModelSpec,
    /// The arithmetic.
    #[serde(serialize_with = "paths::complete")]
    pub numerics: Numerics,
    /// The images.
    #[serde(serialize_with = "paths::complete")]
    pub data: DataSelection,
    /// What came out.
    pub outcome: Outcome,
    /// How it went; nothing here is part of the result.
    pub provenance: Provenance,
}

/// The result of a stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Training ended by early stopping or with the last epoch.
    Finished(Summary),
    /// A loss was no longer finite.
    Diverged {
        /// In this epoch, from 1.
        epoch: usize,
    },
}

/// Where, when, with what and how fast a stage was trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// `cpu` or `cuda:N`.
    pub device: String,
    /// Whether algorithms were asked for that give the same bits each time on one GPU.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deterministic: bool,
    /// Version of this program.
    pub version: String,
    /// Version of libtorch.
    pub libtorch: String,
    /// Host name.
    pub host: String,
    /// When training ended, in seconds since 1970 (UTC).
    pub finished_unix_seconds: u64,
    /// Seconds in training steps, over all the attempts that an interrupted stage took.
    pub train_seconds: f64,
    /// Seconds of the last attempt, data preparation and evaluation included.
    pub wall_seconds: f64,
    /// Training images a second in training steps.
    pub images_per_second: f64,
}

impl Record {
    /// The record of `stage` of `plan`.
    pub fn new(plan: &Plan, stage: &Stage, outcome: Outcome, provenance: Provenance) -> Self {
        Self {
            stage: stage.id,
            parent: stage.parent.map(|parent| plan.stages[parent].id),
            seed: stage.seed,
            position: stage.position,
            interventions: stage.step.interventions.clone(),
            task: stage.step.task,
            process: stage.step.process.clone(),
            model: stage.model.clone(),
            numerics: plan.numerics.clone(),
            data: stage.data.canonical(stage.step.task.dataset),
            outcome,
            provenance,
        }
    }

    /// The measurements, where training did not diverge.
    pub fn summary(&self) -> Option<&Summary> {
        match &self.outcome {
            Outcome::Finished(summary) => Some(summary),
            Outcome::Diverged { .. } => None,
        }
    }
}

/// The epoch log as CSV: a line an epoch, losses with all their digits.
pub fn epochs_to_csv(log: &[EpochLog]) -> Vec<u8> {
    flat::to_csv(log)
}

/// The lines of an epoch log that `epochs_to_csv` wrote.
///
/// # Errors
/// Says what cannot be understood.
pub fn epochs_from_csv(bytes: &[u8]) -> Result<Vec<EpochLog>, String> {
    flat::from_csv(bytes)
}
