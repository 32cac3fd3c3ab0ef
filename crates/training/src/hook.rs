//! What acts on a network while it learns.

use crate::Sgd;
use crate::network::Network;

/// An intervention that acts during training: a regulariser, a periodic reset.
///
/// Training may be interrupted and continued at any step, and gives the same bits then. So a hook keeps nothing that depends on
/// how far training went; what it draws, it draws from a stream keyed by the epoch.
pub trait Hook {
    /// Called in every step between the gradients and the optimiser's use of them, which are in the order of the network's
    /// parameters and may be changed. No gradients are recorded meanwhile. On a GPU a step may be noted down once and done again without a
    /// call of this, so what it does must not read values or depend on anything but tensors that stay where they are in memory.
    fn before_step(&mut self, _network: &dyn Network, _gradients: &mut [tch::Tensor]) {}

    /// Called after the last step of every epoch (from 1), before its validation: what it does to the network is validated and
    /// handed on. No gradients are recorded meanwhile.
    fn after_epoch(&mut self, _network: &mut dyn Network, _optimiser: &mut Sgd, _epoch: usize) {}
}
