//! Learning paths: tasks, the process by which each is learnt, and the interventions before it.

use serde::{Deserialize, Serialize};

use crate::{DatasetName, LearningProcess, Transform};

/// τ: the images of a dataset under a transformation, with mean cross-entropy as the loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Where the images come from.
    pub dataset: DatasetName,
    /// What is done to them.
    pub transform: Transform,
}

/// A change made to a model between two tasks.
///
/// The paper's two other interventions need no such change: the learning rate is a field of [`LearningProcess`], and
/// discretization is the number of steps of a [`LearningPath`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Intervention {
    /// Adds a constant to every bias of the network: the BatchNorm shifts and the classifier's bias (Figure 6).
    BiasReset {
        /// What is added; the paper uses 0.01.
        amount: f64,
    },
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
