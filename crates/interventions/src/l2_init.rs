//! L2 towards the initial parameters (Kumar et al., 2023).

use paths::L2Init;
use tch::Tensor;
use training::{Hook, Network};

use crate::situation::{Intervene, Situation};

/// Adds 2λ(θ − θ₀), the gradient of λ‖θ − θ₀‖², to the gradient of every parameter in every step. Nothing happens before the task. Weight
/// decay stays as the learning process has it: a task that shall have this penalty alone says `weight_decay = 0`.
impl Intervene for L2Init {
    fn hook(&self, situation: &Situation<'_>) -> Option<Box<dyn Hook>> {
        let initial = situation.initial.iter().map(Tensor::shallow_clone).collect();
        Some(Box::new(Pull { initial, strength: self.strength }))
    }
}

struct Pull {
    initial: Vec<Tensor>,
    strength: f64,
}

impl Hook for Pull {
    fn before_step(&mut self, network: &dyn Network, gradients: &mut [Tensor]) {
        for ((parameter, initial), gradient) in network.parameters().iter().zip(&self.initial).zip(gradients) {
            let _ = gradient.g_add_(&((&parameter.tensor - initial) * (2.0 * self.strength)));
        }
    }
}
