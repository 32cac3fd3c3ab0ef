//! Slurm's own programs.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::SubmissionError;

/// Slurm's own default.
const MAX_ARRAY_SIZE: u32 = 1001;

/// sbatch, squeue and scontrol.
#[derive(Clone, Debug, Default)]
pub struct Slurm {
    bin: Option<PathBuf>,
}

/// What waits or runs: the elements of each job, by the job's name and number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Queue {
    elements: HashMap<(String, String), HashSet<u32>>,
}

impl Slurm {
    /// The programs in `bin`, or those on the PATH.
    pub fn new(bin: Option<PathBuf>) -> Self {
        Self { bin }
    }

    /// A program's name or path, as a script calls it.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.bin.as_ref().map_or_else(|| name.into(), |bin| bin.join(name))
    }

    /// Submits a script and returns the job's number.
    pub(crate) fn sbatch(&self, script: &Path, dependency: Option<&str>) -> Result<String, SubmissionError> {
        let arguments = sbatch_arguments(dependency);
        let words = arguments.iter().map(OsStr::new).chain([script.as_os_str()]);
        let output = self.run("sbatch", words)?;
        // `--parsable` prints the number, and a cluster's name behind a semicolon.
        let number = output.trim().lines().last().and_then(|line| line.split(';').next()).unwrap_or_default();
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            let message = format!("expected the number of a job, found `{}`", output.trim());
            return Err(SubmissionError::Refused { command: "sbatch --parsable".into(), message });
        }
        Ok(number.to_owned())
    }

    /// The jobs of these names that wait or run.
    ///
    /// # Errors
    /// Where squeue is not there or cannot reach the cluster.
    pub fn queue(&self, names: &[String]) -> Result<Queue, SubmissionError> {
        let mut queue = Queue::default();
        if names.is_empty() {
            return Ok(queue);
        }
        let arguments = ["--noheader", "--array", "--format=%F|%K|%j", &format!("--name={}", names.join(","))];
        for line in self.run("squeue", arguments)?.lines() {
            let mut fields = line.trim().splitn(3, '|');
            if let (Some(job), Some(index), Some(name)) = (fields.next(), fields.next(), fields.next()) {
                // The last job is no array: it has no index.
                let elements = queue.elements.entry((name.into(), job.into())).or_default();
                elements.extend(index.parse::<u32>());
            }
        }
        Ok(queue)
    }

    /// The site's `MaxArraySize`, or Slurm's default where it cannot be asked.
    pub(crate) fn max_array_size(&self) -> u32 {
        let config = self.run("scontrol", ["show", "config"]).unwrap_or_default();
        let line = config.lines().find_map(|line| line.trim().strip_prefix("MaxArraySize")?.trim().strip_prefix('='));
        line.and_then(|value| value.trim().parse().ok()).unwrap_or(MAX_ARRAY_SIZE)
    }

    fn run(
        &self,
        name: &str,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<String, SubmissionError> {
        let program = self.program(name);
        let mut command = Command::new(&program);
        command.args(arguments);
        let output = command
            .output()
            .map_err(|source| SubmissionError::NotThere { program: program.display().to_string(), source })?;
        if !output.status.success() {
            let words = std::iter::once(command.get_program()).chain(command.get_args());
            let words: Vec<_> = words.map(|word| word.to_string_lossy().into_owned()).collect();
            let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(SubmissionError::Refused { command: words.join(" "), message });
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// The options of sbatch that are known only when the jobs before are submitted.
pub(crate) fn sbatch_arguments(dependency: Option<&str>) -> Vec<String> {
    let dependency = dependency.map(|dependency| format!("--dependency={dependency}"));
    std::iter::once("--parsable".to_owned()).chain(dependency).collect()
}

impl Queue {
    /// Whether an element of a job of this name waits or runs.
    pub fn has(&self, name: &str, job: &str, index: u32) -> bool {
        self.of(name, job).is_some_and(|elements| elements.contains(&index))
    }

    /// The elements of a job of this name that wait or run; none for a job that is no array.
    pub(crate) fn of(&self, name: &str, job: &str) -> Option<&HashSet<u32>> {
        self.elements.get(&(name.to_owned(), job.to_owned()))
    }
}
