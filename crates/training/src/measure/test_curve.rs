//! Learning as the measured quantity of every figure sees it.

use tch::{Kind, Tensor};

use super::contract::{Measure, Value};
use super::moment::Moment;
use super::view::{View, first};
use crate::evaluate::logits;
use crate::transfer::numbers;

/// `test-curve`: `loss` (mean cross-entropy in nats) and `accuracy` (0 to 1) in eval mode on the first standard test images, as
/// received, before the first step, after every epoch, and at the end. As many as a twentieth of the training images, but 256 to 1000: a
/// pass of them costs some two hundredths of an epoch. The result of a stage is of all test images; this is for curves.
pub(super) struct TestCurve;

/// The identity of the measure `TestCurve`.
pub const TEST_CURVE: &str = "test-curve@1";

impl Measure for TestCurve {
    fn name(&self) -> &'static str {
        "test-curve"
    }

    fn is_taken(&self, _: Moment) -> bool {
        true
    }

    fn take(&self, view: &View<'_>) -> Vec<Value> {
        let (images, labels) = first(&view.data.standard_test, (view.data.train.len() / 20).clamp(256, 1000));
        let [loss, accuracy] = loss_and_accuracy(&logits(view.network, &images), &labels);
        vec![Value::of_network("loss", loss), Value::of_network("accuracy", accuracy)]
    }
}

/// Mean cross-entropy in nats, and the share of images whose largest logit is that of their label.
pub(super) fn loss_and_accuracy(logits: &Tensor, labels: &Tensor) -> [f64; 2] {
    let loss = logits.to_kind(Kind::Double).cross_entropy_loss::<Tensor>(labels, None, tch::Reduction::Mean, -100, 0.0);
    let accuracy = logits.argmax(-1, false).eq_tensor(labels).to_kind(Kind::Double).mean(Kind::Double);
    numbers::<2>(&[Tensor::stack(&[loss, accuracy], 0)])[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate;
    use crate::measure::example::{Example, blueprint, number};

    #[test]
    fn on_all_images_it_is_the_result() {
        let example = Example::of(blueprint());
        let values = example.find(&TestCurve, Moment::Start);
        let whole = evaluate(&*example.network, &example.data.standard_test);
        assert!((number(&values, "loss") - whole.loss).abs() < 1e-6);
        assert_eq!(number(&values, "accuracy"), whole.accuracy);
    }
}
