//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use paths::Precision;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use training::DeviceChoice;

use crate::{figure, growth, precision, share, steps};

/// Measures how fast training is, in turns with PyTorch on the same machine.
///
/// Numbers mean something only on a machine that does nothing else; the load at the start is recorded with them.
#[derive(Parser, Clone, Debug)]
#[command(name = "bench", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub common: Common,

    #[command(subcommand)]
    pub part: Part,
}

#[derive(Subcommand, Clone, Debug)]
pub(crate) enum Part {
    /// Images a second of bare training steps, against PyTorch eager and compiled
    Steps(steps::Options),
    /// Time of the whole grids of Figures 3 and 6, against two PyTorch scripts
    Figure(figure::Options),
    /// Share of the time outside training steps, and of the machine's peak
    Share(share::Options),
    /// More jobs, more stages, more images
    Growth(growth::Options),
    /// Test losses in bf16 against fp32
    Precision(precision::Options),
    /// All of these with their defaults, one after another
    All,
}

/// What every part takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Common {
    /// Everything at its smallest, in seconds: a check that it works, whose numbers mean nothing
    #[arg(long, global = true)]
    pub quick: bool,

    /// Where to write JSON and tables [default: reports/bench in the checkout; with --quick, nowhere]
    #[arg(long, global = true, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Where to compute, for both sides: auto, cpu or cuda:N
    #[arg(long, global = true, default_value = "auto")]
    pub device: DeviceChoice,

    /// Rounds in which each side is measured once [default: 5; with --quick, 2]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(2..=1000))]
    pub pairs: Option<u16>,

    /// A Python with torch and torchvision [default: $PYTHON, else python3]
    #[arg(long, global = true, value_name = "PROGRAM")]
    pub python: Option<PathBuf>,

    /// Where datasets are kept [default: data in the checkout]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Where temporary stores are made [default: the system's folder for temporary files]
    #[arg(long, global = true, value_name = "DIR")]
    pub scratch: Option<PathBuf>,
}

/// Reads `fp32` or `bf16`.
pub(crate) fn parse_precision(text: &str) -> Result<Precision, String> {
    Precision::deserialize(text.into_deserializer()).map_err(|e: serde::de::value::Error| e.to_string())
}

/// What was asked for, or the default of a quick or a full run.
pub(crate) fn or_default<T: Clone>(asked: &[T], quick: bool, small: &[T], full: &[T]) -> Vec<T> {
    let default = if quick { small } else { full };
    if asked.is_empty() { default } else { asked }.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
        assert!(Arguments::try_parse_from(["bench"]).is_err());
        assert!(Arguments::try_parse_from(["bench", "all", "--quick", "--pairs", "2"]).is_ok());
        assert!(Arguments::try_parse_from(["bench", "steps", "--precisions", "fp8"]).is_err());
        let given =
            Arguments::try_parse_from(["bench", "--quick", "steps", "--widths", "8,16", "--precisions", "bf16"]);
        let Part::Steps(options) = given.unwrap().part else { panic!("another part") };
        assert_eq!((options.widths, options.precisions), (vec![8, 16], vec![Precision::Bf16]));
    }
}
