//! What a measurement of steps finds.

use paths::{Precision, Stem};
use serde::{Deserialize, Serialize};

use crate::peak::Peak;
use crate::spread::Spread;

/// Throughput at every setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Steps {
    /// What PyTorch said about itself; empty where there is none.
    pub peer: String,
    pub peaks: Vec<Peak>,
    pub settings: Vec<Setting>,
}

/// Throughput at one setting, where every side was measured in each round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Setting {
    pub width: usize,
    pub stem: Stem,
    pub batch: usize,
    pub gflop_an_image: f64,
    pub sides: Vec<Side>,
    pub quotients: Vec<Quotient>,
}

/// One way to take the steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Side {
    pub name: String,
    pub precision: Precision,
    /// Trainings side by side.
    pub jobs: usize,
    /// Threads of each.
    pub threads: usize,
    /// Steps of each in a round.
    pub steps: usize,
    pub images_per_second: Spread,
    /// Billions of floating-point operations a second at the median throughput.
    pub gflops: f64,
}

/// Our throughput over a peer's of the same precision, or over what people write by default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Quotient {
    pub ours: String,
    pub precision: Precision,
    pub peer: String,
    pub peer_precision: Precision,
    pub images_per_second: Spread,
    /// Whether the peer was, by its median, the fastest of this precision.
    pub best: bool,
}
