//! Stochastic gradient descent with momentum and weight decay.

use paths::LearningProcess;
use tch::{Kind, Tensor};

use crate::layers::NamedTensors;

/// `torch.optim.SGD(lr, momentum, weight_decay)`, without dampening and without Nesterov's form.
pub struct Sgd {
    parameters: Vec<Tensor>,
    momentum: NamedTensors,
    decay: f64,
    keep: f64,
    weight_decay: Tensor,
    minus_lr: Tensor,
}

impl Sgd {
    /// An optimiser of `parameters` whose momentum buffers are zero. A first step from zero buffers is PyTorch's first step,
    /// which starts the buffer with the gradient.
    pub fn new(parameters: &NamedTensors, process: &LearningProcess) -> Self {
        let scalar = |value: f64| {
            let device = parameters.first().map_or(tch::Device::Cpu, |(_, t)| t.device());
            Tensor::from(value).to_kind(Kind::Float).to_device(device)
        };
        Self {
            parameters: parameters.iter().map(|(_, tensor)| tensor.shallow_clone()).collect(),
            momentum: parameters.iter().map(|(name, tensor)| (name.clone(), tensor.detach().zeros_like())).collect(),
            decay: process.weight_decay,
            keep: process.momentum,
            weight_decay: scalar(process.weight_decay),
            minus_lr: scalar(-process.lr),
        }
    }

    /// The parameters, in order.
    pub fn parameters(&self) -> &[Tensor] {
        &self.parameters
    }

    /// The momentum buffers by parameter name; they share the optimiser's memory.
    pub fn momentum(&self) -> &NamedTensors {
        &self.momentum
    }

    /// One step along `gradients` (in the parameters' order), which are used up as scratch memory:
    /// g ← g + λ·p, v ← μ·v + g, p ← p − η·v.
    pub fn step(&mut self, gradients: Vec<Tensor>) {
        tch::no_grad(|| {
            for ((parameter, (_, buffer)), mut gradient) in
                self.parameters.iter_mut().zip(&mut self.momentum).zip(gradients)
            {
                // Multiplying by a tensor of one element adds a scaled tensor in one pass, without a temporary.
                if self.decay != 0.0 {
                    let _ = gradient.addcmul_(parameter, &self.weight_decay);
                }
                let _ = buffer.g_mul_scalar_(self.keep);
                let _ = buffer.g_add_(&gradient);
                let _ = parameter.addcmul_(buffer, &self.minus_lr);
            }
        });
    }
}
