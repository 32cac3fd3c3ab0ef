//! A look into what was trained.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(inspection::main())
}
