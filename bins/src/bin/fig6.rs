//! Figure 6: the bias reset.

use std::process::ExitCode;

fn main() -> ExitCode {
    figures::main(include_str!("../../../experiments/fig6.toml"))
}
