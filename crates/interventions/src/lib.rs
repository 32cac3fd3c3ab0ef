//! Interventions on a network between two tasks, and while it learns one.
//!
//! Of the paper's three interventions, two act elsewhere: the learning rate is a field of a step's learning process, as its schedule
//! and augmentation are, and discretization is the number of steps of a path (`paths::route`). The third, the bias reset, changes the
//! network itself, as the remedies that others have published do. Each file cites where its intervention is from, and says what it
//! leaves alone; its parameters are in `paths::Intervention`.
//!
//! A new intervention is its parameters in `paths::Intervention`, a file here with an `impl Intervene`, and a line in `of`.

mod bias_reset;
mod dash;
mod l2_init;
mod redo;
mod rescale_weights;
mod reset_last;
mod reset_normalisation;
mod shrink_and_perturb;
mod situation;

use paths::Intervention;
use training::Hook;

pub use situation::{Draw, Intervene, Situation};

/// What `intervention` does.
fn of(intervention: &Intervention) -> &dyn Intervene {
    match intervention {
        Intervention::BiasReset(bias_reset) => bias_reset,
        Intervention::ShrinkAndPerturb(shrink_and_perturb) => shrink_and_perturb,
        Intervention::Dash(dash) => dash,
        Intervention::ResetLast(reset_last) => reset_last,
        Intervention::ResetNormalisation(reset_normalisation) => reset_normalisation,
        Intervention::Redo(redo) => redo,
        Intervention::L2Init(l2_init) => l2_init,
        Intervention::RescaleWeights(rescale_weights) => rescale_weights,
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
