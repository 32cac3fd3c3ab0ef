//! Interventions on a network between two tasks, and while it learns one.
//!
//! Of the paper's three interventions, two act elsewhere: the learning rate is a field of a step's learning process, and
//! discretization is the number of steps of a path (`paths::route`). The third, the bias reset, changes the network itself, as
//! does any later one of that kind.
//!
//! A new intervention is its parameters in `paths::Intervention`, a file here with an `impl Intervene`, and a line in `of`.

#![warn(missing_docs)]

mod bias_reset;
mod situation;

use paths::Intervention;
use training::Hook;

pub use situation::{Intervene, Situation};

/// What `intervention` does.
fn of(intervention: &Intervention) -> &dyn Intervene {
    match intervention {
        Intervention::BiasReset(bias_reset) => bias_reset,
    }
}

/// Changes the network as `interventions` say, in their order, before its task begins.
pub fn before_task(interventions: &[Intervention], situation: &mut Situation<'_>) {
    for (number, intervention) in interventions.iter().enumerate() {
        situation.number = number;
        tch::no_grad(|| of(intervention).before_task(situation));
    }
}

/// What `interventions` do to the network while it learns the task, in their order.
pub fn hooks(interventions: &[Intervention], situation: &mut Situation<'_>) -> Vec<Box<dyn Hook>> {
    let hook = |(number, intervention): (usize, &Intervention)| {
        situation.number = number;
        of(intervention).hook(situation)
    };
    interventions.iter().enumerate().filter_map(hook).collect()
}
