//! From an experiment file to a figure: what all figure programs share.
//!
//! A figure's program is its experiment file and a call of [`main`]; a user's experiment goes through the same call.

#![warn(missing_docs)]

mod all;
mod arguments;
mod builtin;
mod cluster;
mod collect;
mod concept;
mod describe;
mod drawing;
mod lines;
mod output;
mod pictures;
mod progress;
mod resources;
mod run;
mod signals;
mod submit;
mod worker;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use datasets::RawDataset;

pub use all::main_of_all;
pub use builtin::experiment;
pub use concept::{Concept, main_of_concept};
pub use pictures::{picture, pictures};
pub use statistics::command::checkout;

/// Exit code for a command line or an experiment file that cannot be used.
const USAGE: u8 = 2;

/// Runs the program of a figure of the paper, one of [`statistics::FIGURES`].
pub fn main(figure: u8) -> ExitCode {
    let arguments = arguments::FigureArguments::parse();
    let source = match &arguments.experiment {
        Some(file) => run::Source::File(file),
        None => run::Source::Builtin(builtin::file(figure).expect("a program is for a figure with an experiment")),
    };
    exit(run::run(source, &arguments.options))
}

/// Runs the program of a user's experiment, whose file the command line names.
pub fn main_of_experiment() -> ExitCode {
    main_on(std::env::args_os(), Vec::new())
}

/// Runs the same program with a command line and datasets that are given, so that it can be tested without a download.
/// Datasets that are not among `given` are fetched, as ever.
pub fn main_on(command_line: impl IntoIterator<Item = OsString>, given: Vec<RawDataset>) -> ExitCode {
    let mut arguments = arguments::ExperimentArguments::parse_from(command_line);
    arguments.options.given = given;
    let file = arguments.file.as_deref().map_or(run::Source::Builtin(""), run::Source::File);
    exit(run::run(file, &arguments.options))
}

fn exit(outcome: Result<ExitCode, run::FigureError>) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(error) => {
            terminal::err(format!("error: {error}"));
            ExitCode::from(if error.is_usage() { USAGE } else { 1 })
        }
    }
}
