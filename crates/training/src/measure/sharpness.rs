//! How sharply the loss rises around the weights.

use paths::random::{Purpose, stream};
use rand::RngExt;
use tch::Tensor;

use super::contract::{Measure, Value, is_rare_epoch};
use super::curvature::Curvature;
use super::lanczos::{Accuracy, largest_eigenvalues};
use super::moment::Moment;
use super::view::View;

/// `sharpness`: of the Hessian H of the mean cross-entropy, without weight decay, on the task's first
/// [`PROBE_TRAIN_IMAGES`](super::PROBE_TRAIN_IMAGES) training images, over all parameters, with normalisations in eval mode as in PyHessian (Yao et al. 2020).
///
/// `eigenvalue_1` to `eigenvalue_3`, its largest; `trace` and `trace_standard_error`, Hutchinson's estimate from 10 vectors of random
/// signs; `scaled_eigenvalue`, the largest of D·H·D, D having for each parameter the Euclidean norm of its tensor, which stays the
/// same when one layer is multiplied by a number and the next divided by it (after Tsuzuku et al. 2020); `stability_edge` 2(1+μ)/η, above
/// which steps of this learning rate η and momentum μ are unstable on a quadratic loss, and `share_of_edge`, the largest eigenvalue
/// over it (Cohen et al. 2021). In float32 (TF32 where that is the arithmetic), some fifty products of H and a vector, each of which is a
/// backward pass through the gradient of these images: on request, and of epochs only the 1st, 4th, 16th, 64th, ….
pub(super) struct Sharpness;

/// The identity of the measure `Sharpness`.
pub const SHARPNESS: &str = "sharpness@1";

const PROBES: usize = 10;

impl Measure for Sharpness {
    fn name(&self) -> &'static str {
        "sharpness"
    }

    fn is_taken(&self, at: Moment) -> bool {
        matches!(at, Moment::Start | Moment::End) || is_rare_epoch(at)
    }

    fn is_on_request(&self) -> bool {
        true
    }

    fn take(&self, view: &View<'_>) -> Vec<Value> {
        let (images, labels) = view.train_probe();
        let curvature = Curvature::new(view.in_single_precision(view.network), &images, &labels);
        let start = signs(&curvature, 0);
        let accuracy = Accuracy { count: 3, residual: 1e-2, steps: [15, 60] };
        let mut eigenvalues = largest_eigenvalues(|v| curvature.product(v), &start, accuracy);
        eigenvalues.resize(3, f64::NAN);
        let norms = curvature.norms();
        let scaled = |v: &Tensor| curvature.product(&(v * &norms)) * &norms;
        let scaled = largest_eigenvalues(scaled, &start, Accuracy { count: 1, ..accuracy })[0];
        let [trace, error] = trace(&curvature);
        let edge = 2.0 * (1.0 + view.process.momentum) / view.lr();
        let values = [
            ("eigenvalue_1", eigenvalues[0]),
            ("eigenvalue_2", eigenvalues[1]),
            ("eigenvalue_3", eigenvalues[2]),
            ("scaled_eigenvalue", scaled),
            ("trace", trace),
            ("trace_standard_error", error),
            ("stability_edge", edge),
            ("share_of_edge", eigenvalues[0] / edge),
        ];
        values.into_iter().map(|(name, value)| Value::of_network(name, value)).collect()
    }
}

/// Hutchinson's estimate of the trace, and its standard error.
fn trace(curvature: &Curvature) -> [f64; 2] {
    let along = |probe| {
        let signs = signs(curvature, probe);
        curvature.product(&signs).dot(&signs).double_value(&[])
    };
    let found: Vec<f64> = (1..=PROBES).map(along).collect();
    let mean = super::updates::mean(&found);
    let variance = found.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (PROBES - 1) as f64;
    [mean, (variance / PROBES as f64).sqrt()]
}

/// Random signs, one a parameter: the same ones for every network of as many parameters.
fn signs(curvature: &Curvature, probe: usize) -> Tensor {
    let mut rng = stream(0, Purpose::Measure, 0, probe);
    let signs: Vec<f32> = (0..curvature.dimension()).map(|_| if rng.random::<bool>() { 1.0 } else { -1.0 }).collect();
    Tensor::from_slice(&signs).to_device(curvature.device())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::example::{Example, blueprint, number};
    use crate::network::Blueprint;
    use paths::{ModelSpec, NetworkName};
    use tch::Kind;

    /// A perceptron, of which the gradient can be differenced: no ReLU flips within such a small step in most directions.
    #[test]
    fn a_product_is_the_gradients_change() {
        let spec = ModelSpec { network: NetworkName::Mlp, width: 4, ..ModelSpec::default() };
        let example = Example::of(Blueprint { spec, ..blueprint() });
        let measuring = example.measuring();
        let view = measuring.view(Moment::End, &*example.network);
        let (images, labels) = view.train_probe();
        let curvature = Curvature::new(view.copy(), &images, &labels);
        let direction = signs(&curvature, 0) * 2e-5;
        let gradient = |sign: f64| {
            let network = view.copy();
            let parameters: Vec<Tensor> = network.parameters().into_iter().map(|p| p.tensor).collect();
            let mut start = 0;
            for parameter in &parameters {
                let part = direction.narrow(0, start, parameter.numel() as i64).view_as(parameter) * sign;
                start += parameter.numel() as i64;
                let _ = tch::no_grad(|| parameter.shallow_clone().g_add_(&part));
            }
            let loss = network.forward(&images, false).cross_entropy_for_logits(&labels);
            let gradient = Tensor::run_backward(&[loss], &parameters, false, false);
            Tensor::cat(&gradient.iter().map(|g| g.reshape([-1])).collect::<Vec<_>>(), 0).to_kind(Kind::Double)
        };
        let expected = (gradient(1.0) - gradient(-1.0)) / 2.0;
        let found = curvature.product(&direction).to_kind(Kind::Double);
        let error = ((&found - &expected).norm() / expected.norm()).double_value(&[]);
        assert!(error < 0.05, "{error}");
    }

    #[test]
    fn graphs_that_are_kept_change_nothing_and_the_edge_is_of_the_process() {
        let example = Example::of(blueprint());
        let measuring = example.measuring();
        let view = measuring.view(Moment::Start, &*example.network);
        let (images, labels) = view.train_probe();
        let mut curvature = Curvature::new(view.copy(), &images, &labels);
        let direction = signs(&curvature, 5);
        let kept = [curvature.product(&direction), curvature.product(&direction)];
        curvature.forget_graphs();
        let fresh = curvature.product(&direction);
        assert!(kept[0].equal(&kept[1]) && kept[0].allclose(&fresh, 1e-5, 1e-6, false));
        let values = Sharpness.take(&view);
        assert!((number(&values, "stability_edge") - 2.0 * 1.9 / 1e-3).abs() < 1e-9);
        assert!(number(&values, "eigenvalue_1") >= number(&values, "eigenvalue_2"));
    }
}
