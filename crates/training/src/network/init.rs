//! Initial weights, drawn from the run's own random stream.
//!
//! `tch::nn`'s defaults are not PyTorch's (its BatchNorm weights start uniform in [0, 1], its Kaiming bound is √6 times
//! PyTorch's), so every distribution is written out here.

use paths::Init;
use paths::random::{Purpose, stream};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use tch::{Device, Kind, Tensor};

use super::masters::{Master, Masters};

/// Draws the parameters of layers in the order of their making.
pub(crate) struct Initialiser {
    scheme: Init,
    rng: Box<dyn Rng>,
    device: Device,
    made: Vec<Tensor>,
}

impl Initialiser {
    /// The initial network of a path.
    pub fn new(scheme: Init, seed: u64, device: Device) -> Self {
        Self::drawing_from(Box::new(stream(seed, Purpose::Initialisation, 0, 0)), scheme, device)
    }

    /// One of the same kind, drawn from `rng`.
    pub fn drawing_from(rng: Box<dyn Rng>, scheme: Init, device: Device) -> Self {
        Self { scheme, rng, device, made: Vec::new() }
    }

    pub fn device(&self) -> Device {
        self.device
    }

    /// All that was drawn, for the network that it was drawn for.
    pub fn finish(&mut self, compute: Kind) -> Masters {
        Masters::new(std::mem::take(&mut self.made), compute)
    }

    /// A leaf of autograd on the device.
    fn leaf(&mut self, values: &Tensor) -> Master {
        Masters::next(&mut self.made, values.to_device(self.device).set_requires_grad(true))
    }

    /// Weights O×I×k×k, in channels-last memory. [`Init::Pytorch`] is `kaiming_uniform_(a=√5)`, which is uniform in
    /// ±1/√fan_in; [`Init::KaimingNormal`] is `kaiming_normal_(mode="fan_out", nonlinearity="relu")`.
    pub fn convolution(&mut self, input: i64, output: i64, kernel: i64) -> Master {
        let count = (output * input * kernel * kernel) as usize;
        let values = match self.scheme {
            Init::Pytorch => self.uniform(count, input * kernel * kernel),
            Init::KaimingNormal => {
                let std = (2.0 / (output * kernel * kernel) as f64).sqrt() as f32;
                (0..count).map(|_| std * Distribution::<f32>::sample(&StandardNormal, &mut self.rng)).collect()
            }
        };
        let weight = Tensor::from_slice(&values).view([output, input, kernel, kernel]);
        self.leaf(&weight.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]))
    }

    /// The bias O of a convolution with `weight` O×I×k×k, uniform in ±1/√fan_in (`torch.nn.Conv2d.reset_parameters`).
    pub fn convolution_bias(&mut self, weight: &Master) -> Master {
        let size = weight.tensor.size();
        let bias = Tensor::from_slice(&self.uniform(size[0] as usize, size[1] * size[2] * size[3]));
        self.leaf(&bias)
    }

    /// Weight O×I and bias O, both uniform in ±1/√I (`torch.nn.Linear.reset_parameters`).
    pub fn linear(&mut self, input: i64, output: i64) -> (Master, Master) {
        let weight = Tensor::from_slice(&self.uniform((output * input) as usize, input)).view([output, input]);
        let bias = Tensor::from_slice(&self.uniform(output as usize, input));
        (self.leaf(&weight), self.leaf(&bias))
    }

    fn uniform(&mut self, count: usize, fan_in: i64) -> Vec<f32> {
        let bound = 1.0 / (fan_in as f64).sqrt() as f32;
        (0..count).map(|_| bound * (2.0 * self.rng.random::<f32>() - 1.0)).collect()
    }
}
