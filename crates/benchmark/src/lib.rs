//! How fast it is, measured against PyTorch on the same machine in the same run.
//!
//! Noise of a machine lasts longer than a measurement, so what is compared is measured in turns: one side, the other, again
//! and again, the order alternating, while the other sides idle. A comparison is then a quotient within a round, and what is
//! reported is the median of the quotients with their spread. Each part prints its tables and writes them with
//! everything needed to judge and repeat them: the machine, the commands, every single value.
//!
//! | part | question |
//! | --- | --- |
//! | `steps` | images a second of bare training steps, against PyTorch eager and compiled |
//! | `figure` | time of a whole figure, against two PyTorch scripts |
//! | `share` | time outside training steps, and share of the machine's peak |
//! | `growth` | more jobs, more stages, more images |
//! | `precision` | whether bf16 gives other test losses than fp32 |

mod arguments;
mod bare;
mod common;
mod error;
mod events;
mod figure;
mod growth;
mod images;
mod machine;
mod outcome;
mod pairs;
mod peak;
mod peer;
mod precision;
mod process;
mod session;
mod share;
mod spread;
mod steps;
mod table;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Part};
use error::BenchError;
use session::Session;

/// Exit code for a command line that cannot be used.
const USAGE: u8 = 2;

/// Runs the program.
pub fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::err(format_args!("error: {error}"));
            ExitCode::from(if matches!(error, BenchError::Refused(_)) { USAGE } else { 1 })
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), BenchError> {
    let session = Session::new(&arguments.common)?;
    match &arguments.part {
        Part::Steps(options) => session.conclude("steps", |left_out| Ok(steps::measure(&session, options, left_out))),
        Part::Figure(options) => session.conclude("figure", |left_out| figure::measure(&session, options, left_out)),
        Part::Share(options) => session.conclude("share", |_| share::measure(&session, options)),
        Part::Growth(options) => session.conclude("growth", |left_out| growth::measure(&session, options, left_out)),
        Part::Precision(options) => session.conclude("precision", |_| precision::measure(&session, options)),
        Part::All => {
            session.conclude("steps", |left_out| Ok(steps::measure(&session, &Default::default(), left_out)))?;
            session.conclude("figure", |left_out| figure::measure(&session, &Default::default(), left_out))?;
            session.conclude("share", |_| share::measure(&session, &Default::default()))?;
            session.conclude("growth", |left_out| growth::measure(&session, &Default::default(), left_out))?;
            session.conclude("precision", |_| precision::measure(&session, &Default::default()))
        }
    }
}
