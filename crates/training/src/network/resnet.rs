//! ResNet-18 (He et al., 2016) with post-activation basic blocks, at any width, for small images.

use batch_norm::Then;
use paths::{ModelSpec, Stem};
use residual_block::{Statistics, basic_block};
use tch::{Kind, Tensor};

use super::contract::{Activation, CLASSES, Input, Mode, NamedTensors, Network, Parameter, UnitLayer, Visitor};
use super::init::Initialiser;
use super::layers::{self, BatchNorm2d, Conv2d, Layers, Linear, Place};
use super::masters::{Masters, Pass};

/// Blocks in each of the four stages.
const BLOCKS: usize = 2;

/// ResNet-18. Parameters and buffers carry torchvision's names. No convolution has a bias: the biases are the shifts of batch
/// normalisation and the classifier's.
pub(crate) struct ResNet {
    conv1: Conv2d,
    bn1: BatchNorm2d,
    blocks: Vec<BasicBlock>,
    fc: Linear,
    stem: Stem,
    masters: Masters,
}

/// Two 3×3 convolutions with a shortcut; the shortcut is a 1×1 convolution where shape changes.
struct BasicBlock {
    name: String,
    /// The stage that it belongs to.
    part: String,
    /// Names of the outputs of the two ReLUs; torchvision has one module for both.
    relus: [String; 2],
    conv1: Conv2d,
    bn1: BatchNorm2d,
    conv2: Conv2d,
    bn2: BatchNorm2d,
    downsample: Option<(Conv2d, BatchNorm2d)>,
}

impl ResNet {
    pub fn new(init: &mut Initialiser, spec: &ModelSpec, input: Input, compute: Kind) -> Self {
        let width = spec.width as i64;
        let (kernel, stride) = match spec.stem {
            Stem::Conv3 => (3, 1),
            Stem::Conv7 => (7, 2),
        };
        let conv1 = Conv2d::new(init, input.channels as i64, width, kernel, stride);
        let mut blocks = Vec::new();
        let mut channels = width;
        for stage in 0..4 {
            let output = width << stage;
            for block in 0..BLOCKS {
                let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                blocks.push(BasicBlock::new(init, stage + 1, block, channels, output, stride));
                channels = output;
            }
        }
        let fc = Linear::new(init, channels, CLASSES as i64);
        let bn1 = BatchNorm2d::new(width, init.device());
        Self { conv1, bn1, blocks, fc, stem: spec.stem, masters: init.finish(compute) }
    }

    fn layers(&self) -> Layers {
        let mut layers = Layers::default();
        layers.normalised_conv(["conv1", "bn1"], &self.conv1, &self.bn1, Place::on_main_path("stem"));
        for block in &self.blocks {
            block.list(&mut layers);
        }
        layers.classifier("fc", &self.fc, Place::on_main_path("fc"));
        layers
    }
}

impl Network for ResNet {
    fn run(&self, images: &Tensor, mode: Mode, visit: &mut Visitor<'_>) -> Tensor {
        let pass = self.masters.pass(mode);
        let mut x = self.bn1.forward(&self.conv1.forward(images, &pass), mode, Then::Relu);
        visit(Activation { name: "relu", part: "stem" }, &x);
        if self.stem == Stem::Conv7 {
            x = layers::max_pool(&x, mode);
        }
        for block in &self.blocks {
            x = block.run(&x, &pass, visit);
        }
        let pooled = x.adaptive_avg_pool2d([1, 1]).flatten(1, -1);
        self.fc.forward(&pooled, &pass).to_kind(Kind::Float)
    }

    fn parameters(&self) -> Vec<Parameter> {
        self.layers().parameters
    }

    fn buffers(&self) -> NamedTensors {
        self.layers().buffers
    }

    /// Within blocks: what comes out of a block is read by the next two and added to by one.
    fn unit_layers(&self) -> Vec<UnitLayer> {
        let layer = |block: &BasicBlock| {
            let of = |layer: &str| format!("{}.{layer}", block.name);
            UnitLayer::new(&block.relus[0], &[&of("conv1"), &of("bn1")], &of("conv2"))
        };
        self.blocks.iter().map(layer).collect()
    }

    fn compute(&self) -> Kind {
        self.masters.compute()
    }

    fn multiply_adds(&self, side: usize) -> u64 {
        let mut side = self.conv1.output_side(side);
        let mut total = self.conv1.multiply_adds(side);
        if self.stem == Stem::Conv7 {
            side = side.div_ceil(2);
        }
        for block in &self.blocks {
            side = block.conv1.output_side(side);
            let shortcut = block.downsample.as_ref().map(|(conv, _)| conv);
            total +=
                [&block.conv1, &block.conv2].into_iter().chain(shortcut).map(|c| c.multiply_adds(side)).sum::<u64>();
        }
        total + self.fc.multiply_adds()
    }
}

impl BasicBlock {
    fn new(init: &mut Initialiser, stage: usize, block: usize, input: i64, output: i64, stride: i64) -> Self {
        let (name, part) = (format!("layer{stage}.{block}"), format!("stage {stage}"));
        let device = init.device();
        let conv1 = Conv2d::new(init, input, output, 3, stride);
        let conv2 = Conv2d::new(init, output, output, 3, 1);
        let downsample = (stride != 1 || input != output)
            .then(|| (Conv2d::new(init, input, output, 1, stride), BatchNorm2d::new(output, device)));
        let (bn1, bn2) = (BatchNorm2d::new(output, device), BatchNorm2d::new(output, device));
        let relus = [format!("{name}.relu1"), format!("{name}.relu2")];
        Self { name, part, relus, conv1, bn1, conv2, bn2, downsample }
    }

