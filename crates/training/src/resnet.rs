//! ResNet-18 (He et al., 2016) with post-activation basic blocks, at any width, for small images.

use batch_norm::Then;
use paths::{ModelSpec, Stem};
use tch::{Device, Kind, Tensor};

use crate::init::Initialiser;
use crate::layers::{BatchNorm2d, Conv2d, Linear, NamedTensors, Statistics};

/// Blocks in each of the four stages.
const BLOCKS: usize = 2;
/// Classes of every dataset here.
pub const CLASSES: usize = 10;

/// ResNet-18. Parameters and buffers carry torchvision's names.
pub struct ResNet {
    conv1: Conv2d,
    bn1: BatchNorm2d,
    blocks: Vec<BasicBlock>,
    fc: Linear,
    stem: Stem,
    compute: Kind,
}

/// Two 3×3 convolutions with a shortcut; the shortcut is a 1×1 convolution where shape changes.
struct BasicBlock {
    name: String,
    /// Names of the outputs of the two ReLUs; torchvision has one module for both.
    relus: [String; 2],
    conv1: Conv2d,
    bn1: BatchNorm2d,
    conv2: Conv2d,
    bn2: BatchNorm2d,
    downsample: Option<(Conv2d, BatchNorm2d)>,
}

impl ResNet {
    /// A freshly initialised network for images of `channels` channels, whose convolutions and classifier compute in
    /// `compute`. The initial weights depend on `spec`, `channels` and `seed` only.
    pub fn new(spec: &ModelSpec, channels: usize, seed: u64, compute: Kind, device: Device) -> Self {
        let mut init = Initialiser::new(spec.init, seed, device);
        let width = spec.width as i64;
        let (kernel, stride) = match spec.stem {
            Stem::Conv3 => (3, 1),
            Stem::Conv7 => (7, 2),
        };
        let conv1 = Conv2d::new(&mut init, channels as i64, width, kernel, stride);
        let mut blocks = Vec::new();
        let mut input = width;
        for stage in 0..4 {
            let output = width << stage;
            for block in 0..BLOCKS {
                let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                let name = format!("layer{}.{block}", stage + 1);
                blocks.push(BasicBlock::new(&mut init, name, input, output, stride));
                input = output;
            }
        }
        Self {
            conv1,
            bn1: BatchNorm2d::new(width, device),
            blocks,
            fc: Linear::new(&mut init, input, CLASSES as i64),
            stem: spec.stem,
            compute,
        }
    }

    /// Logits (B×10, float32) of images (B×C×H×W in the compute type). In training, BatchNorm uses the batch's statistics
    /// and updates its running ones.
    pub fn forward(&self, images: &Tensor, training: bool) -> Tensor {
        let statistics = if training { Statistics::Batch } else { Statistics::Running };
        self.run(images, statistics, &mut |_, _| {})
    }

    /// Shows `tap` the output of every ReLU (B×C×H×W in the compute type) for images (B×C×H×W), by name and in depth order:
    /// `relu`, then `layer1.0.relu1`, `layer1.0.relu2` and so on. BatchNorm uses the batch's statistics, as in training, and
    /// leaves its running ones alone. Nothing is recorded for gradients.
    pub fn activations(&self, images: &Tensor, tap: &mut dyn FnMut(&str, &Tensor)) {
        let _ = tch::no_grad(|| self.run(images, Statistics::BatchOnly, tap));
    }

    fn run(&self, images: &Tensor, statistics: Statistics, tap: &mut dyn FnMut(&str, &Tensor)) -> Tensor {
        let mut x = self.bn1.forward(&self.conv1.forward(images), statistics, Then::Relu);
        tap("relu", &x);
        if self.stem == Stem::Conv7 {
            x = x.max_pool2d([3, 3], [2, 2], [1, 1], [1, 1], false);
        }
        for block in &self.blocks {
            x = block.run(&x, statistics, tap);
        }
        let pooled = x.adaptive_avg_pool2d([1, 1]).flatten(1, -1);
        self.fc.forward(&pooled).to_kind(Kind::Float)
    }

    /// The number format of activations.
    pub fn compute(&self) -> Kind {
        self.compute
    }

    /// What is learnt, by torchvision's names, in torchvision's order. The tensors share the network's memory.
    pub fn parameters(&self) -> NamedTensors {
        self.collect(|tensors| &mut tensors.parameters)
    }

    /// BatchNorm's running means and variances, by torchvision's names.
    pub fn buffers(&self) -> NamedTensors {
        self.collect(|tensors| &mut tensors.buffers)
    }

    /// Every bias: BatchNorm's shifts and the classifier's bias, as the convolutions have none.
    pub fn biases(&self) -> NamedTensors {
        self.parameters().into_iter().filter(|(name, _)| name.ends_with(".bias")).collect()
    }

