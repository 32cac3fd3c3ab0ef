//! Handing a plan's stages to Slurm, which schedules them.
//!
//! The crate takes stages as data (an identity, the stage before, whether it is to be trained) and the command that trains
//! one, and knows nothing of what a training is. It arranges the stages into job arrays in which every element waits for
//! its own parent ([`arrange`]), writes batch scripts into the store, and submits them ([`submit()`]). What was submitted
//! can be read again ([`Submission`]) and compared with the queue and the store ([`states`]).

mod arrays;
mod error;
mod folder;
mod progress;
mod quote;
mod script;
mod settings;
mod slurm;
mod submit;

pub use arrays::{After, Array, Element, QueuedElement, Wanted, arrange};
pub use error::SubmissionError;
pub use folder::{Launch, Submission, SubmittedStage, latest, named};
pub use progress::{Fate, State, states};
pub use settings::{Count, SlurmSettings};
pub use slurm::{Queue, Slurm};
pub use submit::{Request, Submitted, dry_run, submit};
