//! How far training goes: the steps' updates and gradients.

use super::contract::{Measure, Value};
use super::moment::Moment;
use super::steps::Steps;
use super::view::View;

/// `updates`: what the steps of an epoch did. Of the network: `path_length`, the sum Σ‖Δθ‖ of the Euclidean norms, over all
/// parameters, of what the optimiser changed in each step; `mean_update_norm` and `max_update_norm` of a step;
/// `mean_gradient_norm` and `max_gradient_norm` of the loss's gradient, without weight decay. Of each weight that a normalisation
/// makes scale-invariant, and of the network as their mean: `angular_update`, the angle in radians by which the epoch's last step
/// turned it, and `effective_rate` η/‖w‖², the learning rate of its direction (van Laarhoven 2017; Wan et al. 2021). At the end, of the network: the
/// `path_length` of all epochs up to the one whose weights are handed on. Two dot products a step.
pub(super) struct Updates;

/// The identity of the measure `Updates`.
pub const UPDATES: &str = "updates@1";

impl Measure for Updates {
    fn name(&self) -> &'static str {
        "updates"
    }

    fn is_taken(&self, at: Moment) -> bool {
        matches!(at, Moment::Epoch(_) | Moment::End)
    }

    fn is_of_weights_alone(&self) -> bool {
        false
    }

    fn take(&self, view: &View<'_>) -> Vec<Value> {
        match view.steps {
            Some(steps) => of_epoch(steps),
            None => path_to(view).map(|length| Value::of_network("path_length", length)).into_iter().collect(),
        }
    }
}

/// The length of the path of updates that led to the weights of now; `None` where it was not noted.
pub(super) fn path_to(view: &View<'_>) -> Option<f64> {
    let last = match view.at {
        Moment::Epoch(epoch) => epoch,
        _ => view.carried_epoch?,
    };
    let lengths: Vec<f64> = view
        .after_epochs(UPDATES, "path_length")
        .filter(|(epoch, _)| *epoch <= last)
        .map(|(_, length)| length)
        .collect();
    (lengths.len() == last).then(|| lengths.iter().sum())
}

fn of_epoch(steps: &Steps) -> Vec<Value> {
    let mut values = vec![
        Value::of_network("path_length", steps.update_norms.iter().sum()),
        Value::of_network("mean_update_norm", mean(&steps.update_norms)),
        Value::of_network("max_update_norm", max(&steps.update_norms)),
        Value::of_network("mean_gradient_norm", mean(&steps.gradient_norms)),
        Value::of_network("max_gradient_norm", max(&steps.gradient_norms)),
    ];
    if !steps.turns.is_empty() {
        let mean_of = |of: fn(&super::steps::Turn) -> f64| mean(&steps.turns.iter().map(of).collect::<Vec<_>>());
        values.push(Value::of_network("angular_update", mean_of(|turn| turn.angle)));
        values.push(Value::of_network("effective_rate", mean_of(|turn| turn.effective_rate)));
    }
    for turn in &steps.turns {
        let of = |name, value| Value { subject: turn.parameter.clone(), name, value };
        values.extend([of("angular_update", turn.angle), of("effective_rate", turn.effective_rate)]);
    }
    values
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub(super) fn max(values: &[f64]) -> f64 {
    // A norm that is not a number would be passed over by `f64::max`.
    values.iter().copied().fold(f64::NEG_INFINITY, |a, b| if b.is_nan() || b > a { b } else { a })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::example::{Example, blueprint, number, steps};

    #[test]
    fn an_epoch_is_summed_up_and_the_end_counts_what_led_to_its_weights() {
        let values = of_epoch(&steps());
        let of = |name| number(&values, name);
        assert_eq!((of("path_length"), of("mean_update_norm"), of("max_update_norm")), (0.75, 0.375, 0.5));
        assert_eq!((of("mean_gradient_norm"), of("max_gradient_norm")), (2.0, 3.0));
        assert!(max(&[1.0, f64::NAN, 0.5]).is_nan() || max(&[1.0, f64::NAN]).is_nan());

        let example = Example::of(blueprint());
        let mut measuring = example.measuring().with(&[&Updates]);
        for epoch in 1..4 {
            measuring.epoch(epoch, &*example.network, &steps());
        }
        measuring.end(Some(2), &*example.network, Vec::new());
        let last = measuring.rows().last().unwrap();
        assert_eq!((last.moment, &*last.name, last.value), (Moment::End, "path_length", 1.5));
    }
}
