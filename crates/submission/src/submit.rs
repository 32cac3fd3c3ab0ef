//! From a plan to the queue.

use counted::counted;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::arrays::{After, Array, Wanted, arrange};
use crate::error::SubmissionError;
use crate::folder::{Attempt, queued, stages_file};
use crate::script::Scripts;
use crate::settings::SlurmSettings;
use crate::slurm::{Slurm, sbatch_arguments};

/// The most elements of an array, whatever the site allows: sbatch reads no longer list of indices than fits into a line.
const MOST_ELEMENTS: u32 = 1001;

/// What is to be submitted.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The store, as an absolute path.
    pub store: &'a Path,
    /// The working folder of the jobs.
    pub folder: &'a Path,
    /// Lower-case letters, digits and hyphens: the beginning of the submission's name.
    pub name: &'a str,
    /// What a person calls the plan.
    pub title: &'a str,
    /// The text of the experiment file, which is kept with the submission.
    pub experiment: &'a str,
    /// Every stage of the plan, parents before children.
    pub stages: &'a [Wanted],
    /// The command that trains the stage whose identity follows it.
    pub worker: &'a [String],
    /// The command that tabulates and draws, reading the experiment file whose path follows it.
    pub collect: &'a [String],
}

/// What was submitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Submitted {
    /// The folder of scripts and logs; `None` where there was nothing to submit.
    pub folder: Option<PathBuf>,
    /// The numbers of the arrays' jobs.
    pub jobs: Vec<String>,
    /// The number of the last job.
    pub collect: Option<String>,
    /// Stages submitted.
    pub stages: usize,
    /// Stages of the plan that wait or run since an earlier submission.
    pub queued: usize,
}

/// What a submission consists of before it has numbers.
struct Prepared {
    attempt: Attempt,
    slurm: Slurm,
    arrays: Vec<Array>,
    scripts: Vec<String>,
    collect: String,
    /// Jobs submitted earlier that hold stages of this plan.
    earlier: BTreeSet<String>,
    queued: usize,
}

/// Writes the scripts and submits them. Stages that are in the store, or wait or run since an earlier submission, are left
/// out.
///
/// # Errors
/// Where a setting cannot be used, a file cannot be written, or Slurm refuses. What was submitted before the error stays in
/// the queue and is noted: the same call goes on from there.
pub fn submit(request: &Request<'_>, settings: &SlurmSettings) -> Result<Submitted, SubmissionError> {
    let prepared = prepare(request, settings, false)?;
    let Prepared { attempt, slurm, arrays, scripts, queued, .. } = &prepared;
    let mut submitted = Submitted { folder: None, jobs: Vec::new(), collect: None, stages: 0, queued: *queued };
    if arrays.is_empty() {
        return Ok(submitted);
    }
    attempt.create(request.title, request.experiment, request.stages)?;
    for (number, (array, script)) in (1..).zip(arrays.iter().zip(scripts)) {
        attempt.write(&format!("array-{number}.stages"), &stages_of(array, request.stages))?;
        attempt.write(&format!("array-{number}.sh"), script)?;
    }
    attempt.write("collect.sh", &prepared.collect)?;
    let send = |name: &str, dependency: Option<String>| -> Result<String, SubmissionError> {
        let job = slurm.sbatch(&attempt.path.join(format!("{name}.sh")), dependency.as_deref())?;
        attempt.note(name, &job)?;
        Ok(job)
    };
    for (number, array) in (1..).zip(arrays) {
        let job = send(&format!("array-{number}"), dependency(&array.after, &submitted.jobs))?;
        submitted.jobs.push(job);
        submitted.stages += array.elements.len();
    }
    let all = after_any(prepared.earlier.iter().chain(&submitted.jobs));
    submitted.collect = Some(send("collect", Some(all))?);
    submitted.folder = Some(attempt.path.clone());
    Ok(submitted)
}

/// The scripts that [`submit()`] would write, with the command lines that would submit them; nothing is written or submitted.
///
/// # Errors
/// Where a setting cannot be used, or an earlier submission cannot be read.
pub fn dry_run(request: &Request<'_>, settings: &SlurmSettings) -> Result<String, SubmissionError> {
    let Prepared { attempt, arrays, scripts, collect, earlier, queued, .. } = prepare(request, settings, true)?;
    let stages: usize = arrays.iter().map(|array| array.elements.len()).sum();
    let mut text = format!(
        "# {}: {} to submit in {}, {queued} in the queue already; into {}\n",
        request.title,
        counted(stages, "stage"),
        counted(arrays.len(), "array"),
        attempt.path.display()
    );
    let names: Vec<String> = (1..=arrays.len()).map(|number| format!("$array_{number}")).collect();
    for (number, (array, script)) in (1..).zip(arrays.iter().zip(&scripts)) {
        let arguments = sbatch_arguments(dependency(&array.after, &names).as_deref());
        let _ = write!(text, "\n# array_{number}=$(sbatch {} array-{number}.sh)\n{script}", arguments.join(" "));
    }
    if !arrays.is_empty() {
        let arguments = sbatch_arguments(Some(&after_any(earlier.iter().chain(&names))));
        let _ = write!(text, "\n# sbatch {} collect.sh\n{collect}", arguments.join(" "));
    }
    Ok(text)
}

fn prepare(request: &Request<'_>, settings: &SlurmSettings, anywhere: bool) -> Result<Prepared, SubmissionError> {
    let slurm = Slurm::new(settings.bin.clone());
    let queued = match queued(request.store, &slurm) {
        // A script can be looked at where there is no Slurm.
        Err(SubmissionError::NotThere { .. }) if anywhere => Default::default(),
        other => other?,
    };
    let most = settings.max_array_size.unwrap_or_else(|| slurm.max_array_size()).min(MOST_ELEMENTS);
    let attempt = Attempt::next(request.store, request.name, request.stages)?;
    let arrays = arrange(request.stages, &queued, most);
    let common = Scripts { attempt: &attempt, settings, slurm: &slurm, folder: request.folder };
    let scripts = (1..).zip(&arrays).map(|(number, array)| common.array(number, array, request.worker));
    let scripts = scripts.collect::<Result<_, _>>()?;
    let experiment = attempt.experiment();
    let experiment = crate::quote::utf8("the store's path", &experiment)?.to_owned();
    let collect = common.collect(&[request.collect, &[experiment]].concat())?;
    let waiting = || request.stages.iter().filter(|s| s.to_train).filter_map(|s| queued.get(&s.id));
    let earlier = waiting().map(|element| element.job.clone()).collect();
    let queued = waiting().count();
    Ok(Prepared { attempt, slurm, arrays, scripts, collect, earlier, queued })
}

fn dependency(after: &After, jobs: &[String]) -> Option<String> {
    match after {
        After::Nothing => None,
        After::Array(before) => Some(format!("aftercorr:{}", jobs[*before])),
        After::Job(job) => Some(format!("aftercorr:{job}")),
    }
}

/// After all of these have ended, well or not.
fn after_any<'a>(jobs: impl Iterator<Item = &'a String>) -> String {
    jobs.fold("afterany".to_owned(), |text, job| format!("{text}:{job}"))
}

fn stages_of(array: &Array, stages: &[Wanted]) -> String {
    stages_file(array.elements.iter().map(|element| (element.index, stages[element.stage].id)))
}
