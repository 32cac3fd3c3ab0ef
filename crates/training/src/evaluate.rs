//! Loss and accuracy on a set of images.

use datasets::ImageSet;
use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

use crate::network::Network;

/// Images whose loss is computed together. Sums are taken batch by batch, so this number is part of what a loss's last bits depend on.
const BATCH: usize = 500;

/// Images that pass through a network on a CPU together: few enough that what a layer puts out is still in the cache when the next one
/// takes it. An image's logits depend on those beside it no more than libtorch's matrix products do.
const CPU_BATCH: i64 = 100;

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

/// What a network says of a set of images.
pub(crate) struct Prediction {
    pub evaluation: Evaluation,
    /// B×classes, float32.
    pub logits: Tensor,
}

/// Evaluates `network` on every image of `set`; images that a random shift moves anew in each epoch take a fixed draw.
pub fn evaluate(network: &dyn Network, set: &ImageSet) -> Evaluation {
    predict(network, set).evaluation
}

/// The same with the logits.
pub(crate) fn predict(network: &dyn Network, set: &ImageSet) -> Prediction {
    let moves = set.fixed_moves();
    let mut sums = Sums::zero(set.device());
    let mut all = Vec::new();
    tch::no_grad(|| {
        for start in (0..set.len()).step_by(BATCH) {
            let (images, labels) = set.slice(start, BATCH.min(set.len() - start), &moves);
            let logits = logits(network, &images);
            let loss = logits.cross_entropy_loss::<Tensor>(&labels, None, tch::Reduction::Mean, -100, 0.0);
            sums.add(&loss, &logits, &labels);
            all.push(logits);
        }
    });
    Prediction { evaluation: sums.evaluation(), logits: Tensor::cat(&all, 0) }
}

/// Logits (B×classes, float32) of images (B×C×H×W in the compute type) in eval mode, without gradients; a few hundred images at a time,
/// or fewer.
pub(crate) fn logits(network: &dyn Network, images: &Tensor) -> Tensor {
    let together = if images.device() == tch::Device::Cpu { CPU_BATCH } else { BATCH as i64 };
    tch::no_grad(|| {
        if images.size()[0] <= together {
            return network.forward(images, false);
        }
        let of = |batch: &Tensor| network.forward(batch, false);
        Tensor::cat(&images.split(together, 0).iter().map(of).collect::<Vec<_>>(), 0)
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{self, Input};
    use paths::ModelSpec;

    #[test]
    fn logits_of_an_image_are_its_own() {
        let spec = ModelSpec { width: 8, ..ModelSpec::default() };
        let network = network::new(&spec, Input { channels: 3, side: 16 }, 0, Kind::Float, tch::Device::Cpu);
        let count = 2 * CPU_BATCH + 7;
        tch::manual_seed(0);
        let images = Tensor::randn([count, 16, 16, 3], (Kind::Float, tch::Device::Cpu)).permute([0, 3, 1, 2]);
        let found = logits(&*network, &images);
        let at_once = tch::no_grad(|| network.forward(&images, false));
        assert_eq!(found.size(), [count, network::CLASSES as i64]);
        let difference = (&found - at_once).abs().max().double_value(&[]);
        assert!(difference < 1e-5 * found.abs().max().double_value(&[]), "{difference}");
    }
}
