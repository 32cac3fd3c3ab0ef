//! Figure 3: learning rates.

use std::process::ExitCode;

fn main() -> ExitCode {
    figures::main(3)
}
