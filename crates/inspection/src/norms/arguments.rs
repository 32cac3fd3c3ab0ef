//! The command line of `inspect norms`.

use clap::Args;

use crate::common::{ExperimentArgument, StoreArgument};

#[derive(Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["stage", "figure", "experiment"])))]
pub(crate) struct Arguments {
    /// The stage, or the first digits of it, as `inspect runs` shows
    pub(super) stage: Option<String>,

    #[command(flatten)]
    pub(super) experiment: ExperimentArgument,

    /// Of a stage: the moment whose layers are listed, which is received, start, an epoch's number, or end
    #[arg(long, value_name = "MOMENT", conflicts_with_all = ["figure", "experiment"], default_value = "end")]
    pub(super) moment: training::Moment,

    /// Print the table of measures behind it as CSV: every number of every parameter and non-linearity at every moment
    #[arg(long, conflicts_with = "json")]
    pub(super) csv: bool,

    /// Print everything as JSON
    #[arg(long)]
    pub(super) json: bool,

    #[command(flatten)]
    pub(super) store: StoreArgument,
}
