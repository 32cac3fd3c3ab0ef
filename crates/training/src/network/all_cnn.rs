//! All-CNN-C (Springenberg et al., 2015, "Striving for Simplicity", table 1): convolutions only, strides in place of pooling.
//!
//! As published but for dropout, which is left out as every other regularisation but weight decay is, and for the ReLU behind
//! the last convolution, without which logits may be negative as those of the other networks are.

use batch_norm::Then;
use tch::{Kind, Tensor};

use super::contract::{Activation, CLASSES, Input, Mode, NamedTensors, Network, Parameter, UnitLayer, Visitor};
use super::init::Initialiser;
use super::layers::{BatchNorm2d, Conv2d, Layers, Place};
use super::masters::Masters;

/// All-CNN-C of any width, with or without batch normalisation behind every convolution but the last.
pub(crate) struct AllCnn {
    blocks: Vec<Block>,
    classifier: Conv2d,
    masters: Masters,
}

/// A convolution and its ReLU, with the normalisation between where there is one.
struct Block {
    conv: Conv2d,
    norm: Option<BatchNorm2d>,
    relu: String,
    part: &'static str,
}

/// Channels as multiples of the width, kernel, stride and padding of the convolutions before the classifier, and the part of the
/// network that each belongs to.
const CONVOLUTIONS: [(i64, i64, i64, i64, &str); 8] = [
    (1, 3, 1, 1, "stage 1"),
    (1, 3, 1, 1, "stage 1"),
    (1, 3, 2, 1, "stage 1"),
    (2, 3, 1, 1, "stage 2"),
    (2, 3, 1, 1, "stage 2"),
    (2, 3, 2, 1, "stage 2"),
    (2, 3, 1, 0, "stage 3"),
    (2, 1, 1, 0, "stage 3"),
];

impl AllCnn {
    pub fn new(init: &mut Initialiser, width: usize, input: Input, normalised: bool, compute: Kind) -> Self {
        let mut channels = input.channels as i64;
        let mut blocks = Vec::with_capacity(CONVOLUTIONS.len());
        for (number, (factor, kernel, stride, padding, part)) in (1..).zip(CONVOLUTIONS) {
            let output = factor * width as i64;
            // A normalisation would take a bias before it back.
            let conv = Conv2d::new(init, channels, output, kernel, stride).padded(padding);
            let conv = if normalised { conv } else { conv.with_bias(init) };
            let norm = normalised.then(|| BatchNorm2d::new(output, init.device()));
            blocks.push(Block { conv, norm, relu: format!("relu{number}"), part });
            channels = output;
        }
        let classifier = Conv2d::new(init, channels, CLASSES as i64, 1, 1).with_bias(init);
        Self { blocks, classifier, masters: init.finish(compute) }
    }

    fn layers(&self) -> Layers {
        let mut layers = Layers::default();
        for (number, block) in (1..).zip(&self.blocks) {
            let conv = format!("conv{number}");
            let place = Place::on_main_path(block.part).in_block(&conv);
            match &block.norm {
                Some(norm) => layers.normalised_conv([&conv, &format!("bn{number}")], &block.conv, norm, place),
                None => layers.conv(&conv, &block.conv, place),
            }
        }
        layers.classifier_conv("conv9", &self.classifier, Place::on_main_path("classifier"));
        layers
    }
}

impl Network for AllCnn {
    fn run(&self, images: &Tensor, mode: Mode, visit: &mut Visitor<'_>) -> Tensor {
        let pass = self.masters.pass(mode);
        let mut x = images.shallow_clone();
        for block in &self.blocks {
            x = match &block.norm {
                Some(norm) => norm.forward(&block.conv.forward(&x, &pass), mode, Then::Relu),
                None => block.conv.forward_and_relu(&x, &pass),
            };
            visit(Activation { name: &block.relu, part: block.part }, &x);
        }
        self.classifier.forward(&x, &pass).mean_dim([2i64, 3].as_slice(), false, x.kind()).to_kind(Kind::Float)
    }

    fn parameters(&self) -> Vec<Parameter> {
        self.layers().parameters
    }

    fn buffers(&self) -> NamedTensors {
        self.layers().buffers
    }

    fn unit_layers(&self) -> Vec<UnitLayer> {
        let layer = |(number, block): (usize, &Block)| {
            let (conv, norm) = (format!("conv{number}"), format!("bn{number}"));
            let incoming: Vec<&str> =
                [conv.as_str()].into_iter().chain(block.norm.as_ref().map(|_| norm.as_str())).collect();
            UnitLayer::new(&block.relu, &incoming, &format!("conv{}", number + 1))
        };
        (1..).zip(&self.blocks).map(layer).collect()
    }

    fn compute(&self) -> Kind {
        self.masters.compute()
    }

    fn multiply_adds(&self, side: usize) -> u64 {
        let mut side = side;
        let mut total = 0;
        for conv in self.blocks.iter().map(|block| &block.conv).chain([&self.classifier]) {
            side = conv.output_side(side);
            total += conv.multiply_adds(side);
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::ParameterKind;
    use super::*;
    use tch::Device;

    fn net(normalised: bool) -> AllCnn {
        let mut init = Initialiser::new(paths::Init::Pytorch, 0, Device::Cpu);
        AllCnn::new(&mut init, 96, Input { channels: 3, side: 32 }, normalised, Kind::Float)
    }

    #[test]
    fn all_cnn_c_has_its_known_number_of_parameters() {
        let count = |n: &AllCnn| n.parameters().iter().map(|p| p.tensor.numel()).sum::<usize>();
        // By hand from table 1 of the paper, which says "≈ 1.3 M".
        let weights = 9 * (3 * 96 + 2 * 96 * 96 + 96 * 192 + 3 * 192 * 192) + 192 * 192 + 192 * 10;
        let biases = 3 * 96 + 5 * 192 + 10;
        assert_eq!(count(&net(false)), weights + biases);
        assert_eq!(count(&net(true)), weights + 2 * (biases - 10) + 10);
        assert_eq!(weights + biases, 1_369_738);
    }

    #[test]
    fn biases_of_convolutions_are_there_without_normalisation_only() {
        let kinds = |n: &AllCnn, kind| n.parameters().iter().filter(|p| p.kind == kind).count();
        assert_eq!((kinds(&net(false), ParameterKind::Bias), kinds(&net(false), ParameterKind::NormShift)), (8, 0));
        assert_eq!((kinds(&net(true), ParameterKind::Bias), kinds(&net(true), ParameterKind::NormShift)), (0, 8));
    }
}
