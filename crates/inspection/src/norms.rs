//! `inspect norms`: what training does to weights, biases and activations.

mod conditions;
mod stage;

use std::io::Write;

use clap::Args;
use training::{Measurement, ParameterKind, Totals};

use crate::{InspectError, StoreArgument};

#[derive(Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["stage", "figure"])))]
pub(crate) struct Arguments {
    /// The stage, or the first digits of it, as `inspect runs` shows
    stage: Option<String>,

    /// Compare the conditions of this figure instead: 3, 4, 5, 6 or 8
    #[arg(long, value_name = "N")]
    figure: Option<u8>,

    /// The scale of the figure [default: demo]
    #[arg(long, value_name = "NAME", requires = "figure")]
    scale: Option<String>,

    /// Of a stage: the moment whose layers are listed, which is received, start, or an epoch's number [default: the weights
    /// handed on]
    #[arg(long, value_name = "MOMENT", conflicts_with = "figure")]
    moment: Option<training::Moment>,

    /// Print CSV: every parameter at every moment (with --activations, every ReLU)
    #[arg(long, conflicts_with = "json")]
    csv: bool,

    /// With --csv, print the table of activations instead of the one of norms
    #[arg(long, requires = "csv")]
    activations: bool,

    /// Print everything as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    store: StoreArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), InspectError> {
    let text = match (&arguments.stage, arguments.figure) {
        (Some(stage), _) => stage::text(arguments, stage)?,
        (None, Some(figure)) => conditions::text(arguments, figure)?,
        (None, None) => unreachable!("the command line asks for one of the two"),
    };
    // A reader such as `head` may close its end early; that is no failure of the look.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// What a look says of the network as a whole.
struct Whole {
    weights: Totals,
    shifts: Totals,
    classifier: Totals,
    biases: Totals,
    all: Totals,
    /// Mean over the ReLUs of the share of outputs that are zero.
    zero_share: f64,
    /// Mean over the ReLUs of the share of channels that never fire.
    silent_share: f64,
}

impl Whole {
    fn of(measurement: &Measurement) -> Self {
        let totals = |chosen: fn(ParameterKind) -> bool| Totals::of(&measurement.parameters, chosen);
        let layers = &measurement.activations;
        let mean = |share: fn(&training::ActivationStatistics) -> f64| {
            layers.iter().map(share).sum::<f64>() / layers.len() as f64
        };
        Self {
            weights: totals(|kind| kind == ParameterKind::Weight),
            shifts: totals(|kind| kind == ParameterKind::Shift),
            classifier: totals(|kind| kind == ParameterKind::ClassifierBias),
            biases: totals(ParameterKind::is_bias),
            all: totals(|_| true),
            zero_share: mean(|layer| layer.zero_share),
            silent_share: mean(|layer| layer.silent_share),
        }
    }
}

/// A number to four significant digits.
fn short(value: f64) -> String {
    if value != 0.0 && value.is_finite() && !(1e-3..1e5).contains(&value.abs()) {
        return format!("{value:.3e}");
    }
    let digits = if value == 0.0 || !value.is_finite() { 0 } else { value.abs().log10().floor() as i32 };
    let decimals = (3 - digits).clamp(0, 6) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_have_four_digits() {
        let texts = [0.0, 1.23456, 12.3456, 123.456, 0.0123456, 1.2e-5, 1.2e7].map(super::short);
        assert_eq!(texts, ["0.000", "1.235", "12.35", "123.5", "0.01235", "1.200e-5", "1.200e7"]);
    }
}
