//! Training one network on one task: networks, their initialisation, SGD, early stopping, evaluation, measures.
//!
//! The crate knows nothing of sequences: [`learn`] takes a network and the images of one task, and what came before is in the
//! network's weights. It never draws from libtorch's global random generator and keeps no global state, so runs in several
//! threads do not influence one another.

mod allocator;
mod checkpoint;
mod cuda;
mod device;
mod early_stopping;
mod evaluate;
mod hook;
mod layout;
mod learn;
mod measure;
pub mod network;
mod observer;
mod precision;
mod repeated;
mod sgd;
mod step;
mod summary;
mod transfer;
mod weights;

pub use checkpoint::{Checkpoint, Progress};
pub use device::DeviceChoice;
pub use early_stopping::{EarlyStopping, Verdict};
pub use evaluate::{Evaluation, Score, evaluate};
pub use hook::Hook;
pub use layout::{ActivationPlace, Layout, ParameterPlace, layout};
pub use learn::{Lesson, batches, learn};
pub use measure::{
    ACTIVATIONS, CALIBRATION, DISPLACEMENT, FUNCTION_CHANGE, HIGH_LOSS_PHASE, Measure, MeasureRow, Measuring, Moment,
    NORMS, PROBE_IMAGES, PROBE_TRAIN_IMAGES, SHARPNESS, StepRecorder, Steps, TANGENT_KERNEL, TEST_CURVE, TRAINABILITY,
    Task, Turn, UNITS, UPDATES, Value, View, dormant_units, measure, measures, measures_from_csv, measures_to_csv,
    measures_to_take, parameters_of,
};
pub use network::{
    Activation, Blueprint, CLASSES, Input, Mode, NamedTensors, Network, Parameter, ParameterKind, UnitLayer,
};
pub use observer::{Observer, StepEvent};
pub use precision::{compute_kind, set_arithmetic};
pub use repeated::{Repeated, capture_refused, own_stream, synchronise};
pub use sgd::Sgd;
pub use summary::{Ending, EpochLog, Summary};
pub use weights::{from_safetensors, to_safetensors};
