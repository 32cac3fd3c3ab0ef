//! An experiment of your own, from its file.

use std::process::ExitCode;

fn main() -> ExitCode {
    figures::main_of_experiment()
}
