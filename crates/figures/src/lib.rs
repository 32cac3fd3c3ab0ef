//! From an experiment file to a figure: what all figure programs share.
//!
//! A figure's program is its experiment file and a call of [`main`]; a user's experiment goes through the same call.

mod command_line;
mod conductor;
mod drawing;
mod error;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use datasets::RawDataset;

use command_line::{ExperimentArguments, FigureArguments};
use conductor::{Source, builtin, run};
use error::exit;

pub use conductor::builtin::experiment;
pub use conductor::main_of_all;
pub use drawing::concept::{Concept, main_of_concept};
pub use drawing::curves::learning_curves;
pub use drawing::pictures::{picture, pictures};
pub use reports::{FIGURES as WITH_TRAININGS, checkout};

/// Runs the program of a figure of the paper, one of [`reports::FIGURES`].
pub fn main(figure: u8) -> ExitCode {
    let arguments = FigureArguments::parse();
    let source = match &arguments.experiment {
        Some(file) => Source::File(file),
        None => Source::Builtin(builtin::file(figure).expect("a program is for a figure with an experiment")),
    };
    exit(run(source, &arguments.options))
}

/// Runs the program of a user's experiment, whose file the command line names.
pub fn main_of_experiment() -> ExitCode {
    main_on(std::env::args_os(), Vec::new())
}

/// Runs the same program with a command line and datasets that are given, so that it can be tested without a download.
/// Datasets that are not among `given` are fetched, as ever.
pub fn main_on(command_line: impl IntoIterator<Item = OsString>, given: Vec<RawDataset>) -> ExitCode {
    let mut arguments = ExperimentArguments::parse_from(command_line);
    arguments.options.given = given;
    let file = arguments.file.as_deref().map_or(Source::Builtin(""), Source::File);
    exit(run(file, &arguments.options))
}
