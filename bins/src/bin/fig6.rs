//! Figure 6: the bias reset.

use std::process::ExitCode;

fn main() -> ExitCode {
    figures::main(6)
}
