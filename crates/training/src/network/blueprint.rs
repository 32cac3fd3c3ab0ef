//! What a network is made from.

use paths::ModelSpec;
use rand::Rng;
use tch::{Device, Kind};

use super::contract::{Input, Network};
use super::init::Initialiser;

/// Everything that [`new`](super::new) needs, to make networks of one kind at any time.
#[derive(Clone, Debug)]
pub struct Blueprint {
    /// The kind of network.
    pub spec: ModelSpec,
    /// The shape of its images.
    pub input: Input,
    /// Seed of its initial weights.
    pub seed: u64,
    /// The number format of activations.
    pub compute: Kind,
    /// Where it computes.
    pub device: Device,
}

impl Blueprint {
    /// A freshly initialised network.
    pub fn build(&self) -> Box<dyn Network> {
        super::new(&self.spec, self.input, self.seed, self.compute, self.device)
    }

    /// One whose weights are drawn from `rng`, as the initial ones are from the seed.
    pub fn draw(&self, rng: Box<dyn Rng>) -> Box<dyn Network> {
        let init = Initialiser::drawing_from(rng, self.spec.init, self.device);
        super::of(&self.spec, self.input, init, self.compute)
    }

    /// One with the parameters and buffers of `network`, in memory of its own.
    ///
    /// # Panics
    /// Where `network` is of another kind.
    pub fn copy_of(&self, network: &dyn Network) -> Box<dyn Network> {
        let mut copy = self.build();
        copy.load(&network.tensors()).expect("networks of one blueprint have the same tensors");
        copy
    }
}
