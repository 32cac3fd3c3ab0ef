//! Writing to a terminal or pipe whose other end may be gone: that must not end a training.

use std::io::Write;

/// Prints a line to standard output.
pub(crate) fn out(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints a line to standard error.
pub(crate) fn err(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
