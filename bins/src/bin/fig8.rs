//! Figure 8: norms and activations.

use std::process::ExitCode;

fn main() -> ExitCode {
    figures::main(8)
}
