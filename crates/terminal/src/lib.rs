//! Writing to a terminal or pipe whose other end may be gone: `println!` panics there, and a closed pager must neither end
//! a training nor turn a finished command into a failed one.

#![warn(missing_docs)]

use std::fmt::Display;
use std::io::Write;

/// Prints a line to standard output.
pub fn out(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints a line to standard error.
pub fn err(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
