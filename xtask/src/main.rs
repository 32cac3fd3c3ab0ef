//! `cargo xtask`: the one door for everything that is not `cargo build`.
//!
//! It compiles without libtorch, because getting libtorch is its first job.

mod bundle;
mod cargo;
mod libtorch;
mod version;
mod wheel;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Sets up, tests, and makes figures.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Gets libtorch into the checkout; does nothing where that is done
    Setup {
        /// Keep the CUDA libraries as well (several gigabytes)
        #[arg(long)]
        cuda: bool,
    },
    /// Sets up what is missing, trains and draws a figure of the paper
    Figure {
        /// The figure's number, or all
        #[arg(value_parser = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "all"])]
        number: String,
        /// Options of the figure's program, such as --scale (see `cargo xtask figure 6 -- --help`)
        #[arg(last = true)]
        options: Vec<OsString>,
    },
    /// Sets up what is missing, and runs an experiment file of your own
    Run {
        /// The experiment, a TOML file
        file: PathBuf,
        /// Options of the program (see `cargo xtask run FILE -- --help`)
        #[arg(last = true)]
        options: Vec<OsString>,
    },
    /// Sets up what is missing, and computes the statistics of finished runs (see `cargo xtask report -- --help`)
    Report {
        /// Which runs, and how
        #[arg(last = true)]
        options: Vec<OsString>,
    },
    /// Sets up what is missing, and looks into what was trained (see `cargo xtask inspect -- --help`)
    Inspect {
        /// What to look at, and how
        #[arg(last = true)]
        options: Vec<OsString>,
    },
    /// Sets up what is missing, and measures how fast training is (see `cargo xtask bench -- --help`)
    Bench {
        /// What to measure, and how
        #[arg(last = true)]
        options: Vec<OsString>,
    },
    /// Sets up what is missing, and writes programs, experiments and datasets to a folder, for machines without Rust
    Bundle {
        /// Datasets to take along
        #[arg(long, value_delimiter = ',', value_name = "NAME,…", value_parser = bundle::DATASETS)]
        datasets: Vec<String>,
        /// Pack the bundle into parts of at most so many bytes, such as 60M
        #[arg(long, value_name = "BYTES", value_parser = bundle::parse_bytes)]
        part_size: Option<u64>,
        /// The folder to write, which must be empty or not there
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Sets up what is missing, and runs every test of the workspace
    Test {
        /// Options of `cargo test`
        #[arg(last = true)]
        options: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").to_owned();
    terminal::finish(match run(&root, Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            terminal::err(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    })
}

fn run(root: &Path, task: Task) -> anyhow::Result<ExitCode> {
    match task {
        Task::Setup { cuda } => {
            let found = libtorch::set_up(root, cuda)?;
            libtorch::complete(root)?;
            terminal::out(format_args!("libtorch {} is set up: {}", version::VERSION, found.display()));
            Ok(ExitCode::SUCCESS)
        }
        Task::Figure { number, options } => {
            libtorch::set_up(root, false)?;
            let program = if number == "all" { "figures".to_owned() } else { format!("fig{number}") };
            cargo::run_binary(root, &program, options)
        }
        Task::Run { file, options } => {
            libtorch::set_up(root, false)?;
            cargo::run_binary(root, "experiment", [file.into_os_string()].into_iter().chain(options))
        }
        Task::Report { options } => {
            libtorch::set_up(root, false)?;
            cargo::run_binary(root, "report", options)
        }
        Task::Inspect { options } => {
            libtorch::set_up(root, false)?;
            cargo::run_binary(root, "inspect", options)
        }
        Task::Bench { options } => {
            libtorch::set_up(root, false)?;
            cargo::run_binary(root, "bench", options)
        }
        Task::Bundle { datasets, part_size, to } => {
            libtorch::set_up(root, false)?;
            bundle::make(root, &bundle::Order { datasets, part_bytes: part_size, to })
        }
        Task::Test { options } => {
            libtorch::set_up(root, false)?;
            cargo::run_tests(root, options)
        }
    }
}
