//! Norms of every parameter, and how far it is from where it was.

use tch::{Kind, Tensor};

use super::contract::{Measure, Value};
use super::moment::Moment;
use super::view::View;
use crate::transfer::numbers;

/// `norms`: for each parameter its `l2_norm` and `mean_abs` (mean absolute value), its `distance_from_initialisation` and its
/// `distance_from_previous_task` (Euclidean; from the initial value where there was no task before). Of the weights alone; four
/// reductions over the parameters, in float64.
pub(super) struct Norms;

/// The identity of the measure `Norms`.
pub const NORMS: &str = "norms@1";

const NAMES: [&str; 4] = ["l2_norm", "mean_abs", "distance_from_initialisation", "distance_from_previous_task"];

impl Measure for Norms {
    fn name(&self) -> &'static str {
        "norms"
    }

    fn is_taken(&self, _: Moment) -> bool {
        true
    }

    fn take(&self, view: &View<'_>) -> Vec<Value> {
        let (parameters, received) = (view.network.parameters(), view.received.parameters());
        let rows = parameters.iter().zip(view.initial).zip(received).map(|((parameter, initial), received)| {
            let tensor = parameter.tensor.detach().to_kind(Kind::Double);
            let distance = |other: &Tensor| (&tensor - other.detach().to_kind(Kind::Double)).norm();
            let (before, now) = (distance(&received.tensor), tensor.norm());
            Tensor::stack(&[now, tensor.abs().mean(Kind::Double), distance(initial), before], 0)
        });
        let norms = numbers::<4>(&rows.collect::<Vec<_>>());
        let values = parameters.iter().zip(norms).flat_map(|(parameter, norms)| {
            NAMES.into_iter().zip(norms).map(|(name, value)| Value { subject: parameter.name.clone(), name, value })
        });
        values.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::example::{Example, blueprint};

    #[test]
    fn norms_are_those_of_the_tensors() {
        assert_eq!(Norms.id(), NORMS);
        let example = Example::of(blueprint());
        let model = &*example.network;
        let measuring = example.measuring();
        let bias = |name: &str| {
            let values = Norms.take(&measuring.view(Moment::End, model));
            values.iter().find(|v| v.subject == "fc.bias" && v.name == name).unwrap().value
        };
        assert_eq!(bias("distance_from_initialisation"), 0.0);
        let mut fc = model.parameters().pop().unwrap().tensor;
        let before = Vec::<f32>::try_from(fc.detach().copy()).unwrap();
        let after = [3.0f32, -4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        tch::no_grad(|| fc.copy_(&Tensor::from_slice(&after)));
        assert_eq!((bias("l2_norm"), bias("mean_abs")), (5.0, 0.7));
        let moved: f64 = before.iter().zip(after).map(|(&a, b)| (f64::from(a) - f64::from(b)).powi(2)).sum();
        assert!((bias("distance_from_previous_task") - moved.sqrt()).abs() < 1e-12);
        assert_eq!(bias("distance_from_previous_task"), bias("distance_from_initialisation"));
    }
}
