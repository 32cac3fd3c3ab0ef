//! Every figure of the paper.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(figures::main_of_all())
}
