//! Figure 9: what the paper supposes, measured.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(figures::main(9))
}
