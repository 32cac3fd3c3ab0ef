//! The vocabulary of sequential learning as plain data: what a task, a learning process, an intervention, a learning path
//! and an experiment *are*, how an experiment file is read, and what identifies a stage of training.
//!
//! The paper's definitions are this crate's types. A task is a dataset under a [`Transform`]; a [`LearningProcess`] trains a
//! model on one task; a [`LearningPath`] is a sequence of both; an [`Experiment`] is a set of labelled paths. Nothing here
//! trains, and nothing here reads or writes files, so the crate builds in seconds and is easy to reason about.
//!
//! ```
//! let toml = r#"
//!     name = "sudden-or-gradual"
//!     title = "From low contrast, suddenly or gradually"
//!
//!     [[conditions]]
//!     label = "jump"
//!     path = [{ contrast = 0.1 }, {}]
//!
//!     [[conditions]]
//!     label = "5 tasks"
//!     from = { contrast = 0.1 }
//!     tasks = 5
//! "#;
//! let experiment = paths::ExperimentFile::parse(toml)?.resolve(None, &[])?;
//! assert_eq!(experiment.conditions[1].steps.len(), 5);
//! # Ok::<(), paths::ExperimentError>(())
//! ```

mod assignment;
mod augmentation;
mod complete;
mod component;
mod condition;
mod dataset;
mod drawing;
mod error;
mod experiment;
mod experiment_file;
mod factors;
mod identified;
mod identity;
mod intervention;
mod listed;
mod model;
mod number_or_word;
mod other_network;
mod path;
mod process;
pub mod random;
mod route;
mod scales;
mod schedule;
mod selection;
mod settings;
mod split_seeds;
mod step_form;
mod transform;
mod values;
mod width;
mod word_or_table;

pub use augmentation::Augmentation;
pub use complete::complete;
pub use component::Component;
pub use condition::Condition;
pub use dataset::DatasetName;
pub use drawing::{Drawing, FigureKind, SharedAxis};
pub use error::ExperimentError;
pub use experiment::{Experiment, Run};
pub use experiment_file::ExperimentFile;
pub use factors::Factors;
pub use identity::{Genesis, StageContext, StageId};
pub use intervention::{
    BiasReset, Dash, Intervention, L2Init, Redo, RescaleWeights, ResetLast, ResetNormalisation, ShrinkAndPerturb,
};
pub use model::{Init, ModelSpec, NetworkName, Stem};
pub use other_network::OtherNetwork;
pub use path::{LearningPath, Step, Task};
pub use process::{Carry, LearningProcess, Numerics, Precision};
pub use route::{Order, route};
pub use scales::Scales;
pub use schedule::{Cosine, Schedule, StepDecay, WarmUp};
pub use selection::{Count, DataSelection};
pub use settings::{Settings, SettingsPatch};
pub use split_seeds::SplitSeeds;
pub use transform::Transform;
pub use values::SeedList;
pub use width::Width;
