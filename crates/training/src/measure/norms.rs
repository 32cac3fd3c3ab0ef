//! Norms of every parameter, and how far it is from where it was.

use tch::{Kind, Tensor};

use super::contract::{Measure, Moment, Value, View, numbers};

/// `norms`: for each parameter its `l2_norm` and `mean_abs` (mean absolute value), its `distance_from_initialisation` and its
/// `distance_from_previous_task` (Euclidean; from the initial value where there was no task before). Of the weights alone; four
/// reductions over the parameters, in float64.
pub(super) struct Norms;

/// The identity of the measure [`Norms`].
pub const NORMS: &str = "norms@1";

const NAMES: [&str; 4] = ["l2_norm", "mean_abs", "distance_from_initialisation", "distance_from_previous_task"];

impl Measure for Norms {
    fn name(&self) -> &'static str {
        "norms"
    }

    fn version(&self) -> u32 {
        1
    }

    fn is_taken(&self, _: Moment) -> bool {
        true
    }

    fn take(&self, view: &View<'_>) -> Vec<Value> {
        let parameters = view.network.parameters();
        let rows = parameters.iter().zip(view.initial).zip(view.received).map(|((parameter, initial), received)| {
            let tensor = parameter.tensor.detach().to_kind(Kind::Double);
            let distance = |other: &Tensor| (&tensor - other.to_kind(Kind::Double)).norm();
            Tensor::stack(&[tensor.norm(), tensor.abs().mean(Kind::Double), distance(initial), distance(received)], 0)
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
    use crate::measure::taking::Measuring;
    use crate::measure::taking::tests::{images, net, train};

    #[test]
    fn norms_are_those_of_the_tensors() {
        assert_eq!(Norms.id(), NORMS);
        let model = net(0);
        let measuring = Measuring::new(&*model, Measuring::parameters_of(&*model), images());
        let bias = |name: &str| {
            let values = Norms.take(&measuring.view(&*model, &train(), None));
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
