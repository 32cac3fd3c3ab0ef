//! What every network can do.

use paths::DatasetName;
use tch::{Device, Kind, Tensor};

/// Classes of every dataset here.
pub const CLASSES: usize = 10;

/// Tensors by name, in a fixed order.
pub type NamedTensors = Vec<(String, Tensor)>;

/// The shape of the images that a network is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input {
    /// Colour channels.
    pub channels: usize,
    /// Height and width, in pixels.
    pub side: usize,
}

impl Input {
    /// The images of a dataset.
    pub fn of(dataset: DatasetName) -> Self {
        Self { channels: dataset.channels(), side: dataset.image_size() }
    }

    /// So many black images, N×C×H×W in channels-last memory.
    pub fn zeros(self, count: usize, kind: Kind, device: Device) -> Tensor {
        let shape = [count, self.side, self.side, self.channels].map(|n| n as i64);
        Tensor::zeros(shape, (kind, device)).permute([0, 3, 1, 2])
    }
}

/// How a pass through a network treats normalisations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// By the batch's own statistics, which also move the running ones: training.
    Train,
    /// By the running statistics: evaluation.
    Eval,
    /// By the batch's own, and the running ones stay as they are: a look at the network as training sees it.
    Observe,
    /// By the running statistics, and everything by operations of libtorch that can be differentiated twice: curvature. Slower.
    Derivatives,
}

/// What a parameter does in its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// A weight of a convolution or a linear layer before the classifier.
    Weight,
    /// Its bias.
    Bias,
    /// A scale of a normalisation (γ, PyTorch's `weight`).
    NormScale,
    /// A shift of a normalisation (β, PyTorch's `bias`).
    NormShift,
    /// The weight of the last layer, which gives the logits.
    ClassifierWeight,
    /// The bias of the last layer.
    ClassifierBias,
}

impl ParameterKind {
    /// Whether it is a matrix or a stack of kernels, the classifier's included.
    pub fn is_weight(self) -> bool {
        matches!(self, Self::Weight | Self::ClassifierWeight)
    }

    /// Whether it is added to a layer's output: a bias reset moves it.
    pub fn is_bias(self) -> bool {
        matches!(self, Self::Bias | Self::NormShift | Self::ClassifierBias)
    }
}

/// What is learnt. The tensor shares the network's memory.
#[derive(Debug)]
pub struct Parameter {
    /// PyTorch's name.
    pub name: String,
    /// What it does.
    pub kind: ParameterKind,
    /// The part of the network that it belongs to, such as "stem" or "stage 1": layers that lie together have one.
    pub part: String,
    /// The block of the network that it belongs to, such as "layer4.1": a residual block, or else a layer with its normalisation. Blocks
    /// follow one another; the classifier is the last.
    pub block: String,
    /// Whether it belongs to a shortcut beside the main path.
    pub shortcut: bool,
    /// Whether a normalisation follows directly, so that in training a positive factor on it changes no output of the network.
    pub scale_invariant: bool,
    /// Its value, float32.
    pub tensor: Tensor,
}

/// The output of a non-linearity, as it is shown to visitors.
#[derive(Clone, Copy, Debug)]
pub struct Activation<'a> {
    /// The name of the non-linearity.
    pub name: &'a str,
    /// The part of the network that it belongs to.
    pub part: &'a str,
}

/// A non-linearity whose units are reached through layers of their own and read by one layer alone, so that a unit can be drawn anew
/// and taken out of what follows. Layers are named as their tensors are, without what comes after the last dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitLayer {
    /// The name of the non-linearity ([`Activation::name`]).
    pub activation: String,
    /// The layers of whose tensors the first dimension is the units: a convolution or linear layer, and its normalisation.
    pub incoming: Vec<String>,
    /// The layer of whose weight the second dimension is the units.
    pub outgoing: String,
}

impl UnitLayer {
    pub(crate) fn new(activation: &str, incoming: &[&str], outgoing: &str) -> Self {
        let incoming = incoming.iter().map(|&layer| layer.to_owned()).collect();
        Self { activation: activation.to_owned(), incoming, outgoing: outgoing.to_owned() }
    }
}

/// Called with each activation and its value: B×C×H×W, or B×C behind a linear layer, in the compute type. They are to be looked at: not from
/// each of them do gradients go back.
pub type Visitor<'a> = dyn FnMut(Activation<'_>, &Tensor) + 'a;

/// A network that classifies images.
pub trait Network: Send {
    /// Logits (B×[`CLASSES`], float32) of images (B×C×H×W in the compute type), showing every activation to `visit` in depth
    /// order.
    fn run(&self, images: &Tensor, mode: Mode, visit: &mut Visitor<'_>) -> Tensor;

    /// What is learnt, in PyTorch's order.
    fn parameters(&self) -> Vec<Parameter>;

    /// What belongs to the state besides, such as running statistics, by PyTorch's names.
    fn buffers(&self) -> NamedTensors;

    /// The layers of units that can be exchanged one by one, in depth order. Units that several layers write or read, as those along the
    /// shortcuts of a ResNet, are in none.
    fn unit_layers(&self) -> Vec<UnitLayer>;

    /// The number format of activations.
    fn compute(&self) -> Kind;

    /// Multiply-adds of convolutions and linear layers when one image of `side`×`side` pixels passes once. Normalisations,
    /// non-linearities and additions, a few thousandths of it, are not counted.
    fn multiply_adds(&self, side: usize) -> u64;

    /// Logits (B×[`CLASSES`], float32) of images (B×C×H×W in the compute type). In training, normalisations use the batch's
    /// statistics and update their running ones.
    fn forward(&self, images: &Tensor, training: bool) -> Tensor {
        self.run(images, if training { Mode::Train } else { Mode::Eval }, &mut |_, _| {})
    }

    /// Shows the output of every non-linearity to `visit`. Normalisations use the batch's statistics, as in training, and leave
    /// their running ones alone. Nothing is recorded for gradients.
    fn activations(&self, images: &Tensor, visit: &mut Visitor<'_>) {
        let _ = tch::no_grad(|| self.run(images, Mode::Observe, visit));
    }

    /// Parameters and buffers by name: everything that makes the network what it is.
    fn tensors(&self) -> NamedTensors {
        self.parameters().into_iter().map(|p| (p.name, p.tensor)).chain(self.buffers()).collect()
    }

    /// Copies values into the tensors of those names. PyTorch's `num_batches_tracked`, which nothing depends on with
    /// BatchNorm's default momentum, is passed over.
    ///
    /// # Errors
    /// Names the first tensor that is missing, unknown, or of another shape; nothing is changed then.
    fn load(&mut self, values: &NamedTensors) -> Result<(), String> {
        let own = self.tensors();
        let unknown = |name: &str| !name.ends_with(".num_batches_tracked") && own.iter().all(|(n, _)| n != name);
        if let Some((name, _)) = values.iter().find(|(name, _)| unknown(name)) {
            return Err(format!("the network has no tensor `{name}`"));
        }
        let mut pairs = Vec::with_capacity(own.len());
        for (name, target) in own {
            let Some((_, value)) = values.iter().find(|(n, _)| *n == name) else {
                return Err(format!("there is no tensor `{name}`"));
            };
            if value.size() != target.size() {
                return Err(format!("`{name}` has shape {:?}, expected {:?}", value.size(), target.size()));
            }
            pairs.push((target, value));
        }
        tch::no_grad(|| {
            for (mut target, value) in pairs {
                target.copy_(value);
            }
        });
        Ok(())
    }
}
