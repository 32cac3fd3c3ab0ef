//! `inspect norms`: what training does to weights, biases and activations.

mod conditions;
mod look;
mod stage;

use clap::Args;

use crate::{InspectError, StoreArgument, print};

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

    /// Of a stage: the moment whose layers are listed, which is received, start, an epoch's number, or end
    #[arg(long, value_name = "MOMENT", conflicts_with = "figure", default_value = "end")]
    moment: training::Moment,

    /// Print the table of measures behind it as CSV: every number of every parameter and non-linearity at every moment
    #[arg(long, conflicts_with = "json")]
    csv: bool,

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
    print(text.as_bytes());
    Ok(())
}
