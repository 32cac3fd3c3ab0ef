//! Figure 7: example images of each dataset under each transformation.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(figures::main_of_concept(figures::Concept::Gallery))
}
