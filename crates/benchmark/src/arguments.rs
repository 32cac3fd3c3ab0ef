//! The command line.

use clap::{Parser, Subcommand};

use crate::common::Common;
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use paths::Precision;

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
