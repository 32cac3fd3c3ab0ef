//! Figure 1: a learning path on the manifold of tasks.

use std::process::ExitCode;

fn main() -> ExitCode {
    terminal::finish(figures::main_of_concept(figures::Concept::LearningPath))
}
