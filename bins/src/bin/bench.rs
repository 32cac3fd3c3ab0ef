//! How fast it is, measured in turns with PyTorch.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(benchmark::main())
}
