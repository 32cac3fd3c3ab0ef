//! `inspect runs --watch`: how far a submitted plan is.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{IsTerminal, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use counted::counted;
use paths::StageId;
use sequence::{Outcome, Store, StoreError, leased};
use submission::{Fate, Launch, Queue, Slurm, State, Submission, SubmittedStage, latest, named, states};

use crate::error::InspectError;

/// Lines of the log of a failed stage that are shown.
const TAIL_LINES: usize = 8;
/// Stages that are shown of each kind; the rest is counted.
const SHOWN: usize = 20;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Show how far a submitted plan is instead, until it has ended; once, where the output is no terminal
    #[arg(long)]
    pub watch: bool,

    /// The submission to watch, by the beginning of its name [default: the last one]
    #[arg(long, value_name = "NAME", requires = "watch")]
    submission: Option<String>,

    /// Seconds between two looks
    #[arg(long, value_name = "SECONDS", requires = "watch", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    interval: u64,

    /// The folder of squeue, where it is not on the PATH
    #[arg(long, value_name = "DIR", requires = "watch")]
    slurm_bin: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, store: &Store) -> Result<(), InspectError> {
    let terminal = std::io::stdout().is_terminal();
    loop {
        // Read anew each time: the same plan may be submitted again meanwhile.
        let submission = match &arguments.submission {
            Some(prefix) => named(store.root(), prefix)?,
            None => latest(store.root())?,
        };
        let look = Look::take(&submission, store, &Slurm::new(arguments.slurm_bin.clone()))?;
        let clear = if terminal { "\x1b[2J\x1b[H" } else { "" };
        terminal::write(format!("{clear}{}", look.text()).as_bytes());
        if !look.states.iter().any(|state| state.is_open()) || !terminal || !terminal::is_open() {
            let failed = look.states.iter().filter(|state| matches!(state, State::Failed(_))).count();
            let text = format!("{} of {} failed", counted(failed, "stage"), submission.title);
            return if failed == 0 { Ok(()) } else { Err(InspectError::Refused(text)) };
        }
        std::thread::sleep(Duration::from_secs(arguments.interval));
    }
}

/// A submission at one moment.
struct Look<'a> {
    submission: &'a Submission,
    states: Vec<State>,
    machines: HashMap<StageId, String>,
    /// Why squeue said nothing.
    no_queue: Option<String>,
}

impl<'a> Look<'a> {
    fn take(submission: &'a Submission, store: &Store, slurm: &Slurm) -> Result<Self, InspectError> {
        // Leases first: a stage that ends in between is found in the store, and one that begins is in the queue.
        let machines = leased(store)?;
        let queue = slurm.queue(std::slice::from_ref(&submission.name));
        let mut ended = HashMap::new();
        for stage in &submission.stages {
            let record = match store.record(stage.stage) {
                // It is trained again by whoever needs it next.
                Err(StoreError::Damaged { .. }) => None,
                other => other?,
            };
            ended.extend(record.map(|record| match record.outcome {
                Outcome::Finished(_) => (stage.stage, Fate::Finished),
                Outcome::Diverged { .. } => (stage.stage, Fate::Diverged),
            }));
        }
        let running: HashSet<StageId> = machines.keys().copied().collect();
        let (queue, no_queue): (Option<Queue>, _) = match queue {
            Ok(queue) => (Some(queue), None),
            Err(error) => (None, Some(error.to_string())),
        };
        Ok(Self { submission, states: states(submission, &ended, &running, queue.as_ref()), machines, no_queue })
    }

    fn text(&self) -> String {
        let count = |wanted: &dyn Fn(&State) -> bool| self.states.iter().filter(|&state| wanted(state)).count();
        let parts = [
            ("finished", State::Ended(Fate::Finished)),
            ("diverged", State::Ended(Fate::Diverged)),
            ("given up after one that diverged", State::GivenUp),
            ("running", State::Running),
            ("queued", State::Queued),
            ("waiting for the stage before", State::Waiting),
            ("submitted", State::Submitted),
            ("interrupted", State::Interrupted),
            ("not in the queue", State::NotQueued),
        ];
        let mut counts: Vec<String> = parts
            .iter()
            .map(|(name, wanted)| (count(&|state| state == wanted), name))
            .filter(|(n, _)| *n > 0)
            .map(|(n, name)| format!("{n} {name}"))
            .collect();
        let failed = count(&|state| matches!(state, State::Failed(_)));
        if failed > 0 {
            counts.push(format!("{failed} failed"));
        }
        let Submission { title, stages, .. } = self.submission;
        let mut text = format!("{title}: {} of {}\n", counts.join(", "), counted(stages.len(), "stage"));
        self.list(
            &mut text,
            |s| s == State::Running,
            |stage, launch| {
                let line = launch.and_then(|launch| tail(&launch.log(), 1).pop()).unwrap_or_default();
                let machine = self.machines.get(&stage.stage).map_or("", String::as_str);
                format!("running on {machine}: {}", line.trim())
            },
        );
        self.list(
            &mut text,
            |s| matches!(s, State::Failed(_)),
            |stage, launch| {
                let Some(launch) = launch else { return "failed".into() };
                let how = match launch.exit_code() {
                    Some(code) => format!("exit code {code}"),
                    None => "killed, or out of time or memory".into(),
                };
                let log = launch.log();
                let lines: String = tail(&log, TAIL_LINES).iter().map(|line| format!("      | {line}\n")).collect();
                let Launch { job, index, .. } = launch;
                let whole = stage.stage;
                format!(
                    "failed ({how}), job {job}_{index}, stage {whole}\n      {}\n{}",
                    log.display(),
                    lines.trim_end_matches('\n')
                )
            },
        );
        let again = |s: &State| matches!(s, State::Failed(_) | State::Interrupted | State::NotQueued);
        if self.states.iter().any(again) {
            text += "The same command with --submit submits what is missing.\n";
        }
        if let Some(reason) = &self.no_queue {
            let _ = writeln!(text, "What is in the queue is not known: {reason}");
        }
        text
    }

    /// A line for each stage in a state.
    fn list(
        &self,
        text: &mut String,
        wanted: impl Fn(State) -> bool,
        say: impl Fn(&SubmittedStage, Option<&Launch>) -> String,
    ) {
        let stages: Vec<&SubmittedStage> = self
            .submission
            .stages
            .iter()
            .zip(&self.states)
            .filter(|&(_, &state)| wanted(state))
            .map(|(s, _)| s)
            .collect();
        for stage in stages.iter().take(SHOWN) {
            let said = say(stage, self.submission.launches.get(&stage.stage));
            let _ = writeln!(text, "  {} · {}: {said}", stage.stage.short(), stage.text);
        }
        if stages.len() > SHOWN {
            let _ = writeln!(text, "  … and {} more", stages.len() - SHOWN);
        }
    }
}

/// The last lines of a file, of which only the end is read; none where it is not there.
fn tail(path: &Path, lines: usize) -> Vec<String> {
    const BYTES: u64 = 16 << 10;
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    all[all.len().saturating_sub(lines)..].iter().map(|line| (*line).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tail_of_a_file_is_its_last_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        assert!(super::tail(&path, 3).is_empty());
        let text: String = (0..5000).map(|n| format!("line {n}\n\n")).collect();
        std::fs::write(&path, text).unwrap();
        assert_eq!(super::tail(&path, 2), ["line 4998", "line 4999"]);
        std::fs::write(&path, "one").unwrap();
        assert_eq!(super::tail(&path, 2), ["one"]);
    }
}
