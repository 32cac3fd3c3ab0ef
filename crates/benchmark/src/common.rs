//! What the command lines of all parts have in common.

use std::path::PathBuf;

use clap::Args;
use paths::{Precision, Stem};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use training::DeviceChoice;

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

/// Reads `fp32`, `bf16` or `tf32`, which CPUs do not have.
pub(crate) fn parse_precision(text: &str) -> Result<Precision, String> {
    Precision::deserialize(text.into_deserializer()).map_err(|e: serde::de::value::Error| e.to_string())
}

/// Reads `3x3` or `7x7`.
pub(crate) fn parse_stem(text: &str) -> Result<Stem, String> {
    Stem::deserialize(text.into_deserializer()).map_err(|e: serde::de::value::Error| e.to_string())
}

/// What was asked for, or the default of a quick or a full run.
pub(crate) fn or_default<T: Clone>(asked: &[T], quick: bool, small: &[T], full: &[T]) -> Vec<T> {
    let default = if quick { small } else { full };
    if asked.is_empty() { default } else { asked }.to_vec()
}

/// The precision as the command line has it.
pub(crate) fn name(precision: Precision) -> &'static str {
    match precision {
        Precision::Fp32 => "fp32",
        Precision::Tf32 => "tf32",
        Precision::Bf16 => "bf16",
    }
}
