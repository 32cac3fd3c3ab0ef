//! Weights of the norm that they were initialised with (after Lyle et al., 2024, who project onto it all along).

use paths::RescaleWeights;

use crate::situation::{Intervene, Situation};

/// Each layer's weight times ‖initial weight‖/‖weight‖, that of the classifier included. Biases, normalisations and running statistics
/// stay as they are; a weight of zeros, which has no direction, does too.
impl Intervene for RescaleWeights {
    fn before_task(&self, situation: &mut Situation<'_>) {
        for (mut parameter, initial) in situation.network.parameters().into_iter().zip(situation.initial) {
            let norm = parameter.tensor.norm().double_value(&[]);
            if parameter.kind.is_weight() && norm > 0.0 {
                let _ = parameter.tensor.g_mul_scalar_(self.factor * initial.norm().double_value(&[]) / norm);
            }
        }
    }
}
