use batch_norm::{Then, batch_norm};
use convolution::conv2d;
use tch::{Device, Kind};

use super::*;

const EPS: f64 = 1e-5;
const MOMENTUM: f64 = 0.1;

struct Own {
    weight: Tensor,
    scale: Tensor,
    shift: Tensor,
    running_mean: Tensor,
    running_var: Tensor,
}

fn random(size: &[i64]) -> Tensor {
    Tensor::randn(size, (Kind::Float, Device::Cpu))
}

fn image([b, c, h, w]: [i64; 4]) -> Tensor {
    random(&[b, h, w, c]).permute([0, 3, 1, 2])
}

impl Own {
    fn new(inputs: i64, outputs: i64, kernel: i64) -> Self {
        Self {
            weight: random(&[outputs, inputs, kernel, kernel]).set_requires_grad(true),
            scale: (random(&[outputs]) + 1.0).set_requires_grad(true),
            shift: random(&[outputs]).set_requires_grad(true),
            running_mean: random(&[outputs]),
            running_var: random(&[outputs]).exp(),
        }
    }

    fn as_layer(&self) -> Layer<'_> {
        let Self { weight, scale, shift, running_mean, running_var } = self;
        Layer { weight, scale, shift, running_mean, running_var }
    }

    /// A copy with memory of its own.
    fn copy(&self) -> Self {
        let copy = |tensor: &Tensor| tensor.detach().copy().set_requires_grad(tensor.requires_grad());
        Self {
            weight: copy(&self.weight),
            scale: copy(&self.scale),
            shift: copy(&self.shift),
            running_mean: copy(&self.running_mean),
            running_var: copy(&self.running_var),
        }
    }

    fn apart(&self, x: &Tensor, stride: i64, padding: i64, statistics: Statistics, then: Then<'_>) -> Tensor {
        let running = (&self.running_mean, &self.running_var);
        let statistics = match statistics {
            Statistics::Moving(momentum) => batch_norm::Statistics::Batch { running: Some(running), momentum },
            Statistics::Batch => batch_norm::Statistics::Batch { running: None, momentum: 0.0 },
            Statistics::Running => batch_norm::Statistics::Given(running.0, running.1),
        };
        batch_norm(&conv2d(x, &self.weight, stride, padding), &self.scale, &self.shift, statistics, EPS, then)
    }
}

struct Case {
    layers: Vec<Own>,
    stride: i64,
}

impl Case {
    fn new(inputs: i64, outputs: i64, stride: i64) -> Self {
        let mut layers = vec![Own::new(inputs, outputs, 3), Own::new(outputs, outputs, 3)];
        if inputs != outputs || stride != 1 {
            layers.push(Own::new(inputs, outputs, 1));
        }
        Self { layers, stride }
    }

    fn copy(&self) -> Self {
        Self { layers: self.layers.iter().map(Own::copy).collect(), stride: self.stride }
    }

    fn as_one(&self, x: &Tensor, statistics: Statistics) -> Option<[Tensor; 2]> {
        let layer = |at: usize| self.layers[at].as_layer();
        let shortcut = self.layers.get(2).map(Own::as_layer);
        basic_block(
            x,
            &BasicBlock { first: layer(0), second: layer(1), shortcut, stride: self.stride },
            statistics,
            EPS,
        )
    }

    fn apart(&self, x: &Tensor, statistics: Statistics) -> [Tensor; 2] {
        let shortcut = match self.layers.get(2) {
            Some(layer) => layer.apart(x, self.stride, 0, statistics, Then::Nothing),
            None => x.shallow_clone(),
        };
        let inner = self.layers[0].apart(x, self.stride, 1, statistics, Then::Relu);
        [self.layers[1].apart(&inner, 1, 1, statistics, Then::AddAndRelu(&shortcut)), inner]
    }

    fn learnt(&self) -> Vec<&Tensor> {
        self.layers.iter().flat_map(|layer| [&layer.weight, &layer.scale, &layer.shift]).collect()
    }

    fn running(&self) -> impl Iterator<Item = &Tensor> {
        self.layers.iter().flat_map(|layer| [&layer.running_mean, &layer.running_var])
    }
}

/// The same values in the same places of memory: what autograd computes later may depend on both.
fn same(ours: &Tensor, theirs: &Tensor) -> bool {
    ours.equal(theirs) && ours.stride() == theirs.stride()
}

/// Images, channels, side; outputs of the first block and its stride. Those of a narrow ResNet, down to single pixels, and with Winograd's.
const SHAPES: [[i64; 5]; 7] = [
    [13, 16, 8, 16, 1],
    [64, 16, 8, 32, 2],
    [9, 64, 2, 128, 2],
    [65, 128, 1, 128, 1],
    [5, 8, 14, 8, 1],
    [3, 32, 16, 32, 1],
    [4, 24, 7, 40, 2],
];

