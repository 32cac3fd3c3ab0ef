//! The layers of networks.

use batch_norm::{Then, batch_norm};
use convolution::{conv2d, conv2d_bias_relu, conv2d_of_libtorch};
use max_pool::max_pool2d;
use tch::{Device, Kind, Tensor};

use super::contract::{Mode, NamedTensors, Parameter, ParameterKind};
use super::init::Initialiser;
use super::masters::{Master, Pass};

/// A convolution, padded so that stride 1 keeps the size unless said otherwise (`torch.nn.Conv2d`).
pub(crate) struct Conv2d {
    weight: Master,
    bias: Option<Master>,
    stride: i64,
    padding: i64,
}

impl Conv2d {
    /// One without bias.
    pub fn new(init: &mut Initialiser, input: i64, output: i64, kernel: i64, stride: i64) -> Self {
        Self { weight: init.convolution(input, output, kernel), bias: None, stride, padding: kernel / 2 }
    }

    /// The same with another padding.
    pub fn padded(self, padding: i64) -> Self {
        Self { padding, ..self }
    }

    /// The same with a bias, drawn now.
    pub fn with_bias(self, init: &mut Initialiser) -> Self {
        Self { bias: Some(init.convolution_bias(&self.weight)), ..self }
    }

    /// B×I×H×W in the compute type to B×O×H'×W'.
    pub fn forward(&self, x: &Tensor, pass: &Pass) -> Tensor {
        let weight = pass.value(&self.weight);
        match &self.bias {
            None if pass.mode != Mode::Derivatives => conv2d(x, weight, self.stride, self.padding),
            bias => {
                let bias = bias.as_ref().map(|bias| pass.value(bias));
                conv2d_of_libtorch(x, weight, bias, self.stride, self.padding)
            }
        }
    }

    /// The same and a ReLU.
    pub fn forward_and_relu(&self, x: &Tensor, pass: &Pass) -> Tensor {
        match &self.bias {
            Some(bias) if pass.mode != Mode::Derivatives => {
                conv2d_bias_relu(x, pass.value(&self.weight), pass.value(bias), self.stride, self.padding)
            }
            _ => self.forward(x, pass).relu(),
        }
    }

    /// How many pixels lie between two that it is applied to, plus one.
    pub fn stride(&self) -> i64 {
        self.stride
    }

    /// The side of the output for inputs of `side`×`side` pixels.
    pub fn output_side(&self, side: usize) -> usize {
        let kernel = self.weight.tensor.size()[2];
        ((side as i64 + 2 * self.padding - kernel) / self.stride + 1) as usize
    }

    /// Whether images of `side`×`side` pixels are convolved by Winograd's algorithm on this CPU.
    #[cfg(test)]
    pub fn is_winograd(&self, side: usize) -> bool {
        let (outputs, inputs, kernel, _) = self.weight.tensor.size4().expect("a weight has four sizes");
        let x = [1, inputs, side as i64, side as i64];
        convolution::is_winograd(x, [outputs, inputs, kernel, kernel], self.stride, self.padding)
    }

    /// Multiply-adds of one image whose output has `side`×`side` pixels.
    pub fn multiply_adds(&self, side: usize) -> u64 {
        (self.weight.tensor.numel() * side * side) as u64
    }
}

/// A convolution without bias and its normalisation, as [`residual_block`] takes them.
pub(crate) fn normalised<'a>(conv: &'a Conv2d, norm: &'a BatchNorm2d) -> residual_block::Layer<'a> {
    let BatchNorm2d { weight: scale, bias: shift, running_mean, running_var } = norm;
    residual_block::Layer { weight: &conv.weight.tensor, scale, shift, running_mean, running_var }
}

/// Batch normalisation over B, H and W (`torch.nn.BatchNorm2d` with its defaults).
pub(crate) struct BatchNorm2d {
    weight: Tensor,
    bias: Tensor,
    running_mean: Tensor,
    running_var: Tensor,
}

impl BatchNorm2d {
    pub const MOMENTUM: f64 = 0.1;
    pub const EPSILON: f64 = 1e-5;

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
    pub fn forward(&self, x: &Tensor, mode: Mode, then: Then<'_>) -> Tensor {
        let running = (&self.running_mean, &self.running_var);
        let momentum = Self::MOMENTUM;
        let statistics = match mode {
            Mode::Train => batch_norm::Statistics::Batch { running: Some(running), momentum },
            Mode::Observe => batch_norm::Statistics::Batch { running: None, momentum },
            Mode::Eval => batch_norm::Statistics::Given(running.0, running.1),
            Mode::Derivatives => return self.by_plain_operations(x, then),
        };
        batch_norm(x, &self.weight, &self.bias, statistics, Self::EPSILON, then)
    }

    /// The same by the running statistics, as a factor and a summand a channel.
    fn by_plain_operations(&self, x: &Tensor, then: Then<'_>) -> Tensor {
        let factor = &self.weight / (&self.running_var + Self::EPSILON).sqrt();
        let summand = &self.bias - &self.running_mean * &factor;
        let of_channels = |tensor: &Tensor| tensor.view([1, -1, 1, 1]).to_kind(x.kind());
        let y = x * of_channels(&factor) + of_channels(&summand);
        match then {
            Then::Nothing => y,
            Then::Relu => y.relu(),
            Then::AddAndRelu(shortcut) => (y + shortcut).relu(),
        }
    }
}

