//! What the non-linearities of a network put out over some images, unit by unit: what several measures are made of.

use tch::{Device, Kind, Tensor};

use crate::network::Network;

/// Values that are summed together on a CPU: few enough that what is made of them stays in the cache.
const CPU_VALUES: i64 = 1 << 16;

/// One pass of some images.
pub struct Outputs {
    /// Of every non-linearity, in depth order.
    pub layers: Vec<LayerOutputs>,
    /// The last one's outputs averaged over positions: images × units, float32.
    pub features: Tensor,
}

/// Of one ReLU, whose outputs are not negative. A unit is a channel of a convolution, or a neuron.
pub struct LayerOutputs {
    /// Its name.
    pub name: String,
    /// How many outputs a unit has: images times positions.
    pub places: i64,
    /// The sum of each unit's outputs, float64.
    pub sums: Tensor,
    /// The sum of the squares of all outputs, float64.
    pub squares: Tensor,
    /// How many of each unit's outputs are not zero, float64; not a number where an output is none.
    pub active: Tensor,
}

impl Outputs {
    /// Of `network` over `images` (B×C×H×W in the compute type). Normalisations use the images' own statistics.
    pub fn of(network: &dyn Network, images: &Tensor) -> Self {
        let (mut layers, mut features) = (Vec::new(), None);
        network.activations(images, &mut |activation, output| {
            let output = output.to_kind(Kind::Float);
            layers.push(LayerOutputs::of(activation.name, &output));
            features = Some(output);
        });
        Self { layers, features: over_positions(&features.expect("every network has a non-linearity")) }
    }
}

impl LayerOutputs {
    /// Of outputs B×C×H×W or B×C, float32.
    fn of(name: &str, output: &Tensor) -> Self {
        // Places along the first dimension, units along the second: no copy where memory is channels-last.
        let rows = if output.dim() == 4 { output.permute([0, 2, 3, 1]).flatten(0, 2) } else { output.shallow_clone() };
        let (places, units) = rows.size2().expect("rows of units");
        let together = if rows.device() == Device::Cpu { (CPU_VALUES / units).max(1) } else { places };
        let over_places = |tensor: &Tensor, kind| tensor.sum_dim_intlist([0i64].as_slice(), false, kind);
        let of = |rows: &Tensor| {
            let sums = over_places(rows, Kind::Double);
            // float32 counts without error, and faster than integers: there are far fewer places than 2²⁴. What is not a number has no
            // sign, but makes its unit's sum none.
            let active = over_places(&rows.sign(), Kind::Float) + &sums * 0.0;
            [sums, rows.to_kind(Kind::Double).square().sum(Kind::Double), active]
        };
        let total = rows.split(together, 0).iter().map(of).reduce(|mut total, part| {
            total.iter_mut().zip(&part).for_each(|(total, part)| *total += part);
            total
        });
        let [sums, squares, active] = total.expect("there are places");
        Self { name: name.to_owned(), places, sums, squares, active }
    }
}

/// The mean over positions, where there are any.
pub(super) fn over_positions(output: &Tensor) -> Tensor {
    if output.dim() == 4 { output.mean_dim([2i64, 3].as_slice(), false, Kind::Float) } else { output.shallow_clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_summed_wherever_they_lie() {
        // Two images of 2×1 pixels with two channels.
        let values = [0f32, 1.0, 2.0, 0.0, 0.0, 3.0, 0.0, 5.0];
        let output = Tensor::from_slice(&values).view([2, 2, 2, 1]);
        let channels_last = output.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]);
        for output in [output, channels_last] {
            let found = LayerOutputs::of("relu", &output);
            assert_eq!(found.places, 4);
            let list = |tensor: &Tensor| Vec::<f64>::try_from(tensor).unwrap();
            assert_eq!((list(&found.sums), list(&found.active)), (vec![4.0, 7.0], vec![2.0, 2.0]));
            assert_eq!(found.squares.double_value(&[]), 39.0);
        }
        // More than are summed together.
        let many = Tensor::from_slice(&[0f32, 2.0, 1.0]).repeat([CPU_VALUES, 1]);
        let found = LayerOutputs::of("relu", &many);
        assert_eq!(Vec::<f64>::try_from(&found.sums).unwrap(), [0.0, 2.0, 1.0].map(|value| value * CPU_VALUES as f64));
        assert_eq!(found.squares.double_value(&[]), 5.0 * CPU_VALUES as f64);
        let neurons = LayerOutputs::of("relu", &Tensor::ones([3, 5], (Kind::Float, Device::Cpu)));
        assert_eq!((neurons.places, neurons.sums.size()), (3, vec![5]));
    }
}
