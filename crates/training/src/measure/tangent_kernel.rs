//! The kernel by which small steps of gradient descent change a network's outputs.

use tch::{Kind, Tensor};

use super::contract::{Measure, Value, is_rare_epoch};
use super::moment::Moment;
use super::units::effective_rank;
use super::updates::max;
use super::view::{View, first};
use crate::network::{CLASSES, Mode, Network};

/// Images that the kernel is of at most, and at least where there are as many.
const IMAGES: [usize; 2] = [12, 128];
/// Numbers of the two blocks of Jacobians that are held at once: 2 GiB of float32.
const HELD: usize = 1 << 29;

/// `tangent-kernel`: the empirical neural tangent kernel K (Jacot et al. 2018) of the logits of the task's first 128 training images (or a quarter of them, where
/// that is less), in eval mode, over all
/// parameters: K_ij = mean over the classes c of ⟨∂f_c(x_i)/∂θ, ∂f_c(x_j)/∂θ⟩.
///
/// `largest_eigenvalue` and `trace`; `effective_rank`, the exponential of the entropy of its eigenvalues over their sum;
/// `distance_from_received`, 1 − ⟨K, K₀⟩/(‖K‖‖K₀‖) with the kernel K₀ of the network as the task received it, on the same images
/// (Fort et al. 2020), 0 where they agree up to a factor; `label_alignment`, ⟨K, YYᵀ⟩/(‖K‖‖YYᵀ‖) with Y the labels as unit vectors and
/// both kernels centred (Cortes et al. 2012). One forward and backward pass for each image and
/// class (three to four of a network whose Jacobians do not fit into 2 GiB), in float32 (TF32 where that is the arithmetic): on request, and of epochs only the
/// 1st, 4th, 16th, 64th, ….
pub(super) struct TangentKernel;

/// The identity of the measure `TangentKernel`.
pub const TANGENT_KERNEL: &str = "tangent-kernel@1";

impl Measure for TangentKernel {
    fn name(&self) -> &'static str {
        "tangent-kernel"
    }

    fn is_taken(&self, at: Moment) -> bool {
        matches!(at, Moment::Start | Moment::End) || is_rare_epoch(at)
    }

    fn is_on_request(&self) -> bool {
        true
    }

    fn take(&self, view: &View<'_>) -> Vec<Value> {
        let (images, labels) = first(&view.data.train, (view.data.train.len() / 4).clamp(IMAGES[0], IMAGES[1]));
        let of = |network: &dyn Network| kernel(&*view.in_single_precision(network), &images.to_kind(Kind::Float));
        let received = view.of_received(TANGENT_KERNEL, of);
        let now = of(view.network);
        let labels = labels.to_device(tch::Device::Cpu).one_hot(CLASSES as i64).to_kind(Kind::Double);
        let eigenvalues = eigenvalues(&now);
        let values = [
            ("largest_eigenvalue", max(&eigenvalues)),
            ("trace", now.trace().double_value(&[])),
            ("effective_rank", effective_rank(&eigenvalues)),
            ("distance_from_received", 1.0 - cosine(&now, &received)),
            ("label_alignment", cosine(&centred(&now), &centred(&labels.matmul(&labels.tr())))),
        ];
        values.into_iter().map(|(name, value)| Value::of_network(name, value)).collect()
    }
}

