//! From an experiment file to a figure: what all figure programs share.
//!
//! A figure's program is its experiment file and a call of [`main`]; a user's experiment goes through the same call.

mod command_line;
mod conductor;
mod drawing;
mod error;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use datasets::RawDataset;
use paths::{Experiment, SettingsPatch};

use command_line::{ExperimentArguments, FigureArguments};
use conductor::{Source, builtin, run};
use error::exit;

pub use conductor::main_of_all;
pub use drawing::concept::{Concept, main_of_concept};
pub use drawing::curves::learning_curves;
pub use drawing::pictures::{picture, pictures};
pub use reports::{FIGURES as WITH_TRAININGS, checkout};

/// The experiment of a figure's file at a scale, with `patches` in place of its settings; `None` where no training is behind the figure.
///
/// # Errors
/// In words, where there is no such scale or the settings do not fit.
pub fn experiment_of_figure(
    figure: u8,
    scale: Option<&str>,
    patches: &[SettingsPatch],
) -> Option<Result<Experiment, String>> {
    let source = Source::Builtin(builtin::file(figure)?);
    Some(conductor::experiment(source, scale, patches).map_err(|error| error.to_string()))
}

/// The experiment of a file of one's own, likewise.
///
/// # Errors
/// In words, where it cannot be read or is no experiment, too.
pub fn experiment_of_file(path: &Path, scale: Option<&str>, patches: &[SettingsPatch]) -> Result<Experiment, String> {
    conductor::experiment(Source::File(path), scale, patches).map_err(|error| error.to_string())
}

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
