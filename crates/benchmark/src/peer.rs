//! PyTorch on the other side: a process that stays up and takes steps on request (`bench/steps.py`).

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::session::Session;

/// A PyTorch process. It is ended when dropped.
pub(crate) struct Peer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    errors: tempfile::NamedTempFile,
}

/// What is asked of it.
#[derive(Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(crate) enum Request<'a> {
    /// Whether it works.
    Hello,
    /// Set up a network and warm it up, compilation included.
    Prepare {
        name: &'a str,
        width: usize,
        batch: usize,
        precision: paths::Precision,
        layout: &'a str,
        compile: bool,
        device: &'a str,
        warm_up: usize,
    },
    /// Take steps with it.
    Measure { name: &'a str, steps: usize },
    /// Drop all networks.
    Forget,
}

/// Answer to [`Request::Hello`].
#[derive(Deserialize)]
pub(crate) struct About {
    pub torch: String,
    pub threads: usize,
}

/// Answer to [`Request::Prepare`].
#[derive(Deserialize)]
pub(crate) struct Ready {
    pub seconds_a_step: f64,
}

/// Answer to [`Request::Measure`].
#[derive(Deserialize)]
pub(crate) struct Measured {
    pub seconds: f64,
}

/// Answer to [`Request::Forget`].
#[derive(Deserialize)]
pub(crate) struct Forgotten {}

#[derive(Deserialize)]
#[serde(untagged)]
enum Reply<T> {
    Failure { error: String },
    Answer(T),
}

impl Peer {
    /// Starts the process.
    ///
    /// # Errors
    /// Says why it cannot be had and how to get it.
    pub fn start(session: &Session) -> Result<(Self, About), String> {
        Self::begin(&session.python, &session.file("steps.py"))
            .map_err(|reason| format!("{reason}. {}", how_to_get_it()))
    }

    fn begin(python: &Path, script: &Path) -> Result<(Self, About), String> {
        let errors = tempfile::NamedTempFile::new().map_err(|e| e.to_string())?;
        let log: File = errors.reopen().map_err(|e| e.to_string())?;
        let mut child = Command::new(python)
            .arg(script)
            // It has all cores, whatever this process was told.
            .env_remove("OMP_NUM_THREADS")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|e| format!("`{}` cannot be started: {e}", python.display()))?;
        let (input, output) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        let mut peer = Self { child, input, output: BufReader::new(output), errors };
        let about = peer
            .ask(&Request::Hello)
            .map_err(|e| format!("`{}` does not run {}: {e}", python.display(), script.display()))?;
        Ok((peer, about))
    }

    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    /// With the process's reason, or its last words where it ended.
    pub fn ask<T: DeserializeOwned>(&mut self, request: &Request<'_>) -> Result<T, String> {
        let mut line = serde_json::to_string(request).expect("a request is plain data");
        line.push('\n');
        let mut answer = String::new();
        let exchanged = self
            .input
            .write_all(line.as_bytes())
            .and_then(|()| self.input.flush())
            .and_then(|()| self.output.read_line(&mut answer));
        if !matches!(exchanged, Ok(1..)) {
            return Err(self.last_words());
        }
        match serde_json::from_str(&answer) {
            Ok(Reply::Answer(answer)) => Ok(answer),
            Ok(Reply::Failure { error }) => Err(error),
            Err(_) => Err(format!("it answered {}", answer.trim())),
        }
    }

    fn last_words(&self) -> String {
        let said = std::fs::read_to_string(self.errors.path()).unwrap_or_default();
        said.trim_end().lines().last().unwrap_or("it ended without a word").to_owned()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How to get a Python that can be measured against.
pub(crate) fn how_to_get_it() -> &'static str {
    "Install torch 2.11.0 and torchvision into an environment (`python3 -m venv peer && peer/bin/pip install -r \
     tests/fixtures/pytorch/requirements.txt`) and pass --python peer/bin/python"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_what_the_script_reads() {
        let request = Request::Measure { name: "eager", steps: 3 };
        assert_eq!(serde_json::to_string(&request).unwrap(), r#"{"do":"measure","name":"eager","steps":3}"#);
        assert_eq!(serde_json::to_string(&Request::Hello).unwrap(), r#"{"do":"hello"}"#);
    }

    #[test]
    fn an_absent_python_and_a_failing_script_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("steps.sh");
        std::fs::write(&script, "echo no torch >&2\n").unwrap();
        let reason = |python: &str| Peer::begin(Path::new(python), &script).err().unwrap();
        assert!(reason("/nonexistent/python").contains("cannot be started"));
        assert!(reason("sh").contains("no torch"));
    }

    #[test]
    fn answers_and_failures_are_understood() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("steps.sh");
        let lines = r#"read a; echo '{"torch": "2", "threads": 1}'; read b; echo '{"seconds": 0.5}'; read c; echo '{"error": "full"}'"#;
        std::fs::write(&script, lines).unwrap();
        let (mut peer, about) = Peer::begin(Path::new("sh"), &script).ok().unwrap();
        assert_eq!((about.torch.as_str(), about.threads), ("2", 1));
        let request = Request::Measure { name: "eager", steps: 3 };
        assert_eq!(peer.ask::<Measured>(&request).map(|m| m.seconds), Ok(0.5));
        assert_eq!(peer.ask::<Measured>(&request).map(|m| m.seconds), Err("full".to_owned()));
        assert!(peer.ask::<Measured>(&request).is_err());
    }
}
