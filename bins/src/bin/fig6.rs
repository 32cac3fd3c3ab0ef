//! Figure 6: the bias reset.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(figures::main(6))
}
