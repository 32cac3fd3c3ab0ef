//! Figure 4: discretization.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(figures::main(4))
}
