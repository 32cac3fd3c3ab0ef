//! How far training gets, as opposed to how far it goes.

use tch::{Kind, Tensor};

use super::contract::{Measure, Value};
use super::moment::Moment;
use super::updates::path_to;
use super::view::View;
use crate::transfer::numbers;

/// `displacement`: where the parameters are, all of them as one vector θ, beside θ₀ as the task received them,
/// before any intervention: the jump that one makes counts as displacement, and not as part of the path. `displacement` ‖θ − θ₀‖;
/// `relative_displacement`, the same over ‖θ₀‖; `directness`, the same over the length Σ‖Δθ‖ of the path of updates that led there
/// (1 is a straight line; Oymak & Soltanolkotabi 2019), where that is known; and `cosine_with_previous`, the cosine of the angle
/// between θ − θ₀ and the displacement of the task before, where there was one. Three reductions over the parameters, in float64.
pub(super) struct Displacement;

/// The identity of the measure `Displacement`.
pub const DISPLACEMENT: &str = "displacement@1";

impl Measure for Displacement {
    fn name(&self) -> &'static str {
        "displacement"
    }

    fn is_taken(&self, at: Moment) -> bool {
        matches!(at, Moment::Epoch(_) | Moment::End)
    }

    /// What a path led to depends on the path, and comes after different numbers of steps.
    fn is_of_weights_alone(&self) -> bool {
        false
    }

    fn take(&self, view: &View<'_>) -> Vec<Value> {
        let (now, received) = (view.network.parameters(), view.received.parameters());
        let squares = now.iter().zip(&received).enumerate().map(|(at, (now, received))| {
            let double = |tensor: &Tensor| tensor.detach().to_kind(Kind::Double);
            let received = double(&received.tensor);
            let moved = double(&now.tensor) - &received;
            let product = |a: &Tensor, b: &Tensor| (a * b).sum(Kind::Double);
            let before = match view.previously_received {
                Some(previous) => &received - double(&previous[at]),
                None => received.zeros_like(),
            };
            let products = [
                product(&moved, &moved),
                product(&received, &received),
                product(&moved, &before),
                product(&before, &before),
            ];
            Tensor::stack(&products, 0)
        });
        let rows = numbers::<4>(&squares.collect::<Vec<_>>());
        let [moved, received, along, before] = [0, 1, 2, 3].map(|at| rows.iter().map(|row| row[at]).sum::<f64>());
        let displacement = moved.sqrt();
        let mut values = vec![
            Value::of_network("displacement", displacement),
            Value::of_network("relative_displacement", displacement / received.sqrt()),
        ];
        values.extend(path_to(view).map(|path| Value::of_network("directness", displacement / path)));
        if view.previously_received.is_some() {
            values.push(Value::of_network("cosine_with_previous", along / (moved.sqrt() * before.sqrt())));
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::example::{Example, blueprint, number, steps};
    use crate::measure::parameters_of;
    use crate::measure::updates::Updates;

    #[test]
    fn a_way_back_is_a_cosine_of_minus_one() {
        let example = Example::of(blueprint());
        let model = &*example.network;
        let mut previous = parameters_of(model);
        // The task before moved one bias by 3, this one moves it by −1.
        let last = previous.len() - 1;
        previous[last] = &previous[last] - Tensor::from_slice(&[3.0f32, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let received: f64 = parameters_of(model).iter().map(|p| p.norm().double_value(&[]).powi(2)).sum();
        let mut measuring = example.measuring().after(previous).with(&[&Updates]);
        let bias = model.parameters().pop().unwrap().tensor;
        let _ = tch::no_grad(|| bias.get(0).g_sub_scalar_(1.0));
        measuring.epoch(1, model, &steps());
        let values = Displacement.take(&measuring.view(Moment::Epoch(1), model));
        let of = |name| number(&values, name);
        assert!((of("displacement") - 1.0).abs() < 1e-6);
        assert!((of("relative_displacement") - 1.0 / received.sqrt()).abs() < 1e-6);
        assert!((of("directness") - 1.0 / 0.75).abs() < 1e-6);
        assert!((of("cosine_with_previous") + 1.0).abs() < 1e-6);
        // Without a path and a task before, there is nothing to say of them.
        let plain = example.find(&Displacement, Moment::Epoch(1));
        assert_eq!(plain.iter().map(|v| v.name).collect::<Vec<_>>(), ["displacement", "relative_displacement"]);
    }
}
