//! Figure 3: learning rates.

use std::process::ExitCode;

fn main() -> ExitCode {
    figures::main(include_str!("../../../experiments/fig3.toml"))
}
