//! What was submitted, in the store.
//!
//! ```text
//! runs/submissions/fig6-smoke-1a2b3c4d/   a plan: its name and a hash of its stages
//!   plan.json                             the stages, and which comes after which
//!   1/                                    what its first submission sent; the next one is 2/
//!     experiment.toml                     the experiment file as it was
//!     array-1.sh                          the script of a job array
//!     array-1.stages                      element i trains the stage on line i + 1
//!     collect.sh                          tables, tests and figure, after all arrays
//!     jobs.jsonl                          the numbers of the jobs, a line a script, as they were submitted
//!     logs/12_3.log                       what element 3 of job 12 printed
//!     ended/ab…                           the exit code of a stage's last attempt
//! ```

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use paths::StageId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::arrays::{QueuedElement, Wanted};
use crate::error::SubmissionError;
use crate::slurm::{Queue, Slurm};

/// A plan that was submitted, once or several times.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Name of its folder and of its jobs.
    pub name: String,
    /// What a person calls it.
    pub title: String,
    /// Every stage of the plan, parents before children.
    pub stages: Vec<SubmittedStage>,
    /// Where each stage was submitted last.
    pub launches: HashMap<StageId, Launch>,
    folder: PathBuf,
}

/// A stage of a submitted plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubmittedStage {
    /// The stage.
    pub stage: StageId,
    /// The stage before.
    pub parent: Option<StageId>,
    /// What it is, for a person.
    pub text: String,
}

/// An element of a job array that was submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The array's job.
    pub job: String,
    /// The element.
    pub index: u32,
    attempt: PathBuf,
    stage: StageId,
}

#[derive(Serialize, Deserialize)]
struct PlanFile {
    title: String,
    stages: Vec<SubmittedStage>,
}

#[derive(Serialize, Deserialize)]
struct JobLine {
    script: String,
    job: String,
}

/// The folder of one submission, before and after it is written.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub path: PathBuf,
    /// Name of the submission and of its jobs.
    pub name: String,
}

impl Attempt {
    /// The next submission of a plan; nothing is written.
    pub fn next(store: &Path, name: &str, stages: &[Wanted]) -> Result<Self, SubmissionError> {
        let mut hash = Sha256::new();
        stages.iter().for_each(|stage| hash.update(stage.id.to_string()));
        let digits: String = hash.finalize()[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!("{name}-{digits}");
        let folder = submissions(store).join(&name);
        let number = attempts(&folder)?.last().map_or(1, |(number, _)| number + 1);
        Ok(Self { path: folder.join(number.to_string()), name })
    }

    /// Makes the folders and writes what does not depend on the arrays.
    pub fn create(&self, title: &str, experiment: &str, stages: &[Wanted]) -> Result<(), SubmissionError> {
        let outer = self.path.parent().expect("an attempt lies in its submission");
        create_folder(outer)?;
        let file = PlanFile {
            title: title.to_owned(),
            stages: stages
                .iter()
                .map(|s| SubmittedStage {
                    stage: s.id,
                    parent: s.parent.map(|parent| stages[parent].id),
                    text: s.text.clone(),
                })
                .collect(),
        };
        replace(&outer.join("plan.json"), &serde_json::to_vec_pretty(&file).expect("a plan is plain data"))?;
        // Fails where another process submits the same plan at this moment.
        fs::create_dir(&self.path).map_err(|e| SubmissionError::io(&self.path, e))?;
        create_folder(&self.logs())?;
        create_folder(&self.ended())?;
        self.write("experiment.toml", experiment)
    }

    pub fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }

    pub fn ended(&self) -> PathBuf {
        self.path.join("ended")
    }

    pub fn experiment(&self) -> PathBuf {
        self.path.join("experiment.toml")
    }

    pub fn write(&self, name: &str, text: &str) -> Result<(), SubmissionError> {
        replace(&self.path.join(name), text.as_bytes())
    }

    /// Notes a job as soon as it is submitted, so that the next submission finds it whatever happens to this one.
    pub fn note(&self, script: &str, job: &str) -> Result<(), SubmissionError> {
        let path = self.path.join("jobs.jsonl");
        let line = JobLine { script: script.to_owned(), job: job.to_owned() };
        let mut line = serde_json::to_vec(&line).expect("a line is plain data");
        line.push(b'\n');
        let append = || -> io::Result<()> {
            let mut file = File::options().create(true).append(true).open(&path)?;
            file.write_all(&line)?;
            file.sync_all()
        };
        append().map_err(|e| SubmissionError::io(&path, e))
    }
}

impl Launch {
    /// What the element printed.
    pub fn log(&self) -> PathBuf {
        self.attempt.join("logs").join(format!("{}_{}.log", self.job, self.index))
    }

    /// The exit code of its last attempt; `None` where it has not ended, or was killed together with its script.
    pub fn exit_code(&self) -> Option<i32> {
        fs::read_to_string(self.attempt.join("ended").join(self.stage.to_string())).ok()?.trim().parse().ok()
    }
}

impl Submission {
    fn read(folder: &Path) -> Result<Self, SubmissionError> {
        let path = folder.join("plan.json");
        let bytes = fs::read(&path).map_err(|e| SubmissionError::io(&path, e))?;
        let file: PlanFile = serde_json::from_slice(&bytes)
            .map_err(|e| SubmissionError::Damaged { path: path.clone(), reason: e.to_string() })?;
        let mut launches = HashMap::new();
        for (_, attempt) in attempts(folder)? {
            for line in jobs(&attempt)? {
                launches.extend(elements(&attempt, &line)?.into_iter().map(|(index, stage)| {
                    (stage, Launch { job: line.job.clone(), index, attempt: attempt.clone(), stage })
                }));
            }
        }
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, title: file.title, stages: file.stages, launches, folder: folder.to_owned() })
    }

    /// Its folder in the store.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// The submission of a store that was made last.
