//! Loss and accuracy on a set of images.

use datasets::ImageSet;
use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

use crate::network::Network;
use crate::transfer::numbers;

/// Images whose loss is computed together. The mean is taken batch by batch, so this number is part of what a loss's last bits depend on.
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

/// Evaluates `network` on every image of `set`, which has some; images that a random shift moves anew in each epoch take a fixed draw.
pub fn evaluate(network: &dyn Network, set: &ImageSet) -> Evaluation {
    predict(network, set).evaluation
}

/// The same with the logits.
pub(crate) fn predict(network: &dyn Network, set: &ImageSet) -> Prediction {
    let moves = set.fixed_moves();
    let (mut counts, mut scores, mut all) = (Vec::new(), Vec::new(), Vec::new());
    tch::no_grad(|| {
        for start in (0..set.len()).step_by(BATCH) {
            let (images, labels) = set.slice(start, BATCH.min(set.len() - start), &moves);
            let logits = logits(network, &images);
            let loss = logits.cross_entropy_loss::<Tensor>(&labels, None, tch::Reduction::Mean, -100, 0.0);
            let Score { mean_loss, correct } = Score::of(&loss, &logits, &labels);
            counts.push(labels.numel());
            scores.push(Tensor::stack(&[mean_loss, correct], 0));
            all.push(logits);
        }
    });
    let evaluation = Evaluation::of_batches(counts.into_iter().zip(numbers::<2>(&scores)));
    Prediction { evaluation, logits: Tensor::cat(&all, 0) }
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

/// What a batch comes to: two tensors of one float32 number, which stay on their device.
pub struct Score {
    /// Mean cross-entropy, in nats.
    pub mean_loss: Tensor,
    /// How many images have their label's logit as the largest.
    pub correct: Tensor,
}

impl Score {
    /// Of a batch with its mean loss, its logits (B×classes) and its labels (int64, B).
    pub(crate) fn of(mean_loss: &Tensor, logits: &Tensor, labels: &Tensor) -> Self {
        let correct = logits.argmax(-1, false).eq_tensor(labels).sum(Kind::Float);
        Self { mean_loss: mean_loss.detach(), correct }
    }
}

impl Evaluation {
    /// From the number of images, mean loss and number of correct images of each batch. The loss of no images at all is not a number.
    pub(crate) fn of_batches(batches: impl IntoIterator<Item = (usize, [f64; 2])>) -> Self {
        let (mut images, mut loss, mut correct) = (0, 0.0, 0.0);
        for (count, [batch_loss, batch_correct]) in batches {
            images += count;
            loss += batch_loss * count as f64;
            correct += batch_correct;
        }
        Self { loss: loss / images as f64, accuracy: correct / images as f64, images }
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
