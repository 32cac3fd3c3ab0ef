//! Figure 5: two-dimensional paths.

use std::process::ExitCode;

fn main() -> ExitCode {
    figures::main(5)
}
