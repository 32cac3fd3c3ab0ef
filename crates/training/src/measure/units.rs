//! Units that do nothing, and how many directions the features have.

use tch::{Kind, Tensor};

use super::contract::{Measure, Value, is_sparse_epoch};
use super::moment::Moment;
use super::outputs::{LayerOutputs, over_positions};
use super::view::View;
use crate::transfer::numbers;

/// `units`: on [`PROBE_IMAGES`](super::PROBE_IMAGES) test images transformed as the task's are, so that at the moment `received` they are
/// images that the network has yet to learn. Normalisations use the images' own statistics, as in training.
///
/// Of each non-linearity, and of the network as the mean over them: `dormant_0.025` and `dormant_0.1`, the share of units (channels or
/// neurons) whose mean |output| over images and positions is at most that share of its mean over the layer's units (Sokar et al. 2023); in a
/// layer without any output all are. Of `features`, which are the last non-linearity's outputs averaged over positions, as a matrix
/// images × units that is not centred: `effective_rank`, the exponential of the entropy of its singular values over their sum (Roy & Vetterli
/// 2007), and `stable_rank`, ‖A‖²_F/σ₁². Units that are zero throughout are `dead_units` of the measure `activations`. One pass of the
/// images and one singular value decomposition; after the 1st, 2nd, 4th, 8th, … epoch only.
pub(super) struct Units;

/// The identity of the measure `Units`.
pub const UNITS: &str = "units@1";

impl Measure for Units {
    fn name(&self) -> &'static str {
        "units"
    }

    fn is_taken(&self, at: Moment) -> bool {
        !matches!(at, Moment::Epoch(_)) || is_sparse_epoch(at)
    }

    fn take(&self, view: &View<'_>) -> Vec<Value> {
        let outputs = view.outputs(&view.data.test);
        let row = |layer: &LayerOutputs| {
            let scores = &layer.sums / layer.places as f64;
            let share = |of: f64| dormant(&scores, of).to_kind(Kind::Double).mean(Kind::Double);
            Tensor::stack(&[share(0.025), share(0.1)], 0)
        };
        let rows = numbers::<2>(&outputs.layers.iter().map(row).collect::<Vec<_>>());
        let mean = |at: usize| rows.iter().map(|row| row[at]).sum::<f64>() / rows.len() as f64;
        let subjects = std::iter::once(("network", [mean(0), mean(1)]))
            .chain(outputs.layers.iter().map(|layer| layer.name.as_str()).zip(rows.iter().copied()));
        let shares = subjects.flat_map(|(subject, row)| {
            ["dormant_0.025", "dormant_0.1"].into_iter().zip(row).map(|(name, value)| Value {
                subject: subject.to_owned(),
                name,
                value,
            })
        });
        let ranks = ranks(&outputs.features);
        let ranks = ["effective_rank", "stable_rank"].into_iter().zip(ranks);
        shares.chain(ranks.map(|(name, value)| Value { subject: "features".to_owned(), name, value })).collect()
    }
}

/// Which units of a non-linearity are dormant: those whose mean |output| over images and positions is at most `share` of its mean over all
/// of them (Sokar et al. 2023). `output` is float32, B×C×H×W or B×C; the result is C truth values.
pub fn dormant_units(output: &Tensor, share: f64) -> Tensor {
    dormant(&over_positions(&output.abs()).mean_dim([0i64].as_slice(), false, Kind::Double), share)
}

/// The same, where the means of the units are known.
fn dormant(means: &Tensor, share: f64) -> Tensor {
    means.less_equal_tensor(&(means.mean(Kind::Double) * share))
}

/// Effective and stable rank of a matrix.
fn ranks(matrix: &Tensor) -> [f64; 2] {
    let matrix = matrix.to_device(tch::Device::Cpu).to_kind(Kind::Double);
    if !bool::try_from(matrix.isfinite().all()).expect("one truth value") {
        return [f64::NAN; 2];
    }
    let singular = Vec::<f64>::try_from(matrix.svd(true, false).1).expect("float64 values");
    let largest = singular.iter().copied().fold(0.0, f64::max);
    [effective_rank(&singular), singular.iter().map(|s| s * s).sum::<f64>() / (largest * largest)]
}

/// exp(−Σ p ln p) of what the values are of their sum; negative ones, which rounding makes, count as zero. Not a number where one is none,
/// or where there is nothing but zeros.
pub(super) fn effective_rank(values: &[f64]) -> f64 {
    let sum: f64 = values.iter().map(|v| v.max(0.0)).sum();
    if sum <= 0.0 || values.iter().any(|v| v.is_nan()) {
        return f64::NAN;
    }
    let entropy: f64 = values.iter().map(|v| v / sum).filter(|&p| p > 0.0).map(|p| -p * p.ln()).sum();
    entropy.exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::example::{Example, blueprint, number};

    #[test]
    fn ranks_are_those_of_known_matrices() {
        let identity = Tensor::eye(5, (Kind::Float, tch::Device::Cpu));
        let [effective, stable] = ranks(&identity);
        assert!((effective - 5.0).abs() < 1e-9 && (stable - 5.0).abs() < 1e-9);
        let [effective, stable] = ranks(&Tensor::ones([4, 7], (Kind::Float, tch::Device::Cpu)));
        assert!((effective - 1.0).abs() < 1e-5 && (stable - 1.0).abs() < 1e-9);
        assert!(ranks(&(&identity * f64::NAN))[0].is_nan() && ranks(&(identity * 0.0))[0].is_nan());
        assert!(effective_rank(&[1.0, f64::NAN]).is_nan());
        assert!((effective_rank(&[3.0, 1.0, -1e-9]) - 0.25f64.powf(-0.25) * 0.75f64.powf(-0.75)).abs() < 1e-9);
    }

    #[test]
    fn a_silenced_layer_is_dormant() {
        let example = Example::of(blueprint());
        let dormant = || number(&example.find(&Units, Moment::End), "dormant_0.1");
        let before = dormant();
        // The second block's last normalisation shifted down cannot silence the shortcut; the first ReLU of a block it can.
        let parameters = example.network.parameters();
        let mut shift = parameters.into_iter().find(|p| p.name == "layer2.0.bn1.bias").unwrap().tensor;
        let _ = tch::no_grad(|| shift.fill_(-100.0));
        let values = example.find(&Units, Moment::End);
        assert!((dormant() - before - 1.0 / 17.0).abs() < 0.03, "{before} {}", dormant());
        assert!(values.iter().any(|v| v.subject == "layer2.0.relu1" && v.name == "dormant_0.025" && v.value == 1.0));
    }
}
