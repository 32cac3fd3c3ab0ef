//! Statistics of finished runs, and the verdicts on the claims.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(reports::command::main())
}
