//! Looking into the store: what was trained, how, and what its weights and images are.

mod clean;
mod common;
mod curves;
mod dataset;
mod error;
mod experiment;
mod export;
mod images;
mod measure;
mod merge;
mod norms;
mod number;
mod output;
mod runs;
mod table;
mod tensorboard;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    /// Write the weights of a stage to a safetensors file with torchvision's names, or everything by epoch for TensorBoard
    Export(export::Arguments),
    /// Join tables of runs from several machines into one, refusing contradictions
    Merge(merge::Arguments),
    /// Show what a measure found of a stage or of a figure's stages, and take it where that was not done while training
    Measure(measure::Arguments),
    /// Show norms of weights and biases and statistics of activations, of a stage or of a figure's conditions
    Norms(norms::Arguments),
    /// Draw the learning curves of a stage's path, of a figure's conditions or of a table of runs
    Curves(curves::Arguments),
    /// Write images of a dataset under a transformation, to compare with other programs or to look at
    Images(images::Arguments),
    /// Write a dataset's official files, unpacked, to take them to another machine
    Dataset(dataset::Arguments),
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
        Command::Curves(arguments) => curves::run(&arguments),
        Command::Images(arguments) => images::run(&arguments),
        Command::Dataset(arguments) => dataset::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::err(format_args!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}
