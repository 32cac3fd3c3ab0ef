//! Figure 3: learning rates.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(figures::main(3))
}
