//! What interventions do to the function that a network computes.

use tch::{Kind, Tensor};

use super::contract::{Measure, Value};
use super::moment::Moment;
use super::test_curve::loss_and_accuracy;
use super::view::View;
use crate::evaluate::logits;

/// `function-change`: what the interventions before a task change in the network's outputs for the task's first
/// [`PROBE_TRAIN_IMAGES`](super::PROBE_TRAIN_IMAGES) training images, in eval mode. `kl_divergence`, the mean over images of KL(before ‖ after) in nats;
/// `predictions_changed`, the share of images whose most likely class is another; `loss_rise`, by how much the mean cross-entropy
/// rises, in nats. All are 0 where nothing was changed. At the start of a task; two passes of the images.
pub(super) struct FunctionChange;

/// The identity of the measure `FunctionChange`.
pub const FUNCTION_CHANGE: &str = "function-change@1";

impl Measure for FunctionChange {
    fn name(&self) -> &'static str {
        "function-change"
    }

    fn is_taken(&self, at: Moment) -> bool {
        at == Moment::Start
    }

    fn is_of_weights_alone(&self) -> bool {
        false
    }

    fn take(&self, view: &View<'_>) -> Vec<Value> {
        let (before, after) = (view.received, view.network);
        let same = before.tensors().iter().zip(after.tensors()).all(|((_, a), (_, b))| a.equal(&b));
        let [divergence, changed, rise] = if same {
            [0.0; 3]
        } else {
            let (images, labels) = view.train_probe();
            between(&logits(before, &images), &logits(after, &images), &labels)
        };
        vec![
            Value::of_network("kl_divergence", divergence),
            Value::of_network("predictions_changed", changed),
            Value::of_network("loss_rise", rise),
        ]
    }
}

fn between(before: &Tensor, after: &Tensor, labels: &Tensor) -> [f64; 3] {
    let log = |logits: &Tensor| logits.to_kind(Kind::Double).log_softmax(-1, Kind::Double);
    let (p, q) = (log(before), log(after));
    let divergence = (p.exp() * (&p - &q)).sum_dim_intlist([1i64].as_slice(), false, Kind::Double).mean(Kind::Double);
    let changed =
        before.argmax(-1, false).not_equal_tensor(&after.argmax(-1, false)).to_kind(Kind::Double).mean(Kind::Double);
    let loss = |logits| loss_and_accuracy(logits, labels)[0];
    [divergence.double_value(&[]), changed.double_value(&[]), loss(after) - loss(before)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::example::{Example, blueprint, number};

    #[test]
    fn a_constant_on_every_logit_changes_nothing_and_another_shift_does() {
        let example = Example::of(blueprint());
        let measuring = example.measuring();
        let mut bias = example.network.parameters().pop().unwrap().tensor;
        let take = || FunctionChange.take(&measuring.view(Moment::Start, &*example.network));
        assert!(take().iter().all(|value| value.value == 0.0));
        let _ = tch::no_grad(|| bias.g_add_scalar_(0.01));
        let values = take();
        assert!(number(&values, "kl_divergence").abs() < 1e-7 && number(&values, "predictions_changed") == 0.0);
        let _ = tch::no_grad(|| bias.get(3).g_add_scalar_(50.0));
        let values = take();
        assert!(number(&values, "kl_divergence") > 10.0 && number(&values, "loss_rise") > 10.0);
        assert!(number(&values, "predictions_changed") > 0.5);
    }
}
