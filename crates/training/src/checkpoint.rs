//! Where training is, so that it can go on as if it had never been interrupted.

use serde::{Deserialize, Serialize};

use crate::early_stopping::EarlyStopping;
use crate::measure::{MeasureRow, StepRecorder, as_csv};
use crate::network::{NamedTensors, Network};
use crate::sgd::Sgd;
use crate::summary::EpochLog;
use crate::transfer::to_cpu;

/// Everything a stage needs to go on as if it had never been interrupted.
pub struct Checkpoint {
    /// Numbers.
    pub progress: Progress,
    /// Weights and buffers of the network, momentum buffers (`momentum.` before their names), the best weights so far
    /// (`best.`) and the steps of the running epoch (`epoch.`).
    pub tensors: NamedTensors,
}

/// Where training is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The running epoch, from 0.
    pub epoch: usize,
    /// Steps of it that are done.
    pub step: usize,
    /// Early stopping so far.
    pub stopping: EarlyStopping,
    /// Finished epochs.
    pub log: Vec<EpochLog>,
    /// What was measured so far.
    #[serde(with = "as_csv")]
    pub measures: Vec<MeasureRow>,
    /// Which measures were taken from the first step on.
    pub measured: Vec<String>,
    /// Seconds spent in training steps.
    pub train_seconds: f64,
}

/// What changes while training goes on.
pub(crate) struct State {
    pub optimiser: Sgd,
    pub best: Option<NamedTensors>,
    pub recorder: StepRecorder,
}

const STEPS: &str = "epoch.steps";

/// A copy of everything that makes the network what it is.
pub(crate) fn snapshot(network: &dyn Network) -> NamedTensors {
    tch::no_grad(|| network.tensors().into_iter().map(|(name, t)| (name, t.copy())).collect())
}

/// A copy of everything, in CPU memory.
pub(crate) fn save(progress: &Progress, network: &dyn Network, state: &State) -> Checkpoint {
    let prefixed = |prefix: &str, tensors: &NamedTensors| -> NamedTensors {
        tensors.iter().map(|(name, t)| (format!("{prefix}{name}"), t.shallow_clone())).collect()
    };
    let mut tensors = snapshot(network);
    tensors.extend(prefixed("momentum.", state.optimiser.momentum()));
    tensors.extend(state.best.as_ref().map(|best| prefixed("best.", best)).unwrap_or_default());
    tensors.push((STEPS.into(), state.recorder.tensor(state.optimiser.device())));
    Checkpoint { progress: progress.clone(), tensors: to_cpu(tensors) }
}

/// Puts a checkpoint's tensors back.
pub(crate) fn restore(tensors: NamedTensors, network: &mut dyn Network, state: &mut State) -> Result<(), String> {
    let (mut weights, mut best, mut momentum) = (NamedTensors::new(), NamedTensors::new(), NamedTensors::new());
    let device = state.optimiser.device();
    for (name, tensor) in tensors {
        if let Some(name) = name.strip_prefix("best.") {
            best.push((name.to_owned(), tensor.to_device(device)));
        } else if let Some(name) = name.strip_prefix("momentum.") {
            momentum.push((name.to_owned(), tensor));
        } else if name == STEPS {
            state.recorder.restore(tensor.to_device(device));
        } else {
            weights.push((name, tensor));
        }
    }
    network.load(&weights)?;
    for (name, buffer) in state.optimiser.momentum() {
        let (_, saved) =
            momentum.iter().find(|(n, _)| n == name).ok_or_else(|| format!("there is no momentum of `{name}`"))?;
        buffer.shallow_clone().copy_(saved);
    }
    state.best = (!best.is_empty()).then_some(best);
    Ok(())
}