/// The pooling behind the stem of a ResNet for large images (`torch.nn.MaxPool2d(3, 2, 1)`): B×C×H×W to B×C×⌈H/2⌉×⌈W/2⌉.
pub(crate) fn max_pool(x: &Tensor, mode: Mode) -> Tensor {
    let (kernel, stride, padding) = (3, 2, 1);
    match mode {
        Mode::Derivatives => x.max_pool2d([kernel; 2], [stride; 2], [padding; 2], [1, 1], false),
        Mode::Train | Mode::Eval | Mode::Observe => max_pool2d(x, kernel, stride, padding),
    }
}

/// A linear layer (`torch.nn.Linear`).
pub(crate) struct Linear {
    weight: Master,
    bias: Master,
}

impl Linear {
    pub fn new(init: &mut Initialiser, input: i64, output: i64) -> Self {
        let (weight, bias) = init.linear(input, output);
        Self { weight, bias }
    }

    /// B×I in the compute type to B×O.
    pub fn forward(&self, x: &Tensor, pass: &Pass) -> Tensor {
        x.linear(pass.value(&self.weight), Some(pass.value(&self.bias)))
    }

    /// Multiply-adds of one image.
    pub fn multiply_adds(&self) -> u64 {
        self.weight.tensor.numel() as u64
    }
}

/// Where a layer lies in its network.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The part of the network.
    pub part: &'a str,
    /// The block.
    pub block: &'a str,
    /// Whether it is beside the main path.
    pub shortcut: bool,
}

impl<'a> Place<'a> {
    /// On the main path, in a part that is one block.
    pub fn on_main_path(part: &'a str) -> Self {
        Self { part, block: part, shortcut: false }
    }

    /// The same in a block of this name.
    pub fn in_block(self, block: &'a str) -> Self {
        Self { block, ..self }
    }
}

/// The tensors of a network, as they are listed layer by layer.
#[derive(Default)]
pub(crate) struct Layers {
    pub parameters: Vec<Parameter>,
    pub buffers: NamedTensors,
}

impl Layers {
    pub fn conv(&mut self, name: &str, layer: &Conv2d, place: Place<'_>) {
        let bias = layer.bias.as_ref().map(|bias| &bias.tensor);
        self.push(name, place, &layer.weight.tensor, bias, [ParameterKind::Weight, ParameterKind::Bias]);
    }

    /// A convolution without bias and the normalisation that follows it.
    pub fn normalised_conv(&mut self, names: [&str; 2], conv: &Conv2d, norm: &BatchNorm2d, place: Place<'_>) {
        self.conv(names[0], conv, place);
        self.parameters.last_mut().expect("a convolution has a weight").scale_invariant = true;
        self.norm(names[1], norm, place);
    }

    pub fn linear(&mut self, name: &str, layer: &Linear, place: Place<'_>) {
        let kinds = [ParameterKind::Weight, ParameterKind::Bias];
        self.push(name, place, &layer.weight.tensor, Some(&layer.bias.tensor), kinds);
    }

    fn norm(&mut self, name: &str, layer: &BatchNorm2d, place: Place<'_>) {
        self.push(name, place, &layer.weight, Some(&layer.bias), [ParameterKind::NormScale, ParameterKind::NormShift]);
        self.buffers.push((format!("{name}.running_mean"), layer.running_mean.shallow_clone()));
        self.buffers.push((format!("{name}.running_var"), layer.running_var.shallow_clone()));
    }

    /// A linear layer that gives the logits.
    pub fn classifier(&mut self, name: &str, layer: &Linear, place: Place<'_>) {
        self.push(name, place, &layer.weight.tensor, Some(&layer.bias.tensor), CLASSIFIER);
    }

    /// A convolution that gives the logits.
    pub fn classifier_conv(&mut self, name: &str, layer: &Conv2d, place: Place<'_>) {
        let bias = layer.bias.as_ref().map(|bias| &bias.tensor);
        self.push(name, place, &layer.weight.tensor, bias, CLASSIFIER);
    }

    fn push(
        &mut self,
        name: &str,
        place: Place<'_>,
        weight: &Tensor,
        bias: Option<&Tensor>,
        kinds: [ParameterKind; 2],
    ) {
        for (leaf, tensor, kind) in [("weight", Some(weight), kinds[0]), ("bias", bias, kinds[1])] {
            self.parameters.extend(tensor.map(|tensor| Parameter {
                name: format!("{name}.{leaf}"),
                kind,
                part: place.part.to_owned(),
                block: place.block.to_owned(),
                shortcut: place.shortcut,
                scale_invariant: false,
                tensor: tensor.shallow_clone(),
            }));
        }
    }
}

const CLASSIFIER: [ParameterKind; 2] = [ParameterKind::ClassifierWeight, ParameterKind::ClassifierBias];