#[test]
fn one_node_gives_the_bits_of_its_layers() {
    tch::manual_seed(0);
    let mut taken = 0;
    for [images, channels, side, outputs, stride] in SHAPES {
        // Two in a row, so that one's gradient of the input is what the other begins with.
        let (blocks, x) = (
            [Case::new(channels, outputs, stride), Case::new(outputs, outputs, 1)],
            image([images, channels, side, side]).set_requires_grad(true),
        );
        let copies = blocks.each_ref().map(Case::copy);
        for statistics in [Statistics::Moving(MOMENTUM), Statistics::Batch] {
            let Some([first, inner]) = blocks[0].as_one(&x, statistics) else { continue };
            taken += 1;
            let [second, last_inner] = blocks[1].as_one(&first, statistics).unwrap();
            let [first_apart, inner_apart] = copies[0].apart(&x, statistics);
            let [second_apart, last_inner_apart] = copies[1].apart(&first_apart, statistics);
            for (ours, theirs) in [
                (&first, &first_apart),
                (&inner, &inner_apart),
                (&second, &second_apart),
                (&last_inner, &last_inner_apart),
            ] {
                assert!(same(ours, theirs), "{images}×{channels}×{side}, {statistics:?}");
            }
            // As a ResNet goes on, and with a gradient that lies as it falls.
            for end in [
                |y: &Tensor| y.adaptive_avg_pool2d([1, 1]).flatten(1, -1).square().sum(Kind::Float),
                |y: &Tensor| {
                    let factors = Tensor::arange(y.numel() as i64, (Kind::Float, Device::Cpu)).cos().view_as(y);
                    (y * factors).sum(Kind::Float)
                },
            ] {
                let gradients = |y: &Tensor, blocks: &[Case; 2]| {
                    let of: Vec<&Tensor> = blocks.iter().flat_map(Case::learnt).chain([&x]).collect();
                    Tensor::run_backward(&[end(y)], &of, true, false)
                };
                let (ours, theirs) = (gradients(&second, &blocks), gradients(&second_apart, &copies));
                for (at, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
                    assert!(same(ours, theirs), "gradient {at} of {images}×{channels}×{side}, {statistics:?}");
                }
            }
            let pairs = blocks.iter().flat_map(Case::running).zip(copies.iter().flat_map(Case::running));
            assert!(pairs.into_iter().all(|(ours, theirs)| same(ours, theirs)));
        }
        tch::no_grad(|| {
            for statistics in [Statistics::Running, Statistics::Batch] {
                if let Some(ours) = blocks[0].as_one(&x, statistics) {
                    let theirs = copies[0].apart(&x, statistics);
                    assert!(ours.iter().zip(&theirs).all(|(ours, theirs)| same(ours, theirs)), "{statistics:?}");
                }
            }
        });
    }
    // None on processors without the kernels.
    assert!(taken == 0 || taken == 2 * SHAPES.len(), "{taken}");
}

#[test]
fn what_does_not_learn_gets_no_gradient() {
    tch::manual_seed(1);
    let mut block = Case::new(16, 16, 1);
    let x = image([8, 16, 4, 4]);
    let of_scale = |block: &Case| -> Option<Tensor> {
        let [y, inner] = block.as_one(&x, Statistics::Batch)?;
        assert!(y.requires_grad() && !inner.requires_grad());
        Some(Tensor::run_backward(&[y.square().sum(Kind::Float)], &[&block.layers[0].scale], false, false).remove(0))
    };
    let Some(all) = of_scale(&block) else { return };
    block.layers[0].weight = block.layers[0].weight.detach();
    assert!(of_scale(&block).unwrap().equal(&all));
}

#[test]
fn what_the_kernels_are_not_for_is_left() {
    tch::manual_seed(2);
    let block = Case::new(16, 16, 1);
    let x = image([8, 16, 4, 4]);
    assert!(block.as_one(&x.to_kind(Kind::BFloat16), Statistics::Batch).is_none());
    assert!(block.as_one(&x.contiguous(), Statistics::Batch).is_none());
    assert!(block.as_one(&image([8, 8, 4, 4]), Statistics::Batch).is_none());
    // Learning by the running statistics.
    assert!(block.as_one(&x, Statistics::Running).is_none());
    assert!(Case::new(12, 12, 1).as_one(&image([8, 12, 4, 4]), Statistics::Batch).is_none());
}
