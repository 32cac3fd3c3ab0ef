//! Standard output and error.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

/// Why standard output takes nothing any more. A process has one.
static CLOSED: Mutex<Option<io::Error>> = Mutex::new(None);

/// Prints a line to standard output.
pub fn out(text: impl Display) {
    write(format!("{text}\n").as_bytes());
}

/// Writes bytes to standard output. After a failure nothing more is written, so that what is there has no gaps.
pub fn write(bytes: &[u8]) {
    let mut closed = CLOSED.lock().unwrap_or_else(PoisonError::into_inner);
    if closed.is_none() {
        let mut stdout = io::stdout().lock();
        *closed = stdout.write_all(bytes).and_then(|()| stdout.flush()).err();
    }
}

/// Whether standard output has taken all that was written so far.
pub fn is_open() -> bool {
    CLOSED.lock().unwrap_or_else(PoisonError::into_inner).is_none()
}

/// Prints a line to standard error.
pub fn err(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// The exit code of a program that would end with `code`: a failure, which is said, where standard output could not be written
/// for another reason than that its reader is gone. Every program's last call.
pub fn finish(code: ExitCode) -> ExitCode {
    let closed = CLOSED.lock().unwrap_or_else(PoisonError::into_inner);
    match closed.as_ref().filter(|cause| cause.kind() != ErrorKind::BrokenPipe) {
        Some(cause) => {
            err(format_args!("error: standard output cannot be written: {cause}; what it holds is incomplete"));
            if code == ExitCode::SUCCESS { ExitCode::FAILURE } else { code }
        }
        None => code,
    }
}
