//! The last layers drawn anew (Zhou et al., 2022; Nikishin et al., 2022).

use paths::ResetLast;

use crate::situation::{Intervene, Situation};

/// The classifier and the last blocks before it take a fresh draw of the network's initialisation, running statistics included. Everything
/// before them stays as it is; experiment files are refused that name more blocks than there are.
impl Intervene for ResetLast {
    fn before_task(&self, situation: &mut Situation<'_>) {
        let fresh = situation.fresh(0).tensors();
        let parameters = situation.network.parameters();
        let mut blocks: Vec<&str> = parameters.iter().map(|parameter| parameter.block.as_str()).collect();
        blocks.dedup();
        let reset = &blocks[blocks.len().saturating_sub(self.blocks.saturating_add(1))..];
        let layer = |name: &str| name.rsplit_once('.').map_or("", |(layer, _)| layer).to_owned();
        let layers: Vec<String> =
            parameters.iter().filter(|p| reset.contains(&p.block.as_str())).map(|p| layer(&p.name)).collect();
        for ((name, mut tensor), (_, fresh)) in situation.network.tensors().into_iter().zip(fresh) {
            if layers.contains(&layer(&name)) {
                tensor.copy_(&fresh);
            }
        }
    }
}
