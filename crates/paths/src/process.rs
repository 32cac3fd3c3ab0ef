//! How a model learns one task, and in what arithmetic.

use serde::{Deserialize, Serialize};

use crate::identified::identified;
use crate::{Augmentation, Schedule};

identified! {
    /// ω: training on one task by SGD until early stopping ends it. The paper's values are standard.
    pub struct LearningProcess {
        /// Learning rate of SGD (`torch.optim.SGD`'s `lr`).
        lr: f64 = 1e-3;
        /// Momentum of SGD, without dampening or Nesterov's form. Buffers start at zero on every task.
        momentum: f64 = 0.9;
        /// L2 penalty added to the gradient of every parameter.
        weight_decay: f64 = 1e-3;
        /// Images a step; the last batch of an epoch may be smaller.
        batch_size: usize = 128;
        /// Training ends after this many epochs at the latest.
        max_epochs: usize = 200;
        /// Training ends after this many epochs without a validation loss below the best so far.
        patience: usize = 50;
        /// Which weights are tested and handed to the next task.
        carry: Carry = Carry::Best;
        /// How the learning rate changes from epoch to epoch.
        schedule: Schedule = Schedule::Constant;
        /// What is done to training images anew in every epoch.
        augmentation: Augmentation = Augmentation::None;
    }
}

impl LearningProcess {
    /// The learning rate in `epoch`, from 0.
    pub fn lr_in(&self, epoch: usize) -> f64 {
        self.lr * self.schedule.factor(epoch, self.max_epochs)
    }
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

identified! {
    /// The arithmetic that training uses. It changes the bits of a result, so it is part of a stage's identity.
    pub struct Numerics {
        /// Number format of activations and of the weights inside convolutions and linear layers.
        precision: Precision = Precision::Fp32;
        /// CPU threads inside one run: sums are split among them, so another number gives other bits. Unused on a GPU.
        threads: usize = 1;
    }
}

/// Number format of the model's arithmetic. Weights, BatchNorm statistics, loss and optimiser are fp32 in
/// each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32-bit floats throughout; on GPUs, too, which would take TF32 for convolutions if they were let.
    #[default]
    Fp32,
    /// 32-bit floats whose products may be taken in TF32 (ten bits of mantissa) on a GPU that has it. On a CPU, and on another GPU,
    /// it is the same arithmetic as fp32.
    Tf32,
    /// bfloat16 activations and matrix products.
    Bf16,
}
