//! What is done to a model between two tasks, as data. The crate `interventions` does it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::identified::identified;

/// A change made to a model before a task, or while it learns it.
///
/// Other remedies need no such change: the learning rate, its schedule (a warm restart) and augmentation are fields of
/// [`LearningProcess`](crate::LearningProcess), and discretization is the number of steps of a
/// [`LearningPath`](crate::LearningPath).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Intervention {
    /// Adds a constant to every bias of the network (the paper's Figure 6).
    BiasReset(BiasReset),
    /// Shrinks every parameter and adds a share of a fresh initialisation.
    ShrinkAndPerturb(ShrinkAndPerturb),
    /// Shrinks weights the more, the less they point where the new task would move them.
    Dash(Dash),
    /// Draws the classifier, and the last blocks before it, anew.
    ResetLast(ResetLast),
    /// Forgets the running statistics of normalisations, and, if asked to, their scales and shifts.
    ResetNormalisation(ResetNormalisation),
    /// Draws units that hardly do anything anew, before the task and while it is learnt.
    Redo(Redo),
    /// Pulls parameters towards their initial values while the task is learnt.
    L2Init(L2Init),
    /// Gives each layer's weights the norm that they were initialised with.
    RescaleWeights(RescaleWeights),
}

identified! {
    /// Adds a constant to every bias: those of convolutions and linear layers, the shifts of normalisations, and the
    /// classifier's.
    #[derive(Copy)]
    pub struct BiasReset {
        /// What is added; the paper uses 0.01.
        #[serde(deserialize_with = "crate::values::amount")]
        amount: f64 = 0.01;
    }
}

identified! {
    /// *Shrink and perturb* (Ash & Adams, 2020, "On Warm-Starting Neural Network Training"): θ ← λθ + σθ′, θ′ being a fresh draw of
    /// the network's initialisation. Every parameter is, those of normalisations included, as in the authors' code.
    #[derive(Copy)]
    pub struct ShrinkAndPerturb {
        /// λ.
        #[serde(deserialize_with = "crate::values::part")]
        shrink: f64 = 0.4;
        /// σ.
        #[serde(deserialize_with = "crate::values::part")]
        perturb: f64 = 0.1;
    }
}

identified! {
    /// *Direction-aware shrinking* (Shin et al., 2024, "DASH: Warm-Starting Neural Network Training in Stationary Settings without Loss
    /// of Plasticity", algorithm 1).
    #[derive(Copy)]
    pub struct Dash {
        /// α: the share that each batch's gradient has in the running mean.
        #[serde(deserialize_with = "crate::values::share")]
        alpha: f64 = 0.3;
        /// λ: what weights are at least multiplied by.
        #[serde(deserialize_with = "crate::values::part")]
        threshold: f64 = 0.3;
    }
}

identified! {
    /// *Later-layer forgetting* (Zhou et al., 2022, "Fortuitous Forgetting in Connectionist Networks"; of the head alone: Nikishin et
    /// al., 2022, "The Primacy Bias in Deep Reinforcement Learning").
    #[derive(Copy)]
    pub struct ResetLast {
        /// Blocks before the classifier: residual blocks of a ResNet, else layers with weights.
        #[serde(deserialize_with = "crate::values::patience")]
        blocks: usize = 0;
    }
}

identified! {
    /// Normalisations as they were initialised, on whose statistics and shifts the change of images falls first (Li et al., 2017,
    /// "Revisiting Batch Normalization for Practical Domain Adaptation").
    #[derive(Copy)]
    pub struct ResetNormalisation {
        /// Whether scales and shifts are reset, too.
        affine: bool = false;
    }
}

identified! {
    /// *Recycling dormant neurons* (Sokar et al., 2023, "The Dormant Neuron Phenomenon in Deep Reinforcement Learning").
    #[derive(Copy)]
    pub struct Redo {
        /// τ: a unit is dormant whose mean |output| is at most that share of its layer's mean.
        #[serde(deserialize_with = "crate::values::part")]
        threshold: f64 = 0.025;
        /// Epochs from one recycling to the next; 0 for the one before the task alone.
        #[serde(deserialize_with = "crate::values::patience")]
        every: usize = 1;
    }
}

identified! {
    /// *Regenerative regularisation* (Kumar et al., 2023, "Maintaining Plasticity in Continual Learning via Regenerative Regularization"):
    /// the loss gains λ‖θ − θ₀‖², θ₀ being the initial parameters.
    #[derive(Copy)]
    pub struct L2Init {
        /// λ, of which the paper tries 1e-2 to 1e-5.
        #[serde(deserialize_with = "crate::values::weight_decay")]
        strength: f64 = 1e-3;
    }
}

identified! {
    /// The norms of initialisation given back: what weights have grown by shrinks the effective learning rate of layers before a
    /// normalisation (Lyle et al., 2024, "Normalization and effective learning rates in reinforcement learning").
    #[derive(Copy)]
    pub struct RescaleWeights {
        /// What the initial norm is multiplied by.
        #[serde(deserialize_with = "crate::values::factor")]
        factor: f64 = 1.0;
    }
}

impl Intervention {
    /// A bias reset by `amount`.
    pub fn bias_reset(amount: f64) -> Self {
        Self::BiasReset(BiasReset { amount })
    }
}

/// The name in experiment files and the parameters, such as "bias_reset 0.01".
impl fmt::Display for Intervention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BiasReset(BiasReset { amount }) => write!(f, "bias_reset {amount}"),
            Self::ShrinkAndPerturb(ShrinkAndPerturb { shrink, perturb }) => {
                write!(f, "shrink_and_perturb {shrink} {perturb}")
            }
            Self::Dash(Dash { alpha, threshold }) => write!(f, "dash {alpha} {threshold}"),
            Self::ResetLast(ResetLast { blocks }) => write!(f, "reset_last {blocks}"),
            Self::ResetNormalisation(ResetNormalisation { affine }) => {
                write!(f, "reset_normalisation {}", if *affine { "statistics and affine" } else { "statistics" })
            }
            Self::Redo(Redo { threshold, every }) => write!(f, "redo {threshold} every {every}"),
            Self::L2Init(L2Init { strength }) => write!(f, "l2_init {strength}"),
            Self::RescaleWeights(RescaleWeights { factor }) => write!(f, "rescale_weights {factor}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_may_be_left_out() {
        let read = |text: &str| serde_json::from_str::<Intervention>(text);
        assert_eq!(read(r#"{"bias_reset":{}}"#).unwrap(), Intervention::bias_reset(0.01));
        assert_eq!(read(r#"{"bias_reset":{"amount":0.5}}"#).unwrap(), Intervention::bias_reset(0.5));
        assert!(read(r#"{"bias_reset":{"amount":1e31}}"#).is_err());
        assert_eq!(read(r#"{"redo":{}}"#).unwrap(), Intervention::Redo(Redo { threshold: 0.025, every: 1 }));
        assert!(read(r#"{"dash":{"alpha":0}}"#).is_err() && read(r#"{"shrink_and_perturb":{"shrink":2}}"#).is_err());
        let unknown = read(r#"{"weight_reset":{}}"#).unwrap_err().to_string();
        assert!(unknown.contains("bias_reset") && unknown.contains("reset_last"), "{unknown}");
    }
}
