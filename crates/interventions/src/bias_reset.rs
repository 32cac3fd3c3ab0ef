//! The bias reset (paper, section on Figure 6).

use paths::BiasReset;

use crate::situation::{Intervene, Situation};

/// Adds the amount to every bias of the network: those of convolutions and linear layers, the shifts of normalisations, and the
/// classifier's. Weights, scales and running statistics stay as they are.
impl Intervene for BiasReset {
    fn before_task(&self, situation: &mut Situation<'_>) {
        for mut parameter in situation.network.parameters().into_iter().filter(|p| p.kind.is_bias()) {
            let _ = parameter.tensor.g_add_scalar_(self.amount);
        }
    }
}
