//! What a network is made from.

use paths::ModelSpec;
use tch::{Device, Kind};

use super::contract::{Input, Network};

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
