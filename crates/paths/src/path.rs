//! Learning paths: tasks, the process by which each is learnt, and the interventions before it.

use serde::{Deserialize, Serialize};

use crate::{DatasetName, Intervention, LearningProcess, Transform};

/// τ: the images of a dataset under a transformation, with mean cross-entropy as the loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Where the images come from.
    pub dataset: DatasetName,
    /// What is done to them.
    pub transform: Transform,
}

/// One (τ, ω) of a path, with what is done to the model beforehand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Applied to the model in this order before training.
    pub interventions: Vec<Intervention>,
    /// What is learnt.
    pub task: Task,
    /// How it is learnt.
    pub process: LearningProcess,
}

/// T: the steps that Ω takes a model through, in order; the last task is the target.
pub type LearningPath = Vec<Step>;