///
/// # Errors
/// Where there is none, or it cannot be read.
pub fn latest(store: &Path) -> Result<Submission, SubmissionError> {
    let mut last = None;
    for folder in folders(store)? {
        for (_, attempt) in attempts(&folder)? {
            let made = fs::metadata(attempt.join("experiment.toml")).and_then(|m| m.modified()).ok();
            last = last.max(Some((made, folder.clone())));
        }
    }
    let none = || SubmissionError::NoSubmission(format!("nothing was submitted from the store {}", store.display()));
    Submission::read(&last.ok_or_else(none)?.1)
}

/// The submission of a store whose name begins with `prefix`.
///
/// # Errors
/// Where there is none or there are several, or it cannot be read.
pub fn named(store: &Path, prefix: &str) -> Result<Submission, SubmissionError> {
    let name = |folder: &Path| folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let all = folders(store)?;
    let fitting: Vec<&PathBuf> = all.iter().filter(|folder| name(folder).starts_with(prefix)).collect();
    match fitting.as_slice() {
        [one] => Submission::read(one),
        _ => {
            let names: Vec<String> = all.iter().map(|folder| name(folder)).collect();
            Err(SubmissionError::NoSubmission(format!(
                "{} submissions of {} begin with `{prefix}`; there are: {}",
                fitting.len(),
                store.display(),
                names.join(", ")
            )))
        }
    }
}

/// Where stages that were submitted earlier, with whatever plan of the store, wait or run.
pub(crate) fn queued(store: &Path, slurm: &Slurm) -> Result<HashMap<StageId, QueuedElement>, SubmissionError> {
    let folders = folders(store)?;
    let name = |folder: &Path| folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let queue: Queue = slurm.queue(&folders.iter().map(|folder| name(folder)).collect::<Vec<_>>())?;
    let mut queued = HashMap::new();
    for folder in &folders {
        for (_, attempt) in attempts(folder)? {
            for line in jobs(&attempt)? {
                let Some(waiting) = queue.of(&name(folder), &line.job) else { continue };
                let elements = elements(&attempt, &line)?.into_iter().filter(|(index, _)| waiting.contains(index));
                queued.extend(elements.map(|(index, stage)| (stage, QueuedElement { job: line.job.clone(), index })));
            }
        }
    }
    Ok(queued)
}

/// The lines of a file of stages: element i is line i + 1, and lines of absent elements are empty.
pub(crate) fn stages_file(elements: impl Iterator<Item = (u32, StageId)>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (index, stage) in elements {
        lines.resize(lines.len().max(index as usize + 1), String::new());
        lines[index as usize] = stage.to_string();
    }
    lines.join("\n") + "\n"
}

fn elements(attempt: &Path, line: &JobLine) -> Result<Vec<(u32, StageId)>, SubmissionError> {
    let path = attempt.join(format!("{}.stages", line.script));
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        // The last job trains nothing.
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(SubmissionError::io(&path, e)),
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty());
    lines
        .map(|(index, line)| {
            let id = line.parse().map_err(|reason| SubmissionError::Damaged { path: path.clone(), reason })?;
            Ok((index as u32, id))
        })
        .collect()
}

fn jobs(attempt: &Path) -> Result<Vec<JobLine>, SubmissionError> {
    let path = attempt.join("jobs.jsonl");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(SubmissionError::io(&path, e)),
    };
    let read = |line: &str| {
        serde_json::from_str(line).map_err(|e| SubmissionError::Damaged { path: path.clone(), reason: e.to_string() })
    };
    text.lines().map(read).collect()
}

fn submissions(store: &Path) -> PathBuf {
    store.join("submissions")
}

fn folders(store: &Path) -> Result<Vec<PathBuf>, SubmissionError> {
    let mut folders = list(&submissions(store))?;
    folders.retain(|folder| folder.join("plan.json").exists());
    folders.sort();
    Ok(folders)
}

/// The attempts of a submission by number, the first one first.
fn attempts(folder: &Path) -> Result<Vec<(u32, PathBuf)>, SubmissionError> {
    let number = |path: PathBuf| Some((path.file_name()?.to_str()?.parse().ok()?, path));
    let mut attempts: Vec<(u32, PathBuf)> = list(folder)?.into_iter().filter_map(number).collect();
    attempts.sort();
    Ok(attempts)
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, SubmissionError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(SubmissionError::io(folder, e)),
    };
    entries.map(|entry| entry.map(|e| e.path()).map_err(|e| SubmissionError::io(folder, e))).collect()
}

fn create_folder(path: &Path) -> Result<(), SubmissionError> {
    fs::create_dir_all(path).map_err(|e| SubmissionError::io(path, e))
}

/// Writes a file of which a job never reads half.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), SubmissionError> {
    whole_file::replace(path, bytes).map_err(|e| SubmissionError::io(path, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_elements_are_empty_lines() {
        let id: StageId = "2aeaf7dd9109fb000b5fd77d4bb46046".parse().unwrap();
        assert_eq!(stages_file([(0, id), (3, id)].into_iter()), format!("{id}\n\n\n{id}\n"));
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("array-1.stages"), stages_file([(1, id), (4, id)].into_iter())).unwrap();
        let line = JobLine { script: "array-1".into(), job: "7".into() };
        assert_eq!(elements(folder.path(), &line).unwrap(), [(1, id), (4, id)]);
    }

    #[test]
    fn nothing_submitted_is_said() {
        let folder = tempfile::tempdir().unwrap();
        assert!(latest(folder.path()).unwrap_err().to_string().contains("nothing was submitted"));
        assert!(named(folder.path(), "fig").unwrap_err().to_string().contains("0 submissions"));
    }
}
