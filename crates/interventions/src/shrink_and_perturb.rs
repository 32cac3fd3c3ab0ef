//! Shrink and perturb (Ash & Adams, 2020).

use paths::ShrinkAndPerturb;

use crate::situation::{Intervene, Situation};

/// θ ← λθ + σθ′ of every parameter, biases and those of normalisations included. Running statistics stay as they are.
impl Intervene for ShrinkAndPerturb {
    fn before_task(&self, situation: &mut Situation<'_>) {
        let fresh = situation.fresh(0).parameters();
        for (mut parameter, fresh) in situation.network.parameters().into_iter().zip(fresh) {
            let _ = parameter.tensor.g_mul_scalar_(self.shrink).g_add_(&(fresh.tensor * self.perturb));
        }
    }
}
