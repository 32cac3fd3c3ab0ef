//! Direction-aware shrinking (Shin et al., 2024).

use datasets::ImageSet;
use paths::Dash;
use tch::{Kind, Tensor};
use training::{Mode, Network, Parameter, ParameterKind, batches};

use crate::situation::{Intervene, Situation};

/// Multiplies weights by how far they point where the new task's loss falls: by the cosine of their angle to the negative gradient, or by
/// the threshold where that is larger. The gradient is a running mean over the batches of the task's training images, in their order and
/// without augmentation, at the weights as received; normalisations go by the batch, and their running statistics stay as they are.
///
/// As in the authors' code, a convolution is shrunk kernel by kernel (k×k, for each output and input channel; a 1×1 kernel is a number,
/// whose cosine is 1 or −1), a linear layer row by row, a bias as a whole. Normalisations stay as they are.
impl Intervene for Dash {
    fn before_task(&self, situation: &mut Situation<'_>) {
        let batch_size = situation.process.batch_size;
        let directions = downhill(&*situation.network, situation.train, batch_size, self.alpha);
        for (mut parameter, direction) in situation.network.parameters().into_iter().zip(directions) {
            let of_a_layer = !matches!(parameter.kind, ParameterKind::NormScale | ParameterKind::NormShift);
            if of_a_layer {
                let factor = factor(&parameter, &direction, self.threshold);
                let _ = parameter.tensor.g_mul_(&factor);
            }
        }
    }
}

/// What a parameter is multiplied by, in a shape that is broadcast to its own.
fn factor(parameter: &Parameter, direction: &Tensor, threshold: f64) -> Tensor {
    let kept = match parameter.tensor.dim() {
        4 => 2,
        2 => 1,
        _ => 0,
    };
    let vectors = |tensor: &Tensor| tensor.to_kind(Kind::Double).flatten(kept, -1);
    let cosine = Tensor::cosine_similarity(&vectors(direction), &vectors(&parameter.tensor), -1, 1e-8);
    let mut shape = cosine.size();
    shape.resize(parameter.tensor.dim(), 1);
    cosine.clamp(threshold, 1.0).to_kind(Kind::Float).view(&shape[..])
}

/// The running mean of the negative gradients of the batches' mean losses, of every parameter in order.
fn downhill(network: &dyn Network, images: &ImageSet, batch_size: usize, alpha: f64) -> Vec<Tensor> {
    let parameters: Vec<Tensor> = network.parameters().into_iter().map(|parameter| parameter.tensor).collect();
    let mut directions: Vec<Tensor> = parameters.iter().map(Tensor::zeros_like).collect();
    let moves = images.fixed_moves();
    for batch in batches(images.len(), batch_size) {
        let gradients = tch::with_grad(|| {
            let (x, labels) = images.slice(batch.start, batch.len(), &moves);
            let logits = network.run(&x, Mode::Observe, &mut |_, _| {});
            let loss = logits.cross_entropy_loss::<Tensor>(&labels, None, tch::Reduction::Mean, -100, 0.0);
            Tensor::run_backward(&[&loss], &parameters, false, false)
        });
        for (direction, gradient) in directions.iter_mut().zip(gradients) {
            let _ = direction.g_mul_scalar_(1.0 - alpha).g_sub_(&(gradient * alpha));
        }
    }
    directions
}
