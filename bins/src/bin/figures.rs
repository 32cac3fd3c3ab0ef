//! Every figure of the paper.

use std::process::ExitCode;

fn main() -> ExitCode {
    figures::main_of_all()
}
