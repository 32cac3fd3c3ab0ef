//! Looking into the store: what was trained, how, and what its weights and images are.

#![warn(missing_docs)]

mod clean;
mod export;
mod figure;
mod images;
mod measure;
mod merge;
mod norms;
mod number;
mod runs;
mod table;
mod watch;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use paths::StageId;
use sequence::{Store, StoreError};

/// Looks into what was trained.
#[derive(Parser)]
#[command(version, max_term_width = 100, name = "inspect")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the stages of a store: what was trained and what came out
    Runs(runs::Arguments),
    /// Delete weights that no unfinished plan needs; records stay
    Clean(clean::Arguments),
    /// Write the weights of a stage to a safetensors file with torchvision's names
    Export(export::Arguments),
    /// Join tables of runs from several machines into one, refusing contradictions
    Merge(merge::Arguments),
    /// Show what a measure found of a stage or of a figure's stages, and take it where that was not done while training
    Measure(measure::Arguments),
    /// Show norms of weights and biases and statistics of activations, of a stage or of a figure's conditions
    Norms(norms::Arguments),
    /// Write images of a dataset under a transformation, to compare with other programs or to look at
    Images(images::Arguments),
}

/// The store that a command looks into.
#[derive(Args)]
struct StoreArgument {
    /// The store [default: runs in the checkout]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

/// The datasets that a command reads.
#[derive(Args)]
struct DataArgument {
    /// Where datasets are kept [default: data in the checkout]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl DataArgument {
    fn folder(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| figures::checkout().join("data"))
    }
}

/// Prints what a command found. A reader such as `head` may close its end early; that is no failure of the look.
fn print(bytes: &[u8]) {
    let _ = std::io::stdout().write_all(bytes);
}

/// Writes a tensor in NumPy's format.
fn write_npy(tensor: &tch::Tensor, path: &std::path::Path) -> Result<(), InspectError> {
    let failed =
        |e: tch::TchError| InspectError::Write { path: path.to_owned(), source: std::io::Error::other(e.to_string()) };
    tensor.write_npy(path).map_err(failed)
}

/// Why a look failed.
#[derive(Debug, thiserror::Error)]
enum InspectError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Execute(#[from] sequence::ExecuteError),
    #[error(transparent)]
    Submission(#[from] submission::SubmissionError),
    #[error(transparent)]
    Dataset(#[from] datasets::DatasetError),
    #[error("{path} cannot be written: {source}")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("{0}")]
    Refused(String),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Runs(arguments) => runs::run(&arguments),
        Command::Clean(arguments) => clean::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Merge(arguments) => merge::run(&arguments),
        Command::Measure(arguments) => measure::run(&arguments),
        Command::Norms(arguments) => norms::run(&arguments),
        Command::Images(arguments) => images::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::err(format_args!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

impl StoreArgument {
    fn open(&self) -> Result<Store, InspectError> {
        let root = self.store.clone().unwrap_or_else(|| figures::checkout().join("runs"));
        if !root.exists() {
            let text = format!("there is no store {}; nothing was trained there yet", root.display());
            return Err(InspectError::Refused(text));
        }
        Ok(Store::open_to_read(&root)?)
    }
}

/// The stage whose identity begins with `prefix`.
fn find_stage(store: &Store, prefix: &str) -> Result<StageId, InspectError> {
    let found: Vec<StageId> =
        store.stages()?.into_iter().filter(|id| id.to_string().starts_with(&prefix.to_lowercase())).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => {
            Err(InspectError::Refused(format!("no finished stage begins with `{prefix}`; `inspect runs` lists them")))
        }
        many => Err(InspectError::Refused(format!("{} stages begin with `{prefix}`; give more digits", many.len()))),
    }
}
