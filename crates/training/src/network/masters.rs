//! Weights and biases in float32, and what layers compute with.

use cast_together::to_bfloat16;
use tch::{Kind, Tensor};

use super::contract::Mode;

/// A weight or bias, float32, of which its layer computes with a copy in the network's compute type: gradients and updates stay float32.
pub(crate) struct Master {
    pub tensor: Tensor,
    /// Among all of its network.
    place: usize,
}

/// All of a network, in the order of their making.
pub(crate) struct Masters {
    tensors: Vec<Tensor>,
    compute: Kind,
}

impl Masters {
    /// The next one. `made` has those before.
    pub fn next(made: &mut Vec<Tensor>, tensor: Tensor) -> Master {
        made.push(tensor.shallow_clone());
        Master { tensor, place: made.len() - 1 }
    }

    /// All that were made, of a network that computes in `compute`.
    pub fn new(tensors: Vec<Tensor>, compute: Kind) -> Self {
        Self { tensors, compute }
    }

    pub fn compute(&self) -> Kind {
        self.compute
    }

    /// What a pass through the network computes with.
    pub fn pass(&self, mode: Mode) -> Pass {
        let cast = match (self.compute, mode) {
            (Kind::Float, _) => Vec::new(),
            (Kind::BFloat16, Mode::Train | Mode::Eval | Mode::Observe) => to_bfloat16(&self.tensors),
            // A cast of all together has no second derivative.
            (kind, _) => self.tensors.iter().map(|tensor| tensor.to_kind(kind)).collect(),
        };
        Pass { mode, cast }
    }
}

/// One pass through a network.
pub(crate) struct Pass {
    /// How it treats normalisations.
    pub mode: Mode,
    /// The network's weights and biases in its compute type; none where that is float32.
    cast: Vec<Tensor>,
}

impl Pass {
    /// A weight or bias in the compute type.
    pub fn value<'a>(&'a self, master: &'a Master) -> &'a Tensor {
        self.cast.get(master.place).unwrap_or(&master.tensor)
    }
}
