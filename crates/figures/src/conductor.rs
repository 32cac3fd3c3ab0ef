//! What a command does: from an experiment to its stages, and from these to tables and figures.

mod all;
pub(crate) mod builtin;
mod collect;
mod commands;
mod conclude;
mod describe;
mod few_images;
mod lines;
mod live;
mod progress;
mod read;
mod replaced;
mod resources;
mod run;
mod signals;
mod stage_name;
mod submit;
mod train;
mod worker;

pub use all::main_of_all;
pub(crate) use read::{Source, experiment};
pub(crate) use run::run;