    fn run(&self, x: &Tensor, pass: &Pass, visit: &mut Visitor<'_>) -> Tensor {
        let [first, second] = self.relus.each_ref().map(|name| Activation { name, part: &self.part });
        let [y, inner] = self.as_one(x, pass.mode).unwrap_or_else(|| self.layer_by_layer(x, pass));
        visit(first, &inner);
        visit(second, &y);
        y
    }

    /// The block's output and that of its first ReLU, where there are kernels for it as a whole.
    fn as_one(&self, x: &Tensor, mode: Mode) -> Option<[Tensor; 2]> {
        let statistics = match mode {
            Mode::Train => Statistics::Moving(BatchNorm2d::MOMENTUM),
            Mode::Observe => Statistics::Batch,
            Mode::Eval => Statistics::Running,
            Mode::Derivatives => return None,
        };
        let block = residual_block::BasicBlock {
            first: layers::normalised(&self.conv1, &self.bn1),
            second: layers::normalised(&self.conv2, &self.bn2),
            shortcut: self.downsample.as_ref().map(|(conv, bn)| layers::normalised(conv, bn)),
            stride: self.conv1.stride(),
        };
        basic_block(x, &block, statistics, BatchNorm2d::EPSILON)
    }

    fn layer_by_layer(&self, x: &Tensor, pass: &Pass) -> [Tensor; 2] {
        let mode = pass.mode;
        let shortcut = match &self.downsample {
            Some((conv, bn)) => bn.forward(&conv.forward(x, pass), mode, Then::Nothing),
            None => x.shallow_clone(),
        };
        let inner = self.bn1.forward(&self.conv1.forward(x, pass), mode, Then::Relu);
        [self.bn2.forward(&self.conv2.forward(&inner, pass), mode, Then::AddAndRelu(&shortcut)), inner]
    }

    fn list(&self, layers: &mut Layers) {
        let (name, main) = (&self.name, Place::on_main_path(&self.part).in_block(&self.name));
        let mut list = |[conv, norm]: [&str; 2], layer, normalisation, place| {
            let names = [format!("{name}.{conv}"), format!("{name}.{norm}")];
            layers.normalised_conv(names.each_ref().map(String::as_str), layer, normalisation, place);
        };
        list(["conv1", "bn1"], &self.conv1, &self.bn1, main);
        list(["conv2", "bn2"], &self.conv2, &self.bn2, main);
        if let Some((conv, bn)) = &self.downsample {
            list(["downsample.0", "downsample.1"], conv, bn, Place { shortcut: true, ..main });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::ParameterKind;
    use super::*;
    use tch::Device;

    fn net(width: usize, stem: Stem, channels: usize) -> ResNet {
        let spec = ModelSpec { width, stem, ..ModelSpec::default() };
        let mut init = Initialiser::new(spec.init, 0, Device::Cpu);
        ResNet::new(&mut init, &spec, Input { channels, side: 32 }, Kind::Float)
    }

    #[test]
    fn resnet_18_has_its_known_number_of_parameters() {
        let full = net(64, Stem::Conv7, 3);
        let count: usize = full.parameters().iter().map(|p| p.tensor.numel()).sum();
        // torchvision's resnet18(num_classes=10): 11,689,512 − 1000·513 + 10·513.
        assert_eq!(count, 11_181_642);
        let of = |kind| full.parameters().iter().filter(|p| p.kind == kind).count();
        use ParameterKind::{Bias, ClassifierBias, ClassifierWeight, NormScale, NormShift, Weight};
        assert_eq!(
            [Weight, Bias, NormScale, NormShift, ClassifierWeight, ClassifierBias].map(of),
            [20, 0, 20, 20, 1, 1]
        );
    }

    #[test]
    fn multiply_adds_by_hand_and_by_torchvision() {
        // Stem 3·64·9·32²; first stage 4·64²·9·32²; each later one, as areas fall fourfold and widths double, the same:
        // 64·128·9·16² + 3·128²·9·16² + 64·128·16²; classifier 512·10.
        let by_hand = 1_769_472 + 150_994_944 + 3 * (18_874_368 + 113_246_208 + 2_097_152) + 5_120;
        assert_eq!(net(64, Stem::Conv3, 3).multiply_adds(32), by_hand);
        // torchvision's table gives 1.814 GFLOPS (multiply-adds) at 224×224 with 1000 classes.
        assert_eq!(net(64, Stem::Conv7, 3).multiply_adds(224) + 512 * 990, 1_814_073_344);
    }

    /// What identities of stages say of arithmetic: a network that is not said to have large convolutions is convolved as ever.
    #[test]
    fn networks_with_convolutions_by_winograd_are_known() {
        let mut by_winograd = 0;
        let stems = [Stem::Conv3, Stem::Conv7];
        let cases = [8, 16, 24, 32, 64].into_iter().flat_map(|width| stems.map(|stem| (width, stem)));
        for (width, stem, side) in cases.flat_map(|(width, stem)| [28, 32].map(|side| (width, stem, side))) {
            let network = net(width, stem, 3);
            let mut at = network.conv1.output_side(side);
            if stem == Stem::Conv7 {
                at = at.div_ceil(2);
            }
            let mut any = false;
            for block in &network.blocks {
                for conv in [&block.conv1, &block.conv2] {
                    any |= conv.is_winograd(at);
                    at = conv.output_side(at);
                }
            }
            let spec = ModelSpec { width, stem, ..ModelSpec::default() };
            assert!(!any || spec.has_large_convolutions(), "{spec:?} at {side} pixels");
            by_winograd += usize::from(any);
        }
        // None on processors without the kernels.
        assert!(by_winograd == 0 || by_winograd >= 10, "{by_winograd}");
    }
}
