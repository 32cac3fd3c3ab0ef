//! Loss and accuracy on a set of images.

use datasets::ImageSet;
use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

use crate::network::Network;

/// Images evaluated together. Sums are taken batch by batch, so this number is part of what a loss's last bits depend on.
const BATCH: usize = 500;

/// Mean cross-entropy and accuracy of a model in eval mode.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Mean cross-entropy, in nats.
    pub loss: f64,
    /// Share of images classified correctly, 0 to 1.
    pub accuracy: f64,
    /// Number of images.
    pub images: usize,
}

/// Evaluates `network` on every image of `set`; images that a random shift moves anew in each epoch take a fixed draw.
pub fn evaluate(network: &dyn Network, set: &ImageSet) -> Evaluation {
    let moves = set.fixed_moves();
    let mut sums = Sums::zero(set.device());
    tch::no_grad(|| {
        for start in (0..set.len()).step_by(BATCH) {
            let (images, labels) = set.slice(start, BATCH.min(set.len() - start), &moves);
            let logits = network.forward(&images, false);
            let loss = logits.cross_entropy_loss::<Tensor>(&labels, None, tch::Reduction::Mean, -100, 0.0);
            sums.add(&loss, &logits, &labels);
        }
    });
    sums.evaluation()
}

/// Sums over images that stay on the device, so that adding to them does not wait for it.
pub(crate) struct Sums {
    /// Sum of losses, number of correct images, number of images: float64.
    pub totals: Tensor,
}

impl Sums {
    pub fn zero(device: tch::Device) -> Self {
        Self { totals: Tensor::zeros([3], (Kind::Double, device)) }
    }

    /// Starts anew, in the same memory.
    pub fn reset(&mut self) {
        let _ = self.totals.zero_();
    }

    /// Adds a batch with its mean loss and its logits.
    pub fn add(&mut self, mean_loss: &Tensor, logits: &Tensor, labels: &Tensor) {
        let count = labels.numel() as f64;
        let correct = logits.argmax(-1, false).eq_tensor(labels).sum(Kind::Double);
        let images = Tensor::full([], count, (Kind::Double, labels.device()));
        let loss = mean_loss.detach().to_kind(Kind::Double) * count;
        let _ = self.totals.g_add_(&Tensor::stack(&[loss, correct, images], 0));
    }

    /// Means; the loss of no images at all is not a number.
    pub fn evaluation(&self) -> Evaluation {
        let [loss, correct, images] = self.values();
        Evaluation { loss: loss / images, accuracy: correct / images, images: images as usize }
    }

    pub fn values(&self) -> [f64; 3] {
        let values = Vec::<f64>::try_from(&self.totals.to_device(tch::Device::Cpu)).expect("float64 totals");
        [values[0], values[1], values[2]]
    }
}
