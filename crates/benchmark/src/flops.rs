//! The arithmetic of a training step, from the shapes of its layers.

use paths::{ModelSpec, Stem};
use training::CLASSES;

/// Multiply-adds of convolutions and the classifier when an image of `channels`×`side`×`side` passes the network once.
/// BatchNorm, ReLU and additions, a few thousandths of it, are not counted.
pub fn forward_multiply_adds(spec: &ModelSpec, channels: usize, side: usize) -> u64 {
    let (kernel, stride) = match spec.stem {
        Stem::Conv3 => (3, 1),
        Stem::Conv7 => (7, 2),
    };
    let mut side = side.div_ceil(stride);
    let mut total = convolution(channels, spec.width, kernel, side);
    if spec.stem == Stem::Conv7 {
        side = side.div_ceil(2);
    }
    let mut input = spec.width;
    for stage in 0..4 {
        let output = spec.width << stage;
        if stage > 0 {
            side = side.div_ceil(2);
            total += convolution(input, output, 1, side);
        }
        total += convolution(input, output, 3, side) + 3 * convolution(output, output, 3, side);
        input = output;
    }
    total + (input * CLASSES) as u64
}

/// Floating-point operations of training on one image: two a multiply-add, and three passes of equal cost (forward, gradient
/// of the inputs, gradient of the weights), as is usual.
pub fn training_flops(spec: &ModelSpec, channels: usize, side: usize) -> f64 {
    6.0 * forward_multiply_adds(spec, channels, side) as f64
}

/// Multiply-adds of a convolution whose result has `side`×`side` pixels.
fn convolution(input: usize, output: usize, kernel: usize, side: usize) -> u64 {
    (input * output * kernel * kernel * side * side) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::Init;

    fn spec(width: usize, stem: Stem) -> ModelSpec {
        ModelSpec { width, stem, init: Init::Pytorch }
    }

    #[test]
    fn resnet_18_with_the_3x3_stem_by_hand() {
        // Stem 3·64·9·32²; first stage 4·64²·9·32²; each later one, as areas fall fourfold and widths double, the same:
        // 64·128·9·16² + 3·128²·9·16² + 64·128·16²; classifier 512·10.
        let by_hand = 1_769_472 + 150_994_944 + 3 * (18_874_368 + 113_246_208 + 2_097_152) + 5_120;
        assert_eq!(forward_multiply_adds(&spec(64, Stem::Conv3), 3, 32), by_hand);
        assert_eq!(by_hand, 555_422_720);
        assert!((training_flops(&spec(64, Stem::Conv3), 3, 32) / 1e9 - 3.3325).abs() < 1e-4);
    }

    #[test]
    fn torchvisions_resnet_18_on_its_own_images() {
        // torchvision's table gives 1.814 GFLOPS (multiply-adds) at 224×224 with 1000 classes.
        let count = forward_multiply_adds(&spec(64, Stem::Conv7), 3, 224) + 512 * 990;
        assert_eq!(count, 1_814_073_344);
    }
}
