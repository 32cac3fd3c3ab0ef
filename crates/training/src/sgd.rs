//! Stochastic gradient descent with momentum and weight decay.

use fused_sgd::Rates;
use paths::LearningProcess;
use tch::{Device, Kind, Tensor};

use crate::network::{NamedTensors, Parameter};

/// `torch.optim.SGD(lr, momentum, weight_decay)`, without dampening and without Nesterov's form.
pub struct Sgd {
    parameters: Vec<Tensor>,
    momentum: NamedTensors,
    /// The memory of all momentum buffers, one after the other.
    flat: Tensor,
    /// η.
    learning_rate: f64,
    /// η as one float32 number on the parameters' device, where a captured step reads it.
    rate_there: Tensor,
    rates: Rates,
}

impl Sgd {
    /// An optimiser of `parameters` whose momentum buffers are zero. A first step from zero buffers is PyTorch's first step,
    /// which starts the buffer with the gradient.
    pub fn new(parameters: &[Parameter], process: &LearningProcess) -> Self {
        let device = parameters.first().map_or(Device::Cpu, |p| p.tensor.device());
        let elements: usize = parameters.iter().map(|p| p.tensor.numel()).sum();
        let flat = Tensor::zeros([elements as i64], (Kind::Float, device));
        let mut offset = 0;
        let mut buffer = |parameter: &Parameter| {
            // In the parameter's own layout, in which both are passed through together.
            let tensor = &parameter.tensor;
            let buffer = flat.as_strided(tensor.size(), tensor.stride(), Some(offset));
            offset += tensor.numel() as i64;
            (parameter.name.clone(), buffer)
        };
        Self {
            parameters: parameters.iter().map(|p| p.tensor.shallow_clone()).collect(),
            momentum: parameters.iter().map(&mut buffer).collect(),
            flat,
            learning_rate: process.lr_in(0),
            rate_there: Tensor::from(process.lr_in(0) as f32).to_device(device),
            rates: Rates { momentum: process.momentum, weight_decay: process.weight_decay },
        }
    }

    /// The parameters, in order.
    pub fn parameters(&self) -> &[Tensor] {
        &self.parameters
    }

    /// Where they are.
    pub(crate) fn device(&self) -> Device {
        self.flat.device()
    }

    /// The momentum buffers by parameter name; they share the optimiser's memory.
    pub fn momentum(&self) -> &NamedTensors {
        &self.momentum
    }

    /// One step along `gradients` (in the parameters' order), which may be used up as scratch memory:
    /// g ← g + λ·p, v ← μ·v + g, p ← p − η·v.
    pub fn step(&mut self, gradients: &[Tensor]) {
        let momentum: Vec<&Tensor> = self.momentum.iter().map(|(_, buffer)| buffer).collect();
        fused_sgd::step(&self.parameters, gradients, &momentum, &self.rate_there, self.rates);
    }

    /// η.
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    /// Makes η of the steps to come, captured ones among them.
    pub fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
        let _ = self.rate_there.fill_(learning_rate);
    }

    /// By what the last step changed the parameter at this place of the order: −η·v.
    pub fn last_update(&self, at: usize) -> Tensor {
        tch::no_grad(|| &self.momentum[at].1 * -self.learning_rate)
    }

    /// The Euclidean norm η‖v‖ of the last step's change of all parameters: float32, one number on their device.
    pub fn update_norm(&self) -> Tensor {
        tch::no_grad(|| self.flat.dot(&self.flat).sqrt() * &self.rate_there)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{self, Input};
    use paths::ModelSpec;

    #[test]
    fn the_norm_of_an_update_is_that_of_what_it_changed() {
        let spec = ModelSpec { width: 4, ..ModelSpec::default() };
        let model = network::new(&spec, Input { channels: 3, side: 8 }, 0, Kind::Float, Device::Cpu);
        let process = LearningProcess { lr: 0.5, ..LearningProcess::default() };
        let mut optimiser = Sgd::new(&model.parameters(), &process);
        for step in 1..4 {
            let before: Vec<Tensor> = model.parameters().iter().map(|p| p.tensor.detach().copy()).collect();
            let gradient = |p: &Parameter| p.tensor.detach().cos() * f64::from(step);
            optimiser.step(&model.parameters().iter().map(gradient).collect::<Vec<_>>());
            let change = |(p, before): (Parameter, Tensor)| {
                (p.tensor.detach() - before).to_kind(Kind::Double).square().sum(Kind::Double).double_value(&[])
            };
            let moved: f64 = model.parameters().into_iter().zip(before).map(change).sum();
            let norm = optimiser.update_norm().double_value(&[]);
            assert!((norm / moved.sqrt() - 1.0).abs() < 1e-5, "{norm} {moved}");
        }
    }
}
