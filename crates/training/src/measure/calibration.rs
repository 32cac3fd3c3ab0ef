//! Whether a loss is high because the network is wrong, or because it is sure of what it says.

use tch::{Kind, Tensor};

use super::contract::{Measure, Value};
use super::moment::Moment;
use super::view::{View, first};

/// `calibration`, with the weights that are tested: on all standard test images and all validation images, in eval mode. `loss`, the
/// mean cross-entropy in nats; `temperature`, by which dividing the logits minimises the validation images' loss, and
/// `loss_at_temperature`, the test images' loss then (Guo et al. 2017); `best_temperature` and `loss_at_best_temperature`, the same
/// with the temperature that suits the test images themselves best, which is what is left of the loss without any
/// miscalibration of this kind; `ece` and `ece_at_temperature`, the expected calibration error over 15 bins of confidence of equal
/// width. One pass of both sets, where they were not evaluated anyway.
pub(super) struct Calibration;

/// The identity of the measure `Calibration`.
pub const CALIBRATION: &str = "calibration@1";

const BINS: usize = 15;
/// Inverse temperatures are looked for between these.
const BOUNDS: [f64; 2] = [0.01, 100.0];

impl Measure for Calibration {
    fn name(&self) -> &'static str {
        "calibration"
    }

    fn is_taken(&self, at: Moment) -> bool {
        at == Moment::End
    }

    fn take(&self, view: &View<'_>) -> Vec<Value> {
        let of = |set| Predictions::new(&view.logits(set), &first(set, usize::MAX).1);
        let (validation, test) = (of(&view.data.validation), of(&view.data.standard_test));
        let (fitted, best) = (validation.best_temperature(), test.best_temperature());
        let values = [
            ("loss", test.loss(1.0)),
            ("temperature", fitted),
            ("loss_at_temperature", test.loss(fitted)),
            ("best_temperature", best),
            ("loss_at_best_temperature", test.loss(best)),
            ("ece", test.calibration_error(1.0)),
            ("ece_at_temperature", test.calibration_error(fitted)),
        ];
        values.into_iter().map(|(name, value)| Value::of_network(name, value)).collect()
    }
}

/// Logits of images with their labels.
struct Predictions {
    /// The logits of each image, less its largest.
    logits: Vec<Vec<f64>>,
    labels: Vec<usize>,
}

impl Predictions {
    fn new(logits: &Tensor, labels: &Tensor) -> Self {
        let classes = logits.size()[1] as usize;
        let largest = logits.amax([1i64].as_slice(), true);
        let flat = (logits - largest).to_kind(Kind::Double).to_device(tch::Device::Cpu).contiguous().view(-1);
        let flat = Vec::<f64>::try_from(&flat).expect("float64 logits");
        let labels = Vec::<i64>::try_from(labels.to_device(tch::Device::Cpu)).expect("int64 labels");
        Self {
            logits: flat.chunks_exact(classes).map(<[f64]>::to_vec).collect(),
            labels: labels.into_iter().map(|label| label as usize).collect(),
        }
    }

    fn loss(&self, temperature: f64) -> f64 {
        let of = |(logits, &label): (&Vec<f64>, &usize)| {
            logits.iter().map(|z| (z / temperature).exp()).sum::<f64>().ln() - logits[label] / temperature
        };
        self.logits.iter().zip(&self.labels).map(of).sum::<f64>() / self.labels.len() as f64
    }

    /// The derivative of the loss by the inverse temperature β; it rises with β, as the loss is convex in it.
    fn slope(&self, inverse: f64) -> f64 {
        let of = |(logits, &label): (&Vec<f64>, &usize)| {
            let weights: Vec<f64> = logits.iter().map(|z| (z * inverse).exp()).collect();
            let expected = weights.iter().zip(logits).map(|(w, z)| w * z).sum::<f64>() / weights.iter().sum::<f64>();
            expected - logits[label]
        };
        self.logits.iter().zip(&self.labels).map(of).sum::<f64>()
    }

    /// The temperature with the least loss, between 0.01 and 100; not a number where a logit is not.
    fn best_temperature(&self) -> f64 {
        let [mut low, mut high] = BOUNDS.map(f64::ln);
        if self.logits.iter().flatten().any(|z| z.is_nan()) {
            return f64::NAN;
        }
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if self.slope(middle.exp()) < 0.0 { low = middle } else { high = middle }
        }
        (-f64::midpoint(low, high)).exp()
    }

    /// Σ over bins (lo, hi] of confidence: the bin's share of the images × |accuracy − mean confidence| in it.
    fn calibration_error(&self, temperature: f64) -> f64 {
        let mut bins = [(0.0, 0.0); BINS];
        for (logits, &label) in self.logits.iter().zip(&self.labels) {
            // The largest logit is 0.
            let confidence = 1.0 / logits.iter().map(|z| (z / temperature).exp()).sum::<f64>();
            let predicted = logits.iter().position(|&z| z == 0.0);
            let bin = ((confidence * BINS as f64).ceil() as usize).clamp(1, BINS) - 1;
            bins[bin].0 += confidence;
            bins[bin].1 += f64::from(u8::from(predicted == Some(label)));
        }
        bins.iter().map(|(confidence, correct)| (confidence - correct).abs()).sum::<f64>() / self.labels.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn predictions(rows: &[[f32; 3]], labels: &[i64]) -> Predictions {
        let flat: Vec<f32> = rows.iter().flatten().copied().collect();
        Predictions::new(&Tensor::from_slice(&flat).view([-1, 3]), &Tensor::from_slice(labels))
    }

    #[test]
    fn a_network_that_is_right_as_often_as_it_says_is_calibrated() {
        // Two classes with odds of 3 to 1 (the third is out), right in three cases of four.
        let row = [3f32.ln(), 0.0, -80.0];
        let sure = predictions(&[row; 4], &[0, 0, 0, 1]);
        assert!((sure.best_temperature() - 1.0).abs() < 1e-6);
        assert!(sure.calibration_error(1.0) < 1e-6);
        // Twice as sure of it: temperature 2, and 90 % sure instead of 75 %.
        let surer = predictions(&[row.map(|z| 2.0 * z); 4], &[0, 0, 0, 1]);
        assert!((surer.best_temperature() - 2.0).abs() < 1e-6);
        assert!((surer.calibration_error(1.0) - 0.15).abs() < 1e-6);
        assert!(predictions(&[[f32::NAN, 0.0, 0.0]], &[0]).best_temperature().is_nan());
    }

    proptest! {
        #[test]
        fn no_temperature_beside_it_is_better(
            rows in prop::collection::vec(prop::array::uniform3(-5f32..5.0), 2..20),
            labels in prop::collection::vec(0i64..3, 20),
        ) {
            let predictions = predictions(&rows, &labels[..rows.len()]);
            let best = predictions.best_temperature();
            let error = predictions.calibration_error(1.0);
            prop_assert!((0.0..=1.0).contains(&error));
            for other in [best * 0.9, best * 1.1] {
                if (0.01..100.0).contains(&other) {
                    prop_assert!(predictions.loss(best) <= predictions.loss(other) + 1e-9);
                }
            }
        }
    }
}
