//! Figure 1: a learning path on the manifold of tasks.

use std::process::ExitCode;

fn main() -> ExitCode {
    figures::main_of_concept(figures::Concept::LearningPath)
}