/// The kernel of `images` (B×C×H×W), B×B in float64 on the CPU.
fn kernel(network: &dyn Network, images: &Tensor) -> Tensor {
    let parameters: Vec<Tensor> = network.parameters().into_iter().map(|p| p.tensor).collect();
    let dimension: usize = parameters.iter().map(Tensor::numel).sum();
    let count = images.size()[0];
    let block = ((HELD / 2 / dimension) as i64).clamp(1, count);
    // One row an image: the derivatives of its logit of this class.
    let jacobian = |start: i64, class: i64| {
        let rows = (start..count.min(start + block)).map(|image| {
            let logits = network.run(&images.narrow(0, image, 1), Mode::Derivatives, &mut |_, _| {});
            let gradient = Tensor::run_backward(&[logits.get(0).get(class)], &parameters, false, false);
            Tensor::cat(&gradient.iter().map(|g| g.reshape([-1])).collect::<Vec<_>>(), 0)
        });
        Tensor::stack(&rows.collect::<Vec<_>>(), 0)
    };
    let total = Tensor::zeros([count, count], (Kind::Double, tch::Device::Cpu));
    for class in 0..CLASSES as i64 {
        for start in (0..count).step_by(block as usize) {
            let rows = jacobian(start, class);
            for other in (start..count).step_by(block as usize) {
                let columns = if other == start { rows.shallow_clone() } else { jacobian(other, class) };
                let part =
                    rows.matmul(&columns.tr()).to_kind(Kind::Double).to_device(tch::Device::Cpu) / CLASSES as f64;
                let add = |top: i64, left: i64, part: &Tensor| {
                    let [height, width] = [part.size()[0], part.size()[1]];
                    let _ = total.narrow(0, top, height).narrow(1, left, width).g_add_(part);
                };
                add(start, other, &part);
                if other != start {
                    add(other, start, &part.tr());
                }
            }
        }
    }
    total
}

/// Not numbers where the kernel has one that is not.
fn eigenvalues(kernel: &Tensor) -> Vec<f64> {
    if !bool::try_from(kernel.isfinite().all()).expect("one truth value") {
        return vec![f64::NAN; kernel.size()[0] as usize];
    }
    Vec::<f64>::try_from(kernel.linalg_eigvalsh("L")).expect("float64 numbers")
}

/// ⟨A, B⟩/(‖A‖‖B‖).
fn cosine(a: &Tensor, b: &Tensor) -> f64 {
    ((a * b).sum(Kind::Double) / (a.norm() * b.norm())).double_value(&[])
}

/// H·A·H with H = I − 1/n.
fn centred(kernel: &Tensor) -> Tensor {
    let mean = |axis: i64, of: &Tensor| of.mean_dim([axis].as_slice(), true, Kind::Double);
    let rows = kernel - mean(1, kernel);
    &rows - mean(0, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::example::{Example, blueprint, number};

    #[test]
    fn a_small_step_along_a_gradient_changes_logits_as_the_kernel_says() {
        let example = Example::of(blueprint());
        let (images, _) = first(&example.data.train, 4);
        let kernel = kernel(&*example.network, &images);
        assert!(kernel.allclose(&kernel.tr(), 1e-6, 1e-9, false));
        assert!(eigenvalues(&kernel).iter().all(|&value| value > -1e-6));
        // The sum over classes of the squared gradient norms of one image's logits.
        let parameters: Vec<Tensor> = example.network.parameters().into_iter().map(|p| p.tensor).collect();
        let logits = example.network.forward(&images.narrow(0, 2, 1), false);
        let squares: f64 = (0..10)
            .map(|class| {
                let gradient = Tensor::run_backward(&[logits.get(0).get(class)], &parameters, true, false);
                gradient
                    .iter()
                    .map(|g| g.to_kind(Kind::Double).square().sum(Kind::Double).double_value(&[]))
                    .sum::<f64>()
            })
            .sum();
        assert!((kernel.double_value(&[2, 2]) / (squares / 10.0) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn the_received_network_has_moved_nowhere_and_another_has() {
        let example = Example::of(blueprint());
        let measuring = example.measuring();
        let same = TangentKernel.take(&measuring.view(Moment::Start, &*example.network));
        assert!(number(&same, "distance_from_received").abs() < 1e-12);
        let other = crate::network::Blueprint { seed: 1, ..blueprint() }.build();
        let values = TangentKernel.take(&measuring.view(Moment::End, &*other));
        assert!((1e-3..1.0).contains(&number(&values, "distance_from_received")));
        assert!((-1.0..=1.0).contains(&number(&values, "label_alignment")));
        assert!((1.0..=12.0).contains(&number(&values, "effective_rank")));
    }

    #[test]
    fn a_centred_kernel_has_no_mean() {
        let kernel = centred(&(Tensor::arange(9, (Kind::Double, tch::Device::Cpu)).square().view([3, 3])));
        for axis in [0i64, 1] {
            assert!(kernel.mean_dim([axis].as_slice(), false, Kind::Double).abs().max().double_value(&[]) < 1e-9);
        }
    }
}
