//! Figure 2: the sequence of two tasks and the interventions as timelines.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(figures::main_of_concept(figures::Concept::Timelines))
}
