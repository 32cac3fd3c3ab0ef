//! From an experiment file to a figure: what all figure programs share.
//!
//! A figure's program is its experiment file and a call of [`main`]; a user's experiment goes through the same call.

#![warn(missing_docs)]

mod arguments;
mod cluster;
mod collect;
mod describe;
mod lines;
mod output;
mod progress;
mod resources;
mod run;
mod signals;
mod submit;
mod terminal;
mod worker;

use std::process::ExitCode;

use clap::Parser;

pub use arguments::checkout;

/// Exit code for a command line or an experiment file that cannot be used.
const USAGE: u8 = 2;

/// Runs the program of a figure whose experiment file is `builtin`.
pub fn main(builtin: &str) -> ExitCode {
    let arguments = arguments::FigureArguments::parse();
    let source = match &arguments.experiment {
        Some(file) => run::Source::File(file),
        None => run::Source::Builtin(builtin),
    };
    exit(run::run(source, &arguments.options))
}

/// Runs the program of a user's experiment, whose file the command line names.
pub fn main_of_experiment() -> ExitCode {
    let arguments = arguments::ExperimentArguments::parse();
    let file = arguments.file.as_deref().map_or(run::Source::Builtin(""), run::Source::File);
    exit(run::run(file, &arguments.options))
}

fn exit(outcome: Result<ExitCode, run::FigureError>) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(error) => {
            terminal::err(&format!("error: {error}"));
            ExitCode::from(if error.is_usage() { USAGE } else { 1 })
        }
    }
}
