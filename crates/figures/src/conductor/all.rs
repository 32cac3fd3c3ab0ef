//! Every figure of the paper, one after the other.

use std::process::ExitCode;

use clap::Parser;

use crate::command_line::AllArguments;
use crate::conductor::builtin;
use crate::conductor::read::Source;
use crate::conductor::run::run;
use crate::conductor::signals::INTERRUPTED;
use crate::drawing::concept::{self, Concept};
use crate::error::exit;

/// Figures in an order in which what they share is trained with the one that needs it most: 3, 8, 9 and 10 share with 6.
const ORDER: [u8; 8] = [6, 3, 8, 10, 9, 4, 5, 11];

/// Runs the program of all figures: the concept figures, then the figures that trainings are behind.
pub fn main_of_all() -> ExitCode {
    let options = AllArguments::parse().options;
    if options.cluster.is_one_job() {
        return exit(run(Source::Builtin(""), &options));
    }
    let mut outcome = ExitCode::SUCCESS;
    for which in [Concept::LearningPath, Concept::Timelines, Concept::Gallery] {
        if !options.plan && !options.cluster.dry_run {
            let code = concept::main_with(which, &concept::Arguments::of(&options));
            if code != ExitCode::SUCCESS {
                outcome = code;
            }
        }
    }
    for figure in ORDER {
        if !options.quiet && !options.plan {
            terminal::err(format!("Figure {figure}"));
        }
        let source = Source::Builtin(builtin::file(figure).expect("the order has figures with experiments only"));
        let code = exit(run(source, &options));
        if code == ExitCode::from(INTERRUPTED) {
            return code;
        }
        if code != ExitCode::SUCCESS {
            outcome = code;
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_figure_with_an_experiment_has_its_turn() {
        let mut order = super::ORDER;
        order.sort_unstable();
        assert_eq!(order, reports::FIGURES);
    }
}
