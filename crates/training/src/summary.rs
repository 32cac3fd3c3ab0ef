//! What training leaves in numbers.

use serde::{Deserialize, Serialize};

use crate::evaluate::Evaluation;

/// One line of a stage's epoch log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochLog {
    /// Counted from 1.
    pub epoch: usize,
    /// Mean loss over the epoch's batches, as they were trained on.
    pub train_loss: f64,
    /// Accuracy over the epoch's batches.
    pub train_accuracy: f64,
    /// Loss on the validation images after the epoch.
    pub validation_loss: f64,
    /// Accuracy on the validation images after the epoch.
    pub validation_accuracy: f64,
}

/// How training ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// Early stopping or the last epoch; the network has the carried weights.
    Finished(Summary),
    /// A loss was not finite in this epoch, counted from 1.
    Diverged {
        /// The epoch, from 1.
        epoch: usize,
    },
    /// The observer asked to stop; the state given to it last continues from there.
    Interrupted,
}

/// What a finished stage measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Epochs trained.
    pub epochs: usize,
    /// The epoch with the lowest validation loss, from 1.
    pub best_epoch: usize,
    /// The epoch whose weights the network has now, from 1.
    pub carried_epoch: usize,
    /// On the training images.
    pub train: Evaluation,
    /// On the validation images.
    pub validation: Evaluation,
    /// On the test images, transformed as the task's are.
    pub task_test: Evaluation,
    /// On the standard test images: the measured quantity of every figure.
    pub test: Evaluation,
}
