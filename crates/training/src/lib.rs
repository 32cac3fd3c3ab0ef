//! Training one model on one task: ResNet-18, its initialisation, SGD, early stopping, evaluation.
//!
//! The crate knows nothing of sequences: [`learn`] takes a model and the images of one task, and what came before is in the
//! model's weights. It never draws from libtorch's global random generator and keeps no global state, so runs in several
//! threads do not influence one another.

#![warn(missing_docs)]

mod allocator;
mod cuda;
mod device;
mod early_stopping;
mod evaluate;
mod init;
mod layers;
mod learn;
mod precision;
mod probe;
mod resnet;
mod sgd;
mod totals;
mod weights;

pub use device::DeviceChoice;
pub use early_stopping::{EarlyStopping, Verdict};
pub use evaluate::{Evaluation, evaluate};
pub use layers::NamedTensors;
pub use learn::{Checkpoint, Ending, EpochLog, Observer, Progress, StepEvent, Summary, learn};
pub use precision::compute_kind;
pub use probe::{ActivationStatistics, Measurement, Moment, PROBE_IMAGES, ParameterNorms, Probe};
pub use resnet::{CLASSES, ResNet};
pub use sgd::Sgd;
pub use totals::{ParameterKind, Totals};
pub use weights::{from_safetensors, to_safetensors};
