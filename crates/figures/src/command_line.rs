//! What a command line may say.

mod arguments;
mod cluster;

pub(crate) use arguments::{AllArguments, ExperimentArguments, FigureArguments, Options, PlanFormat};
