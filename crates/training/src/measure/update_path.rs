//! How far training goes, as opposed to how far it gets.

use super::contract::{Measure, Moment, Updates, Value, View};

/// `update-path-length`: the `path_length` Σ‖Δθ‖ of the network's parameters over the steps of an epoch, ‖·‖ being the Euclidean
/// norm over all parameters and Δθ the change that the optimiser makes in a step, η·v. Taken on the optimiser's own buffers: one
/// dot product a step.
pub(super) struct UpdatePathLength;

impl Measure for UpdatePathLength {
    fn name(&self) -> &'static str {
        "update-path-length"
    }

    fn version(&self) -> u32 {
        1
    }

    fn is_taken(&self, at: Moment) -> bool {
        matches!(at, Moment::Epoch(_))
    }

    fn take(&self, view: &View<'_>) -> Vec<Value> {
        let of = |updates: &Updates| Value {
            subject: "network".to_owned(),
            name: "path_length",
            value: updates.path_length(),
        };
        view.updates.map(of).into_iter().collect()
    }
}
