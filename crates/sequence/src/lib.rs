//! Ω, the sequential process: plans that share stages, a store that keeps them, an executor that runs what is missing.
//!
//! A stage is one training: a task, a learning process and interventions, from where its parent ended. Its identity is a
//! hash of all that determines its result, so a finished stage is never trained again, in whatever figure, process or order
//! it appears. On a CPU the same identity means the same bits.

#![warn(missing_docs)]

mod claims;
mod execute;
mod files;
pub mod looks;
mod measurements;
mod pace;
mod partial;
mod plan;
pub mod planned;
pub mod plans;
mod record;
mod results;
mod schedule;
mod stage;
mod standing;
mod store;

pub use claims::claimed;
pub use execute::{Events, ExecuteError, Options, Report, execute};
pub use files::StoreError;
pub use looks::{Look, RunMoment};
pub use measurements::Tables;
pub use plan::{Plan, PlannedRun, Stage};
pub use record::{Outcome, Provenance, Record};
pub use results::{RunRow, Status, results};
pub use stage::LIBTORCH;
pub use standing::{Standing, standing};
pub use store::{StageFiles, Store};
