//! What the non-linearities put out.

use tch::{Kind, Tensor};

use super::contract::{Measure, Value};
use super::moment::Moment;
use super::outputs::LayerOutputs;
use super::view::View;
use crate::transfer::numbers;

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
        let outputs = view.outputs(&view.data.standard_test);
        let row = |layer: &LayerOutputs| {
            let count = (layer.places * layer.sums.numel() as i64) as f64;
            let mean = layer.sums.sum(Kind::Double) / count;
            let variance = (&layer.squares / count - mean.square()).clamp_min(0.0);
            let zeros = layer.active.sum(Kind::Double) * -1.0 + count;
            Tensor::stack(&[mean, variance.sqrt(), zeros / count, layer.active.eq(0.0).mean(Kind::Double)], 0)
        };
        let rows: Vec<Tensor> = outputs.layers.iter().map(row).collect();
        let values = outputs.layers.iter().zip(numbers::<4>(&rows)).flat_map(|(layer, row)| {
            NAMES.into_iter().zip(row).map(|(name, value)| Value { subject: layer.name.clone(), name, value })
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
