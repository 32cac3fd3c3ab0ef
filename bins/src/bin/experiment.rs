//! An experiment of your own, from its file.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(figures::main_of_experiment())
}
