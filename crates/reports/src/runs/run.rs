//! A run.

use crate::runs::cause::Cause;

/// A run: its condition, and its result where it has one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// Dataset.
    pub dataset: String,
    /// The condition's label, which identifies it on its dataset.
    pub condition: String,
    /// Seed.
    pub seed: u64,
    /// What is analysed: the test loss unless another column was asked for; `None` where the run failed (`status` is not
    /// `finished`).
    pub analysed: Option<f64>,
    /// Loss on the standard test images, where the table has it; `None` where the run failed.
    pub test_loss: Option<f64>,
    /// Accuracy on the standard test images, where the table has it.
    pub test_accuracy: Option<f64>,
    /// Epochs of all tasks of the path, where the table has them.
    pub epochs_in_all: Option<f64>,
    /// Loss on the training images, where the table has it.
    pub train_loss: Option<f64>,
    /// Epochs until the lowest validation loss, where the table has them.
    pub best_epoch: Option<f64>,
    /// What was measured of the last task, in the order of [`Cause::ALL`], where the table has it.
    pub causes: [Option<f64>; Cause::ALL.len()],
}

/// A column of numbers that runs are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// The column that is analysed.
    Analysed,
    /// `test_loss`.
    TestLoss,
    /// `train_loss`.
    TrainLoss,
    /// `best_epoch`.
    BestEpoch,
    /// What was measured of the last task.
    Cause(Cause),
}

impl Run {
    /// The run's value, where it has one.
    pub fn value(&self, quantity: Quantity) -> Option<f64> {
        match quantity {
            Quantity::Analysed => self.analysed,
            Quantity::TestLoss => self.test_loss,
            Quantity::TrainLoss => self.train_loss,
            Quantity::BestEpoch => self.best_epoch,
            Quantity::Cause(cause) => self.causes[cause as usize],
        }
    }
}
