//! What a network of a kind consists of, without a network: for drawings and for estimates.

use paths::ModelSpec;
use tch::{Device, Kind};

use crate::network::{self, Input, ParameterKind};

/// A parameter's place in its network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterPlace {
    /// PyTorch's name.
    pub name: String,
    /// What it does.
    pub kind: ParameterKind,
    /// The part of the network, such as "stage 1".
    pub part: String,
    /// Whether it belongs to a shortcut beside the main path.
    pub shortcut: bool,
    /// How many numbers it has.
    pub elements: usize,
}

/// An activation's place in its network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivationPlace {
    /// The name of the non-linearity.
    pub name: String,
    /// The part of the network.
    pub part: String,
}

/// What a network consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Every parameter, in PyTorch's order.
    pub parameters: Vec<ParameterPlace>,
    /// Every non-linearity, in depth order.
    pub activations: Vec<ActivationPlace>,
    /// Outputs of the non-linearities for one image.
    pub activation_elements: usize,
    /// Multiply-adds of one image in one pass ([`Network::multiply_adds`](crate::Network::multiply_adds)).
    pub multiply_adds: u64,
}

impl Layout {
    /// The place of the parameter called `name`.
    pub fn parameter(&self, name: &str) -> Option<&ParameterPlace> {
        self.parameters.iter().find(|place| place.name == name)
    }

    /// Bytes that training needs besides the images, roughly: weights, gradients, momentum, best weights and a checkpoint, and
    /// four float32 tensors for each activation of a batch.
    pub fn training_bytes(&self, batch: usize) -> usize {
        let parameters: usize = self.parameters.iter().map(|place| place.elements).sum();
        4 * (5 * parameters + 4 * batch * self.activation_elements)
    }

    /// Floating-point operations of training on one image: two a multiply-add, and three passes of equal cost (forward,
    /// gradient of the inputs, gradient of the weights), as is usual.
    pub fn training_flops(&self) -> f64 {
        6.0 * self.multiply_adds as f64
    }
}

/// What the network `spec` for images of the shape `input` consists of, found out from one that is made for it.
pub fn layout(spec: &ModelSpec, input: Input) -> Layout {
    let network = network::new(spec, input, 0, Kind::Float, Device::Cpu);
    let parameters = network.parameters().into_iter().map(|p| ParameterPlace {
        elements: p.tensor.numel(),
        name: p.name,
        kind: p.kind,
        part: p.part,
        shortcut: p.shortcut,
    });
    let (mut activations, mut elements) = (Vec::new(), 0);
    // Two images: a normalisation by the batch has no statistics of one whose layer is a single pixel.
    network.activations(&input.zeros(2, Kind::Float, Device::Cpu), &mut |activation, output| {
        activations.push(ActivationPlace { name: activation.name.to_owned(), part: activation.part.to_owned() });
        elements += output.numel() / 2;
    });
    Layout {
        parameters: parameters.collect(),
        activations,
        activation_elements: elements,
        multiply_adds: network.multiply_adds(input.side),
    }
}
