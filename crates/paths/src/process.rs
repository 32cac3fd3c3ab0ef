//! How a model is made and how it learns one task.

use serde::{Deserialize, Serialize};

/// ω: training on one task by SGD until early stopping ends it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearningProcess {
    /// Learning rate of SGD (`torch.optim.SGD`'s `lr`).
    pub lr: f64,
    /// Momentum of SGD, without dampening or Nesterov's form. Buffers start at zero on every task.
    pub momentum: f64,
    /// L2 penalty added to the gradient of every parameter.
    pub weight_decay: f64,
    /// Images a step; the last batch of an epoch may be smaller.
    pub batch_size: usize,
    /// Training ends after this many epochs at the latest.
    pub max_epochs: usize,
    /// Training ends after this many epochs without a validation loss below the best so far.
    pub patience: usize,
    /// Which weights are tested and handed to the next task.
    pub carry: Carry,
}

/// Which of a stage's weights are tested and handed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Carry {
    /// Those of the epoch with the lowest validation loss (the first of equals).
    #[default]
    Best,
    /// Those of the last epoch.
    Last,
}

/// A ResNet-18 of a given width.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// Channels of the first stage; the later ones have 2, 4 and 8 times as many. ResNet-18 proper has 64.
    pub width: usize,
    /// The first convolution.
    pub stem: Stem,
    /// Initialisation of convolutions and the classifier.
    pub init: Init,
}

/// The layers before the first residual block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stem {
    /// 3×3 convolution with stride 1, no max-pool: the usual form for 32×32 images.
    #[default]
    #[serde(rename = "3x3")]
    Conv3,
    /// torchvision's 7×7 convolution with stride 2 and a 3×3 max-pool with stride 2.
    #[serde(rename = "7x7")]
    Conv7,
}

/// How weights are drawn. BatchNorm starts at weight 1 and bias 0 in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Init {
    /// PyTorch's layer defaults: convolution and linear weights uniform in ±1/√fan_in, linear bias likewise.
    #[default]
    Pytorch,
    /// Convolution weights normal with variance 2/fan_out (`kaiming_normal_(mode="fan_out")`, as torchvision's ResNet does);
    /// the classifier as in [`Init::Pytorch`].
    KaimingNormal,
}

/// The arithmetic that training uses. It changes the bits of a result, so it is part of a stage's identity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numerics {
    /// Number format of activations and of the weights inside convolutions and the classifier.
    pub precision: Precision,
    /// CPU threads inside one run: sums are split among them, so another number gives other bits. Unused on a GPU.
    pub threads: usize,
}

/// Number format of the model's arithmetic. Weights, BatchNorm statistics, loss and optimiser are fp32 in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32-bit floats throughout.
    #[default]
    Fp32,
    /// bfloat16 activations and matrix products.
    Bf16,
}