    /// Copies values into the tensors of those names. PyTorch's `num_batches_tracked`, which nothing depends on with
    /// BatchNorm's default momentum, is passed over.
    ///
    /// # Errors
    /// Names the first tensor that is missing, unknown, or of another shape; nothing is changed then.
    pub fn load(&mut self, values: &NamedTensors) -> Result<(), String> {
        let mut own = self.parameters();
        own.extend(self.buffers());
        if let Some((name, _)) = values
            .iter()
            .filter(|(name, _)| !name.ends_with(".num_batches_tracked"))
            .find(|(name, _)| !own.iter().any(|(n, _)| n == name))
        {
            return Err(format!("the network has no tensor `{name}`"));
        }
        let mut pairs = Vec::with_capacity(own.len());
        for (name, target) in own {
            let Some((_, value)) = values.iter().find(|(n, _)| *n == name) else {
                return Err(format!("there is no tensor `{name}`"));
            };
            if value.size() != target.size() {
                return Err(format!("`{name}` has shape {:?}, expected {:?}", value.size(), target.size()));
            }
            pairs.push((target, value));
        }
        tch::no_grad(|| {
            for (mut target, value) in pairs {
                target.copy_(value);
            }
        });
        Ok(())
    }

    fn collect(&self, list: fn(&mut crate::layers::Tensors) -> &mut NamedTensors) -> NamedTensors {
        let mut tensors = crate::layers::Tensors::default();
        self.conv1.collect("conv1", &mut tensors);
        self.bn1.collect("bn1", &mut tensors);
        for block in &self.blocks {
            block.collect(&mut tensors);
        }
        self.fc.collect("fc", &mut tensors);
        std::mem::take(list(&mut tensors))
    }
}

impl BasicBlock {
    fn new(init: &mut Initialiser, name: String, input: i64, output: i64, stride: i64) -> Self {
        let device = init.device();
        let conv1 = Conv2d::new(init, input, output, 3, stride);
        let conv2 = Conv2d::new(init, output, output, 3, 1);
        let downsample = (stride != 1 || input != output)
            .then(|| (Conv2d::new(init, input, output, 1, stride), BatchNorm2d::new(output, device)));
        let (bn1, bn2) = (BatchNorm2d::new(output, device), BatchNorm2d::new(output, device));
        let relus = [format!("{name}.relu1"), format!("{name}.relu2")];
        Self { name, relus, conv1, bn1, conv2, bn2, downsample }
    }

    fn run(&self, x: &Tensor, statistics: Statistics, tap: &mut dyn FnMut(&str, &Tensor)) -> Tensor {
        let shortcut = match &self.downsample {
            Some((conv, bn)) => bn.forward(&conv.forward(x), statistics, Then::Nothing),
            None => x.shallow_clone(),
        };
        let y = self.bn1.forward(&self.conv1.forward(x), statistics, Then::Relu);
        tap(&self.relus[0], &y);
        let y = self.bn2.forward(&self.conv2.forward(&y), statistics, Then::AddAndRelu(&shortcut));
        tap(&self.relus[1], &y);
        y
    }

    fn collect(&self, tensors: &mut crate::layers::Tensors) {
        let name = &self.name;
        self.conv1.collect(&format!("{name}.conv1"), tensors);
        self.bn1.collect(&format!("{name}.bn1"), tensors);
        self.conv2.collect(&format!("{name}.conv2"), tensors);
        self.bn2.collect(&format!("{name}.bn2"), tensors);
        if let Some((conv, bn)) = &self.downsample {
            conv.collect(&format!("{name}.downsample.0"), tensors);
            bn.collect(&format!("{name}.downsample.1"), tensors);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::Init;

    fn spec(stem: Stem) -> ModelSpec {
        ModelSpec { width: 8, stem, init: Init::Pytorch }
    }

    #[test]
    fn resnet_18_has_its_known_number_of_parameters() {
        let full = ResNet::new(&ModelSpec { width: 64, ..spec(Stem::Conv7) }, 3, 0, Kind::Float, Device::Cpu);
        let count: usize = full.parameters().iter().map(|(_, t)| t.numel()).sum();
        // torchvision's resnet18(num_classes=10): 11,689,512 − 1000·513 + 10·513.
        assert_eq!(count, 11_181_642);
        assert_eq!(full.parameters().len(), 62);
    }

    #[test]
    fn both_stems_and_both_channel_counts_give_ten_logits() {
        for stem in [Stem::Conv3, Stem::Conv7] {
            for (channels, size) in [(1usize, 28), (3, 32)] {
                let net = ResNet::new(&spec(stem), channels, 0, Kind::Float, Device::Cpu);
                let images = Tensor::zeros([2, channels as i64, size, size], (Kind::Float, Device::Cpu));
                assert_eq!(net.forward(&images, false).size(), [2, 10]);
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_weights() {
        let weights = |seed| ResNet::new(&spec(Stem::Conv3), 3, seed, Kind::Float, Device::Cpu).parameters();
        let equal = |a: NamedTensors, b: NamedTensors| a.iter().zip(&b).all(|(a, b)| a.1.equal(&b.1));
        assert!(equal(weights(1), weights(1)));
        assert!(!equal(weights(1), weights(2)));
    }

    #[test]
    fn loading_names_what_does_not_fit_and_changes_nothing() {
        let mut net = ResNet::new(&spec(Stem::Conv3), 3, 0, Kind::Float, Device::Cpu);
        let mut values: NamedTensors =
            net.parameters().into_iter().chain(net.buffers()).map(|(n, t)| (n, t.copy() + 1.0)).collect();
        let before = net.fc.bias().copy();
        values[0].1 = Tensor::zeros([1], (Kind::Float, Device::Cpu));
        assert!(net.load(&values).unwrap_err().contains("conv1.weight"));
        assert!(net.fc.bias().equal(&before));
    }
}
