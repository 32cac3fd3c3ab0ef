//! Figure 10: learning curves.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(figures::main(10))
}
