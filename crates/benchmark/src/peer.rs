//! PyTorch on the other side: a process that stays up and takes steps on request (`bench/steps.py`).

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

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

/// Processes that take the same steps at the same time.
pub(crate) struct Peers {
    peers: Vec<Peer>,
    /// Their PyTorch.
    pub torch: String,
    /// Threads of each.
    pub threads: usize,
}

/// What is asked of it.
#[derive(Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(crate) enum Request<'a> {
    /// Whether it works.
    Hello,
    /// Set up a network and warm it up, compilation included.
    Prepare {
        width: usize,
        stem: paths::Stem,
        batch: usize,
        precision: paths::Precision,
        layout: &'a str,
        /// eager, compiled or captured.
        how: &'a str,
        device: &'a str,
        warm_up: usize,
    },
    /// Take steps with it.
    Measure { steps: usize },
}

/// Answer to [`Request::Hello`].
#[derive(Deserialize)]
struct About {
    torch: String,
    threads: usize,
}

/// Answer to [`Request::Prepare`].
#[derive(Deserialize)]
struct Ready {
    seconds_a_step: f64,
}

/// Answer to [`Request::Measure`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Done {}

#[derive(Deserialize)]
#[serde(untagged)]
enum Reply<T> {
    Failure { error: String },
    Answer(T),
}

impl Peer {
    fn begin(python: &Path, script: &Path, threads: Option<usize>) -> Result<(Self, About), String> {
        let errors = tempfile::NamedTempFile::new().map_err(|e| e.to_string())?;
        let log: File = errors.reopen().map_err(|e| e.to_string())?;
        let mut command = Command::new(python);
        match threads {
            Some(threads) => command.env("OMP_NUM_THREADS", threads.to_string()),
            // It has all cores, whatever this process was told.
            None => command.env_remove("OMP_NUM_THREADS"),
        };
        let mut child = command
            .arg(script)
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
    fn ask<T: DeserializeOwned>(&mut self, request: &Request<'_>) -> Result<T, String> {
        self.send(request)?;
        self.answer()
    }

    fn send(&mut self, request: &Request<'_>) -> Result<(), String> {
        let mut line = serde_json::to_string(request).expect("a request is plain data");
        line.push('\n');
        let sent = self.input.write_all(line.as_bytes()).and_then(|()| self.input.flush());
        sent.map_err(|_| self.last_words())
    }

    fn answer<T: DeserializeOwned>(&mut self) -> Result<T, String> {
        let mut answer = String::new();
        if !matches!(self.output.read_line(&mut answer), Ok(1..)) {
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

impl Peers {
    /// Starts so many processes, with so many threads each or, without a number, all cores.
    ///
    /// # Errors
    /// Says why they cannot be had and how to get them.
    pub fn start(session: &Session, processes: usize, threads: Option<usize>) -> Result<Self, String> {
        let begin = |_| Peer::begin(&session.python, &session.file("steps.py"), threads);
        let started: Result<Vec<_>, _> = (0..processes).map(begin).collect();
        let started = started.map_err(|reason| format!("{reason}. {}", how_to_get_it()))?;
        let (peers, mut about): (Vec<Peer>, Vec<About>) = started.into_iter().unzip();
        let About { torch, threads } = about.pop().ok_or("no process was asked for")?;
        Ok(Self { peers, torch, threads })
    }

    /// Sets a network up in every process, one after another; seconds of a step of the last.
    pub fn prepare(&mut self, request: &Request<'_>) -> Result<f64, String> {
        let mut seconds = 0.0;
        self.each(|peer| {
            seconds = peer.ask::<Ready>(request)?.seconds_a_step;
            Ok(())
        })?;
        Ok(seconds)
    }

    /// Seconds until every process has taken so many steps, all at the same time, after one that is not counted.
    pub fn measure(&mut self, steps: usize) -> Result<f64, String> {
        self.at_once(&Request::Measure { steps: 1 })?;
        let began = Instant::now();
        self.at_once(&Request::Measure { steps })?;
        Ok(began.elapsed().as_secs_f64())
    }

    fn at_once(&mut self, request: &Request<'_>) -> Result<(), String> {
        self.each(|peer| peer.send(request))?;
        self.each(|peer| peer.answer().map(|Done {}| ()))
    }

    /// Does something with every process.
    fn each(&mut self, act: impl FnMut(&mut Peer) -> Result<(), String>) -> Result<(), String> {
        self.peers.iter_mut().try_for_each(act)
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
        let request = Request::Measure { steps: 3 };
        assert_eq!(serde_json::to_string(&request).unwrap(), r#"{"do":"measure","steps":3}"#);
        assert_eq!(serde_json::to_string(&Request::Hello).unwrap(), r#"{"do":"hello"}"#);
    }

    #[test]
    fn an_absent_python_and_a_failing_script_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("steps.sh");
        std::fs::write(&script, "echo no torch >&2\n").unwrap();
        let reason = |python: &str| Peer::begin(Path::new(python), &script, None).err().unwrap();
        assert!(reason("/nonexistent/python").contains("cannot be started"));
        assert!(reason("sh").contains("no torch"));
    }

    #[test]
    fn answers_and_failures_are_understood() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("steps.sh");
        let lines = r#"read a; echo '{"torch": "2", "threads": 1}'; read b; echo '{"seconds_a_step": 0.5}'; read c; echo '{"error": "full"}'"#;
        std::fs::write(&script, lines).unwrap();
        let (mut peer, about) = Peer::begin(Path::new("sh"), &script, Some(1)).ok().unwrap();
        assert_eq!((about.torch.as_str(), about.threads), ("2", 1));
        let request = Request::Measure { steps: 3 };
        let mut ask = || peer.ask::<Ready>(&request).map(|ready| ready.seconds_a_step);
        assert_eq!((ask(), ask()), (Ok(0.5), Err("full".to_owned())));
        assert!(ask().is_err());
    }
}
