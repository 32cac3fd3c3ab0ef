//! What training tells while it goes on.

use crate::checkpoint::Checkpoint;
use crate::summary::EpochLog;

/// What training tells while it goes on, and asks.
pub trait Observer {
    /// Called after every step; `false` asks training to hand over a checkpoint and stop.
    fn step(&mut self, event: &StepEvent<'_>) -> bool;

    /// Whether to hand over a checkpoint now, asked after every step and every epoch.
    fn wants_checkpoint(&mut self) -> bool;

    /// Takes a checkpoint; its tensors are copies in CPU memory.
    ///
    /// # Errors
    /// Where it cannot be kept; training stops with the same error.
    fn checkpoint(&mut self, checkpoint: Checkpoint) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;

    /// Something that a person should know, and that changes no result.
    fn notice(&mut self, _text: &str) {}
}

/// Where training is after a step.
pub struct StepEvent<'a> {
    /// The running epoch, from 1.
    pub epoch: usize,
    /// Steps done in it.
    pub step: usize,
    /// Steps an epoch has.
    pub steps: usize,
    /// Training images seen since this call of [`learn`](crate::learn) began.
    pub images: usize,
    /// The last finished epoch.
    pub last: Option<&'a EpochLog>,
}
