//! Second derivatives of a loss.

use tch::{Device, Kind, Tensor};

use crate::network::{Mode, Network};

/// The Hessian of a network's mean cross-entropy on some images over all its parameters, as what it does to a vector. Normalisations
/// go by their running statistics, as in PyHessian (Yao et al. 2020), so that images do not influence one another.
pub(super) struct Curvature {
    network: Box<dyn Network>,
    parameters: Vec<Tensor>,
    batches: Vec<Batch>,
}

struct Batch {
    images: Tensor,
    labels: Tensor,
    /// Its share of all images.
    share: f64,
    /// The gradient with the graph of operations behind it, where all batches' graphs fit into memory together.
    gradient: Option<Vec<Tensor>>,
}

/// Images differentiated together.
const BATCH: i64 = 128;
/// Numbers that the graphs of all batches may hold between them: 1 GiB of float32.
const KEPT: usize = 1 << 28;
/// How many tensors of an activation's size a graph of first and second derivatives holds for each activation, about.
const TENSORS: usize = 10;

impl Curvature {
    /// Of `network`, which computes in float32, on images (B×C×H×W) with labels (int64, B).
    pub fn new(network: Box<dyn Network>, images: &Tensor, labels: &Tensor) -> Self {
        let parameters = network.parameters().into_iter().map(|p| p.tensor).collect();
        let count = images.size()[0];
        let mut activations = 0;
        network.activations(&images.narrow(0, 0, count.min(2)), &mut |_, output| activations += output.numel() / 2);
        let fits = activations * count as usize * TENSORS <= KEPT;
        let batches = images.split(BATCH, 0).into_iter().zip(labels.split(BATCH, 0)).map(|(images, labels)| Batch {
            share: images.size()[0] as f64 / count as f64,
            images: images.to_kind(Kind::Float),
            labels,
            gradient: None,
        });
        let mut new = Self { parameters, batches: batches.collect(), network };
        for at in 0..if fits { new.batches.len() } else { 0 } {
            new.batches[at].gradient = Some(new.gradient(&new.batches[at]));
        }
        new
    }

    /// How many parameters there are.
    pub fn dimension(&self) -> usize {
        self.parameters.iter().map(Tensor::numel).sum()
    }

    /// Where it computes.
    pub fn device(&self) -> Device {
        self.parameters[0].device()
    }

    /// For every parameter the Euclidean norm of the tensor that it belongs to, as one vector.
    pub fn norms(&self) -> Tensor {
        self.joined(&self.parameters.iter().map(|p| p.detach().norm().expand_as(p)).collect::<Vec<_>>())
    }

    /// The product of the Hessian and a vector (float32, one number a parameter).
    pub fn product(&self, vector: &Tensor) -> Tensor {
        let mut total = vector.zeros_like();
        for batch in &self.batches {
            let fresh = if batch.gradient.is_none() { self.gradient(batch) } else { Vec::new() };
            let gradient = batch.gradient.as_deref().unwrap_or(&fresh);
            let mut start = 0;
            let along = gradient.iter().map(|g| {
                let part = vector.narrow(0, start, g.numel() as i64).view(g.size().as_slice());
                start += g.numel() as i64;
                (g * part).sum(Kind::Float)
            });
            let along = Tensor::stack(&along.collect::<Vec<_>>(), 0).sum(Kind::Float);
            let products = Tensor::run_backward(&[along], &self.parameters, batch.gradient.is_some(), false);
            total += self.joined(&products) * batch.share;
        }
        total
    }

    /// Goes on as where graphs do not fit into memory.
    #[cfg(test)]
    pub fn forget_graphs(&mut self) {
        self.batches.iter_mut().for_each(|batch| batch.gradient = None);
    }

    fn gradient(&self, batch: &Batch) -> Vec<Tensor> {
        let logits = self.network.run(&batch.images, Mode::Derivatives, &mut |_, _| {});
        let loss = logits.cross_entropy_loss::<Tensor>(&batch.labels, None, tch::Reduction::Mean, -100, 0.0);
        Tensor::run_backward(&[loss], &self.parameters, true, true)
    }

    fn joined(&self, tensors: &[Tensor]) -> Tensor {
        Tensor::cat(&tensors.iter().map(|t| t.detach().reshape([-1])).collect::<Vec<_>>(), 0)
    }
}
