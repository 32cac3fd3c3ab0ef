//! Interventions on a model between two tasks.
//!
//! Of the paper's three interventions, two act elsewhere: the learning rate is a field of a step's learning process, and
//! discretization is the number of steps of a path (`paths::route`). The third, the bias reset, changes the model itself, as
//! would any later one of that kind.

#![warn(missing_docs)]

mod bias_reset;

pub use bias_reset::bias_reset;

use paths::Intervention;
use training::ResNet;

/// Changes `model` as `intervention` says.
pub fn apply(intervention: &Intervention, model: &mut ResNet) {
    match *intervention {
        Intervention::BiasReset { amount } => bias_reset(model, amount),
    }
}
