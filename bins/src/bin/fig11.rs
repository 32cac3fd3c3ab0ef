//! Figure 11: remedies beside one another.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(figures::main(11))
}
