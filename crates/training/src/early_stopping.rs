//! When to stop.

use serde::{Deserialize, Serialize};

/// Follows the validation loss. The best epoch is the first with the lowest loss; training ends after the epoch at which
/// `patience` epochs or more have passed since the best one (with a patience of 0, after the first epoch).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EarlyStopping {
    patience: usize,
    best: Option<(usize, f64)>,
}

/// What an epoch's validation loss means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The loss is the lowest so far: keep these weights.
    pub is_best: bool,
    /// Training has waited long enough.
    pub stop: bool,
}

impl EarlyStopping {
    /// Nothing seen yet.
    pub fn new(patience: usize) -> Self {
        Self { patience, best: None }
    }

    /// Takes the validation loss of `epoch`, counted from 0 and without gaps.
    pub fn observe(&mut self, epoch: usize, loss: f64) -> Verdict {
        let is_best = self.best.is_none_or(|(_, best)| loss < best);
        if is_best {
            self.best = Some((epoch, loss));
        }
        Verdict { is_best, stop: self.best.is_some_and(|(best, _)| epoch - best >= self.patience) }
    }

    /// The epoch with the lowest loss, from 0; `None` before the first.
    pub fn best_epoch(&self) -> Option<usize> {
        self.best.map(|(epoch, _)| epoch)
    }
}
