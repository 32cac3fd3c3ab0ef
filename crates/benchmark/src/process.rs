//! Running other programs and measuring them from outside.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::error::BenchError;

/// Between two looks at a running program; bounds the error of its time.
const LOOK: Duration = Duration::from_millis(1);
/// Looks between two readings of its memory.
const LOOKS_A_READING: usize = 20;

/// A program that came to its end.
pub(crate) struct Finished {
    pub seconds: f64,
    /// Most memory that was resident at once, in bytes; that of its children is not in it.
    pub peak_bytes: u64,
    pub output: String,
}

/// Runs a program to its end; `None` where it takes longer than `limit` and is ended.
pub(crate) fn run(mut command: Command, limit: Duration) -> Result<Option<Finished>, BenchError> {
    let text = line(&command);
    let failed = |reason: String| BenchError::Process { command: text.clone(), reason };
    let file = || tempfile::tempfile().map_err(BenchError::io(Path::new("a temporary file")));
    let (output, errors) = (file()?, file()?);
    let clone = |file: &File| file.try_clone().map_err(BenchError::io(Path::new("a temporary file")));
    command.stdin(Stdio::null()).stdout(clone(&output)?).stderr(clone(&errors)?);
    let began = Instant::now();
    let mut child = command.spawn().map_err(|e| failed(format!("cannot be started: {e}")))?;
    let (mut peak_bytes, mut looks) = (0, 0);
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|e| failed(e.to_string()))? {
            break status;
        }
        if looks % LOOKS_A_READING == 0 {
            peak_bytes = peak_resident_bytes(child.id()).unwrap_or(peak_bytes);
        }
        if began.elapsed() > limit {
            child.kill().and_then(|()| child.wait()).map_err(|e| failed(e.to_string()))?;
            return Ok(None);
        }
        looks += 1;
        std::thread::sleep(LOOK);
    };
    let seconds = began.elapsed().as_secs_f64();
    if !status.success() {
        let said = contents(errors);
        let last = said.trim_end().lines().last().unwrap_or("it said nothing");
        return Err(failed(format!("ended with {status}: {last}")));
    }
    Ok(Some(Finished { seconds, peak_bytes, output: contents(output) }))
}

/// A command as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn contents(mut file: File) -> String {
    let mut bytes = Vec::new();
    // What cannot be read back is only missing from a message.
    let _ = file.rewind().and_then(|()| file.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The high-water mark of a process's resident memory so far.
fn peak_resident_bytes(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(kib.trim().trim_end_matches(" kB").parse::<u64>().ok()? << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn time_memory_and_output_of_a_program() {
        let finished = run(shell("sleep 0.1; echo done"), Duration::from_secs(60)).unwrap().unwrap();
        assert!(finished.seconds >= 0.1 && finished.peak_bytes > 0);
        assert_eq!(finished.output, "done\n");
    }

    #[test]
    fn a_failure_tells_its_command_and_its_last_words() {
        let error = run(shell("echo no disk >&2; exit 3"), Duration::from_secs(60)).err().unwrap().to_string();
        for part in ["sh -c", "3", "no disk"] {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn what_takes_too_long_is_ended() {
        let began = Instant::now();
        assert!(run(shell("exec sleep 600"), Duration::from_millis(50)).unwrap().is_none());
        assert!(began.elapsed() < Duration::from_secs(300));
    }
}
