//! Other programs, run with argument lists and without a shell; their output is shown upon failure only.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::DatasetError;

/// After this long a command counts as stuck.
const TIME_LIMIT: Duration = Duration::from_secs(20 * 60);
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// How much of a failed command's output its error shows.
const SHOWN_BYTES: u64 = 2000;

/// Runs a program in a directory until it succeeds.
pub(crate) fn run(program: &str, arguments: &[&str], directory: &Path) -> Result<(), DatasetError> {
    let failed = |reason: String| DatasetError::Command { command: line(program, arguments), reason };
    // A file cannot fill up and block the program, as a pipe that nobody reads would.
    let log = tempfile::tempfile().map_err(|cause| failed(cause.to_string()))?;
    let output = log.try_clone().map_err(|cause| failed(cause.to_string()))?;
    let mut child = start(program, arguments, directory, Stdio::from(output), &log)?;
    let status = wait(&mut child).map_err(|cause| failed(cause.to_string()))?;
    match status {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(failed(format!("{status}; it printed:\n{}", tail(log)))),
        None => Err(failed(format!(
            "stopped after {} minutes without an end; it printed:\n{}",
            TIME_LIMIT.as_secs() / 60,
            tail(log)
        ))),
    }
}

/// Runs a program and lets `read` take what it needs of the output, which need not be all.
pub(crate) fn read_output<T>(
    program: &str,
    arguments: &[&str],
    directory: &Path,
    read: impl FnOnce(ChildStdout) -> Result<T, DatasetError>,
) -> Result<T, DatasetError> {
    let failed = |reason: String| DatasetError::Command { command: line(program, arguments), reason };
    let log = tempfile::tempfile().map_err(|cause| failed(cause.to_string()))?;
    let mut child = start(program, arguments, directory, Stdio::piped(), &log)?;
    let outcome = match child.stdout.take() {
        Some(output) => read(output),
        None => Err(failed("it has no output".to_string())),
    };
    if outcome.is_ok() {
        // The wanted part has been read; the rest is of no interest.
        let _ = child.kill();
    }
    let status = wait(&mut child).map_err(|cause| failed(cause.to_string()))?;
    let printed = tail(log);
    match outcome {
        // Output that ends too early is the consequence; what the program complained about is the cause.
        Err(_) if !status.is_some_and(|status| status.success()) && !printed.is_empty() => Err(failed(printed)),
        outcome => outcome,
    }
}

fn start(
    program: &str,
    arguments: &[&str],
    directory: &Path,
    output: Stdio,
    log: &File,
) -> Result<Child, DatasetError> {
    let spawned = log.try_clone().and_then(|log| {
        Command::new(program)
            .args(arguments)
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(Stdio::from(log))
            .spawn()
    });
    spawned.map_err(|cause| {
        let reason = match cause.kind() {
            io::ErrorKind::NotFound => format!("{program} is not installed"),
            _ => format!("cannot be started: {cause}"),
        };
        DatasetError::Command { command: line(program, arguments), reason }
    })
}

/// Waits for the end; `None` where the time limit was reached and the program was stopped.
fn wait(child: &mut Child) -> io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() > TIME_LIMIT {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(POLL_INTERVAL);
    }
}

fn tail(mut log: File) -> String {
    let mut bytes = Vec::new();
    let read = log
        .seek(SeekFrom::End(0))
        .and_then(|end| log.seek(SeekFrom::Start(end.saturating_sub(SHOWN_BYTES))))
        .and_then(|_| log.take(SHOWN_BYTES).read_to_end(&mut bytes));
    match read {
        Ok(_) => String::from_utf8_lossy(&bytes).trim().to_string(),
        Err(error) => format!("(its output cannot be read: {error})"),
    }
}

fn line(program: &str, arguments: &[&str]) -> String {
    let words: Vec<&str> = std::iter::once(program).chain(arguments.iter().copied()).collect();
    words.join(" ")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn success_is_silent_and_failure_is_not() {
        let here = Path::new(".");
        run("sh", &["-c", "echo fine"], here).unwrap();
        let error = run("sh", &["-c", "echo out; echo reason >&2; exit 3"], here).unwrap_err().to_string();
        for part in ["sh -c", "exit status: 3", "out", "reason"] {
            assert!(error.contains(part), "{part:?} is missing from:\n{error}");
        }
    }

    #[test]
    fn an_absent_program_is_named() {
        let error = run("no-such-program", &["x"], Path::new(".")).unwrap_err().to_string();
        assert_eq!(error, "`no-such-program x`: no-such-program is not installed");
    }

    #[test]
    fn output_may_be_read_in_part() {
        let here = Path::new(".");
        let first = read_output("sh", &["-c", "while echo line; do :; done"], here, |mut output| {
            let mut bytes = [0; 4];
            output.read_exact(&mut bytes).map_err(|cause| DatasetError::io(here, "read", cause))?;
            Ok(bytes)
        });
        assert_eq!(&first.unwrap(), b"line");
    }

    #[test]
    fn the_program_s_complaint_comes_first() {
        let here = Path::new(".");
        let outcome: Result<(), _> = read_output("sh", &["-c", "echo complaint >&2; exit 2"], here, |_| {
            Err(DatasetError::malformed("f", "something", "nothing"))
        });
        assert!(outcome.unwrap_err().to_string().contains("complaint"));
    }
}
