//! Figure 8: norms and activations.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(figures::main(8))
}
