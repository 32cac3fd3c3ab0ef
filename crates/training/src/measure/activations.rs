//! What the non-linearities put out.

use tch::{Kind, Tensor};

use super::contract::{Measure, Value, numbers};
use super::moment::Moment;
use super::view::View;

/// `activations`: for each non-linearity the `mean` and `std` (of the population) of its outputs over the images, all positions
/// and all units; their `sparsity`, which is the share of them that are zero, 0 to 1; and the share of `dead_units`, which are
/// zero for every image at every position (a unit is a channel of a convolution, or a neuron). Normalisations use the images'
/// own statistics, so that networks whose running statistics have not settled can be compared. Of the weights alone; one pass
/// of [`PROBE_IMAGES`](super::PROBE_IMAGES) images.
pub(super) struct Activations;

/// The identity of the measure `Activations`.
pub const ACTIVATIONS: &str = "activations@1";

const NAMES: [&str; 4] = ["mean", "std", "sparsity", "dead_units"];

impl Measure for Activations {
    fn name(&self) -> &'static str {
        "activations"
    }

    fn is_taken(&self, _: Moment) -> bool {
        true
    }

    fn take(&self, view: &View<'_>) -> Vec<Value> {
        let (mut names, mut rows) = (Vec::new(), Vec::new());
        view.network.activations(&view.probe(), &mut |activation, output| {
            let output = output.to_kind(Kind::Float);
            let zeros = output.eq(0.0);
            // Places along the first dimension, units along the second: no copy where memory is channels-last.
            let zeros = if zeros.dim() == 4 { zeros.permute([0, 2, 3, 1]).flatten(0, 2) } else { zeros };
            let places = zeros.size()[0];
            let zeros = zeros.sum_dim_intlist([0i64].as_slice(), false, Kind::Int64);
            let values = [
                output.mean(Kind::Double),
                output.std(false).to_kind(Kind::Double),
                zeros.to_kind(Kind::Double).mean(Kind::Double) / places as f64,
                zeros.eq(places).mean(Kind::Double),
            ];
            names.push(activation.name.to_owned());
            rows.push(Tensor::stack(&values, 0));
        });
        let values = names.into_iter().zip(numbers::<4>(&rows)).flat_map(|(subject, row)| {
            NAMES.into_iter().zip(row).map(move |(name, value)| Value { subject: subject.clone(), name, value })
        });
        values.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::example::{Example, blueprint};
    use paths::{ModelSpec, NetworkName};

    #[test]
    fn activations_are_those_of_every_relu() {
        assert_eq!(Activations.id(), ACTIVATIONS);
        let example = Example::of(blueprint());
        let take = || example.find(&Activations, Moment::End);
        let values = take();
        let layers: Vec<&str> = values.iter().filter(|v| v.name == "mean").map(|v| v.subject.as_str()).collect();
        assert_eq!(layers.len(), 17);
        assert_eq!((layers[0], layers[1], layers[16]), ("relu", "layer1.0.relu1", "layer4.1.relu2"));
        let first = |values: &[Value], name: &str| values.iter().find(|v| v.name == name).unwrap().value;
        // After BatchNorm with shift 0, about half of the outputs are zero, and no channel is.
        assert!((0.3..0.7).contains(&first(&values, "sparsity")));
        assert_eq!(first(&values, "dead_units"), 0.0);
        // A channel shifted far down is dead, and only that one.
        let mut shift = example.network.parameters().swap_remove(2);
        assert_eq!(shift.name, "bn1.bias");
        let _ = tch::no_grad(|| shift.tensor.get(1).fill_(-100.0));
        assert_eq!(first(&take(), "dead_units"), 0.25);
        let _ = shift.tensor.requires_grad_(true);
    }

    #[test]
    fn units_of_a_linear_layer_are_its_neurons() {
        let spec = ModelSpec { network: NetworkName::Mlp, ..blueprint().spec };
        let example = Example::of(crate::network::Blueprint { spec, ..blueprint() });
        let mut bias = example.network.parameters().swap_remove(1).tensor;
        tch::no_grad(|| bias.copy_(&Tensor::from_slice(&[-1e3f32, 1e3, 1e3, 1e3])));
        let values = example.find(&Activations, Moment::End);
        let of = |name: &str| values.iter().find(|v| v.subject == "relu1" && v.name == name).unwrap().value;
        assert_eq!((of("dead_units"), of("sparsity")), (0.25, 0.25));
    }
}
