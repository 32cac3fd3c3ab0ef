//! The phase of high loss in which a network that meets a task takes its large steps.

use super::contract::{Measure, Value};
use super::moment::Moment;
use super::updates::mean;
use super::view::View;

/// `high-loss-phase`: the losses of the steps' batches, in nats, before each step. After each epoch: `first_loss`, that of its first
/// step; `mean_loss`; and, for 2, 1.5, 1 and 0.5 nats, `first_step_below_…`, the first step (from 1, counted from the start of the
/// task) in this epoch whose loss is below, or not a number where none is. At the end: `first_loss` of the task; the first step below
/// each value in the whole task; `loss_area`, the area under the training loss over epochs (nats × epochs) of all that the task was trained
/// for; and `epochs_to_best`, the epoch whose weights are handed on. Nothing is computed but sums.
pub(super) struct HighLossPhase;

/// The identity of the measure `HighLossPhase`.
pub const HIGH_LOSS_PHASE: &str = "high-loss-phase@1";

const BELOW: [(f64, &str); 4] = [
    (2.0, "first_step_below_2"),
    (1.5, "first_step_below_1.5"),
    (1.0, "first_step_below_1"),
    (0.5, "first_step_below_0.5"),
];

impl Measure for HighLossPhase {
    fn name(&self) -> &'static str {
        "high-loss-phase"
    }

    fn is_taken(&self, at: Moment) -> bool {
        matches!(at, Moment::Epoch(_) | Moment::End)
    }

    fn is_of_weights_alone(&self) -> bool {
        false
    }

    fn take(&self, view: &View<'_>) -> Vec<Value> {
        let Some(steps) = view.steps else { return of_task(view) };
        let losses = &steps.losses;
        let first = |limit: f64| {
            losses.iter().position(|&loss| loss < limit).map_or(f64::NAN, |at| (steps.before + at + 1) as f64)
        };
        let head = [("first_loss", losses.first().copied().unwrap_or(f64::NAN)), ("mean_loss", mean(losses))];
        let below = BELOW.map(|(limit, name)| (name, first(limit)));
        head.into_iter().chain(below).map(|(name, value)| Value::of_network(name, value)).collect()
    }
}

/// What the epochs come to; nothing where they were not noted.
fn of_task(view: &View<'_>) -> Vec<Value> {
    let of = |name| view.after_epochs(HIGH_LOSS_PHASE, name).map(|(_, value)| value);
    let Some(first_loss) = of("first_loss").next() else { return Vec::new() };
    let mut values = vec![Value::of_network("first_loss", first_loss)];
    for (_, name) in BELOW {
        values.push(Value::of_network(name, of(name).find(|step| !step.is_nan()).unwrap_or(f64::NAN)));
    }
    values.push(Value::of_network("loss_area", of("mean_loss").sum()));
    values.extend(view.carried_epoch.map(|epoch| Value::of_network("epochs_to_best", epoch as f64)));
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::example::{Example, blueprint, steps};
    use crate::measure::steps::Steps;

    #[test]
    fn the_phase_ends_at_the_first_step_below() {
        let example = Example::of(blueprint());
        let mut measuring = example.measuring().with(&[&HighLossPhase]);
        measuring.epoch(1, &*example.network, &steps());
        measuring.epoch(2, &*example.network, &Steps { before: 2, losses: vec![1.25, 0.75, 1.5], ..steps() });
        measuring.end(Some(1), &*example.network, Vec::new());
        let end: Vec<(&str, f64)> = measuring
            .rows()
            .iter()
            .filter(|row| row.moment == Moment::End)
            .map(|row| (&*row.name, row.value))
            .collect();
        assert_eq!(
            end[..4],
            [
                ("first_loss", 2.5),
                ("first_step_below_2", 2.0),
                ("first_step_below_1.5", 3.0),
                ("first_step_below_1", 4.0)
            ]
        );
        assert!(end[4].0 == "first_step_below_0.5" && end[4].1.is_nan());
        // Rows have the digits of float32.
        assert_eq!(end[5].0, "loss_area");
        assert!((end[5].1 - (2.125 + 3.5 / 3.0)).abs() < 1e-6);
        assert_eq!(end[6], ("epochs_to_best", 1.0));
        assert!(example.find(&HighLossPhase, Moment::End).is_empty());
    }
}
