//! Figure 4: discretization.

use std::process::ExitCode;

fn main() -> ExitCode {
    figures::main(4)
}
