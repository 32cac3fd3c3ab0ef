//! The three layers of a ResNet. Parameters are float32; convolutions and the classifier cast theirs to the compute type at
//! each use, so that gradients and updates stay float32.

use batch_norm::{Then, batch_norm};
use tch::{Device, Kind, Tensor};

use crate::init::Initialiser;

/// What batch normalisation normalises by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statistics {
    /// The batch's own, which also move the running ones: training.
    Batch,
    /// The running ones: evaluation.
    Running,
    /// The batch's own, and the running ones stay as they are: a look at the network as training sees it.
    BatchOnly,
}

/// Tensors by name, in a fixed order.
pub type NamedTensors = Vec<(String, Tensor)>;

/// The tensors of a network, as they are collected layer by layer.
#[derive(Default)]
pub(crate) struct Tensors {
    pub parameters: NamedTensors,
    pub buffers: NamedTensors,
}

/// A convolution without bias, padded so that stride 1 keeps the size (`torch.nn.Conv2d`).
pub(crate) struct Conv2d {
    weight: Tensor,
    stride: i64,
}

impl Conv2d {
    pub fn new(init: &mut Initialiser, input: i64, output: i64, kernel: i64, stride: i64) -> Self {
        Self { weight: init.convolution(input, output, kernel), stride }
    }

    /// B×I×H×W in the compute type to B×O×H'×W'.
    pub fn forward(&self, x: &Tensor) -> Tensor {
        let padding = self.weight.size()[2] / 2;
        let weight = self.weight.to_kind(x.kind());
        x.conv2d(&weight, None::<Tensor>, [self.stride; 2], [padding; 2], [1, 1], 1)
    }

    pub fn collect(&self, name: &str, tensors: &mut Tensors) {
        tensors.parameters.push((format!("{name}.weight"), self.weight.shallow_clone()));
    }
}

/// Batch normalisation over B, H and W (`torch.nn.BatchNorm2d` with its defaults).
pub(crate) struct BatchNorm2d {
    weight: Tensor,
    bias: Tensor,
    running_mean: Tensor,
    running_var: Tensor,
}

impl BatchNorm2d {
    const MOMENTUM: f64 = 0.1;
    const EPSILON: f64 = 1e-5;

    pub fn new(channels: i64, device: Device) -> Self {
        let options = (Kind::Float, device);
        Self {
            weight: Tensor::ones([channels], options).set_requires_grad(true),
            bias: Tensor::zeros([channels], options).set_requires_grad(true),
            running_mean: Tensor::zeros([channels], options),
            running_var: Tensor::ones([channels], options),
        }
    }

    /// Normalises B×C×H×W; statistics are float32 whatever the type of `x`. What comes `then` is done, too.
    pub fn forward(&self, x: &Tensor, statistics: Statistics, then: Then<'_>) -> Tensor {
        let running = (&self.running_mean, &self.running_var);
        let momentum = Self::MOMENTUM;
        let statistics = match statistics {
            Statistics::Batch => batch_norm::Statistics::Batch { running: Some(running), momentum },
            Statistics::BatchOnly => batch_norm::Statistics::Batch { running: None, momentum },
            Statistics::Running => batch_norm::Statistics::Given(running.0, running.1),
        };
        batch_norm(x, &self.weight, &self.bias, statistics, Self::EPSILON, then)
    }

    pub fn collect(&self, name: &str, tensors: &mut Tensors) {
        tensors.parameters.push((format!("{name}.weight"), self.weight.shallow_clone()));
        tensors.parameters.push((format!("{name}.bias"), self.bias.shallow_clone()));
        tensors.buffers.push((format!("{name}.running_mean"), self.running_mean.shallow_clone()));
        tensors.buffers.push((format!("{name}.running_var"), self.running_var.shallow_clone()));
    }
}

/// The classifier (`torch.nn.Linear`).
pub(crate) struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    pub fn new(init: &mut Initialiser, input: i64, output: i64) -> Self {
        let (weight, bias) = init.linear(input, output);
        Self { weight, bias }
    }

    #[cfg(test)]
    pub fn bias(&self) -> &Tensor {
        &self.bias
    }

    /// B×I in the compute type to B×O.
    pub fn forward(&self, x: &Tensor) -> Tensor {
        x.linear(&self.weight.to_kind(x.kind()), Some(&self.bias.to_kind(x.kind())))
    }

    pub fn collect(&self, name: &str, tensors: &mut Tensors) {
        tensors.parameters.push((format!("{name}.weight"), self.weight.shallow_clone()));
        tensors.parameters.push((format!("{name}.bias"), self.bias.shallow_clone()));
    }
}
