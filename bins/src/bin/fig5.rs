//! Figure 5: two-dimensional paths.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(figures::main(5))
}
