//! Ω, the sequential process: plans that share stages, a store that keeps them, an executor that runs what is missing.
//!
//! A stage is one training: a task, a learning process and interventions, from where its parent ended. Its identity is a
//! hash of all that determines its result, so a finished stage is never trained again, in whatever figure, process or order
//! it appears. On a CPU the same identity means the same bits.

mod checkpoint;
mod error;
mod events;
mod execute;
mod files;
mod flat;
mod later;
mod lease;
mod measures_file;

mod pace;

mod plan;
pub mod planned;
pub mod plans;
mod record;
mod results;
pub mod run_causes;
pub mod run_curves;
pub mod run_measures;
pub mod run_tasks;
mod schedule;
mod stage;
mod standing;
mod stop;
mod store;

pub use error::{ExecuteError, StoreError};
pub use events::Events;
pub use execute::{Options, Report, execute};
pub use later::{lacking_measures, measure_later, measure_missing};
pub use lease::leased;

pub use plan::{Plan, PlannedRun, Stage};
pub use record::{Outcome, Provenance, Record, epochs_from_csv};
pub use results::{RunRow, Status, results, runs_to_csv};
pub use run_curves::CurvePoint;
pub use run_measures::{RunMeasure, RunMoment};
pub use run_tasks::TaskRow;
pub use stage::LIBTORCH;
pub use standing::{Standing, standing};
pub use store::{StageFiles, Store};
