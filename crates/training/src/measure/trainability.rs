//! Whether a network can still learn anything at all.

use paths::random::{Purpose, stream};
use rand::RngExt;
use rand::seq::SliceRandom;
use tch::{Kind, Tensor};

use super::contract::{Measure, Value};
use super::moment::Moment;
use super::test_curve::loss_and_accuracy;
use super::updates::mean;
use super::view::View;
use crate::evaluate::logits;
use crate::network::CLASSES;
use crate::sgd::Sgd;

/// Steps that are taken.
const STEPS: usize = 100;

/// `trainability`: what a copy of the network reaches within 100 steps of the task's own optimiser, from zero momentum, on the task's first
/// [`PROBE_TRAIN_IMAGES`](super::PROBE_TRAIN_IMAGES) training images with random labels, the same labels for every network (after Lyle et al. 2023): nothing of what
/// was learnt before helps with these. `mean_loss` of the steps' batches, in nats, before each step; `final_loss` and `final_accuracy` on these
/// images afterwards, in eval mode. As received, and after the interventions where they change something: on request.
pub(super) struct Trainability;

/// The identity of the measure `Trainability`.
pub const TRAINABILITY: &str = "trainability@1";

impl Measure for Trainability {
    fn name(&self) -> &'static str {
        "trainability"
    }

    fn is_taken(&self, at: Moment) -> bool {
        matches!(at, Moment::Received | Moment::Start)
    }

    fn is_on_request(&self) -> bool {
        true
    }

    fn take(&self, view: &View<'_>) -> Vec<Value> {
        let network = view.copy();
        let (images, _) = view.train_probe();
        let count = images.size()[0];
        let mut rng = stream(0, Purpose::Measure, 1, 0);
        let labels: Vec<i64> = (0..count).map(|_| rng.random_range(0..CLASSES as i64)).collect();
        let labels = Tensor::from_slice(&labels).to_device(images.device());
        let mut optimiser = Sgd::new(&network.parameters(), view.process);
        let batch = (view.process.batch_size as i64).min(count);
        let (mut order, mut left) = ((0..count).collect::<Vec<i64>>(), 0);
        let mut losses = Vec::with_capacity(STEPS);
        for _ in 0..STEPS {
            // What is left of a pass and is no whole batch is shuffled in again.
            if left < batch {
                order.shuffle(&mut rng);
                left = count;
            }
            let start = (count - left) as usize;
            left -= batch;
            let indices = Tensor::from_slice(&order[start..start + batch as usize]).to_device(images.device());
            let of_batch = |tensor: &Tensor| tensor.index_select(0, &indices);
            let loss = network.forward(&of_batch(&images), true).cross_entropy_for_logits(&of_batch(&labels));
            let gradients = Tensor::run_backward(&[&loss], optimiser.parameters(), false, false);
            optimiser.step(&gradients);
            losses.push(loss.detach());
        }
        let losses = Tensor::stack(&losses, 0).to_device(tch::Device::Cpu).to_kind(Kind::Double);
        let losses = Vec::<f64>::try_from(losses).expect("float64 numbers");
        let [loss, accuracy] = loss_and_accuracy(&logits(&*network, &images), &labels);
        vec![
            Value::of_network("mean_loss", mean(&losses)),
            Value::of_network("final_loss", loss),
            Value::of_network("final_accuracy", accuracy),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::example::{Example, blueprint, number};
    use paths::LearningProcess;

    #[test]
    fn a_fresh_network_learns_random_labels_and_one_that_cannot_move_does_not() {
        let process = LearningProcess { lr: 1e-2, batch_size: 6, ..LearningProcess::default() };
        let mut example = Example { process, ..Example::of(blueprint()) };
        let fresh = example.find(&Trainability, Moment::Received);
        assert!(number(&fresh, "final_accuracy") > 0.9 && number(&fresh, "mean_loss") < 2.0, "{fresh:?}");
        assert_eq!(fresh, example.find(&Trainability, Moment::Received));
        example.process.lr = 0.0;
        let stuck = example.find(&Trainability, Moment::Received);
        assert!(number(&stuck, "final_accuracy") < 0.6 && number(&stuck, "mean_loss") > 2.0, "{stuck:?}");
    }
}
