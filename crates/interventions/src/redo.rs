//! Recycling dormant units (Sokar et al., 2023).

use std::collections::HashMap;

use datasets::ImageSet;
use paths::Redo;
use paths::random::{Purpose, numbered_stream};
use tch::{Kind, Tensor};
use training::{Hook, NamedTensors, Network, Sgd, UnitLayer, dormant_units};

use crate::situation::{Draw, Intervene, Situation};

/// Images of the task that units are scored on: the first of its training images.
const SCORED: usize = 512;

/// Units whose mean |output| over images and positions is at most a share of its mean over the layer get fresh incoming weights, the bias and the
/// normalisation of a fresh unit, and outgoing weights of zero, so that the network computes all but the same; their momentum is cleared.
/// Before the task, and after every so many epochs of it.
///
/// Units that can be exchanged are those of [`Network::unit_layers`]: in a ResNet those within blocks. Those along its shortcuts, the
/// classifier and everything else stay as they are.
impl Intervene for Redo {
    fn before_task(&self, situation: &mut Situation<'_>) {
        let dormant = dormant(&*situation.network, situation.train, self.threshold);
        recycle(&*situation.network, &dormant, &*situation.fresh(0), None);
    }

    fn hook(&self, situation: &Situation<'_>) -> Option<Box<dyn Hook>> {
        let &Situation { seed, position, number, .. } = situation;
        (self.every > 0).then(|| {
            let (images, draw) = (situation.train.clone(), situation.draw.clone());
            Box::new(Recycle { redo: *self, images, draw, seed, position, number }) as Box<dyn Hook>
        })
    }
}

struct Recycle {
    redo: Redo,
    images: ImageSet,
    draw: Draw,
    seed: u64,
    position: usize,
    number: usize,
}

impl Hook for Recycle {
    fn after_epoch(&mut self, network: &mut dyn Network, optimiser: &mut Sgd, epoch: usize) {
        if !epoch.is_multiple_of(self.redo.every) {
            return;
        }
        let dormant = dormant(network, &self.images, self.redo.threshold);
        let rng = numbered_stream(self.seed, Purpose::Intervention, self.position, epoch, self.number);
        recycle(network, &dormant, &*(self.draw)(Box::new(rng)), Some(optimiser.momentum()));
    }
}

/// A layer, and the places of its dormant units (int64).
type Dormant = (UnitLayer, Tensor);

/// The dormant units of every layer that has any.
fn dormant(network: &dyn Network, images: &ImageSet, threshold: f64) -> Vec<Dormant> {
    let (images, _) = images.slice(0, SCORED.min(images.len()), &images.fixed_moves());
    let mut found: HashMap<String, Tensor> = HashMap::new();
    network.activations(&images, &mut |activation, output| {
        let is_dormant = dormant_units(&output.to_kind(Kind::Float), threshold);
        found.insert(activation.name.to_owned(), is_dormant.nonzero().view(-1));
    });
    let layers = network.unit_layers().into_iter();
    let with_units = layers.filter_map(|layer| Some((found.remove(&layer.activation)?, layer)));
    with_units.filter(|(units, _)| units.numel() > 0).map(|(units, layer)| (layer, units)).collect()
}

/// Gives units what those of the `fresh` network have. All that comes in first, and then all that goes out: a weight between two of
/// them is zero.
fn recycle(network: &dyn Network, dormant: &[Dormant], fresh: &dyn Network, momentum: Option<&NamedTensors>) {
    let by_name = |tensors: NamedTensors| tensors.into_iter().collect::<HashMap<String, Tensor>>();
    let (own, fresh) = (by_name(network.tensors()), by_name(fresh.tensors()));
    let momentum: HashMap<&str, &Tensor> =
        momentum.into_iter().flatten().map(|(name, buffer)| (name.as_str(), buffer)).collect();
    let clear = |name: &str, dimension: i64, units: &Tensor| {
        if let Some(buffer) = momentum.get(name) {
            let _ = buffer.shallow_clone().index_fill_(dimension, units, 0.0);
        }
    };
    for (layer, units) in dormant {
        for name in own.keys().filter(|name| layer.incoming.iter().any(|of| is_of(name, of))) {
            let _ = own[name].shallow_clone().index_copy_(0, units, &fresh[name].detach().index_select(0, units));
            clear(name, 0, units);
        }
    }
    for (layer, units) in dormant {
        let name = format!("{}.weight", layer.outgoing);
        let _ = own[&name].shallow_clone().index_fill_(1, units, 0.0);
        clear(&name, 1, units);
    }
}

/// Whether a tensor is one of a layer's.
fn is_of(tensor: &str, layer: &str) -> bool {
    tensor.rsplit_once('.').is_some_and(|(of, _)| of == layer)
}
