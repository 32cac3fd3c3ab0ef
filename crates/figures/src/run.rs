//! The course of a figure's program: read, plan, train, tabulate, draw.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use datasets::Library;
use paths::{DatasetName, Experiment, ExperimentError, ExperimentFile, FigureKind, Settings, SettingsPatch};
use sequence::planned::PlannedError;
use sequence::{ExecuteError, Plan, Store, StoreError, execute, looks, plans, results};
use statistics::ReportError;
use submission::SubmissionError;
use tch::Device;

use crate::arguments::{Options, PlanFormat};
use crate::output::{OutputError, Places};
use crate::progress::Progress;
use crate::resources::{default_jobs, image_budget_bytes};
use crate::signals::{INTERRUPTED, Signals};
use crate::{collect, describe, drawing, lines, output, submit, worker};

/// Where an experiment file comes from.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    /// Part of the program.
    Builtin(&'a str),
    /// A file.
    File(&'a Path),
}

/// Why a program ended without its figure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FigureError {
    #[error("{path} cannot be read: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{}{source}", .path.as_ref().map(|p| format!("{}: ", p.display())).unwrap_or_default())]
    Experiment { path: Option<PathBuf>, source: ExperimentError },
    #[error("{0}")]
    Device(String),
    #[error(transparent)]
    Execute(#[from] ExecuteError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error("signals cannot be handled: {0}")]
    Signals(std::io::Error),
    #[error(transparent)]
    Planned(#[from] PlannedError),
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    #[error(transparent)]
    Dataset(#[from] datasets::DatasetError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error("{what} cannot be passed on to jobs: {reason}")]
    NotPassedOn { what: &'static str, reason: String },
}

impl FigureError {
    /// Whether the command line or the experiment file is at fault.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Submission(error) => error.is_usage(),
            Self::Output(error) => error.is_usage(),
            other => matches!(other, Self::Unreadable { .. } | Self::Experiment { .. } | Self::Device(_)),
        }
    }
}

/// Runs an experiment as the command line says.
pub(crate) fn run(source: Source<'_>, options: &Options) -> Result<ExitCode, FigureError> {
    if let Some(stage) = options.cluster.stage {
        return worker::run(stage, options);
    }
    let source = options.cluster.as_submitted.as_deref().map_or(source, Source::File);
    let (mut experiment, text) = read(source, options, None)?;
    let mut places = Places::new(&options.out(), &experiment);
    if options.plot_only {
        if let Some(settings) = places.read_settings()? {
            experiment = read(source, options, Some(settings))?.0;
            places = Places::new(&options.out(), &experiment);
        }
        places.check_datasets(&options.datasets)?;
        for label in drawing::draw(&experiment, &places)? {
            terminal::err(format!("There is no run of {label} in {}.", places.runs().display()));
        }
        say(options, &places.drawn());
        return Ok(ExitCode::SUCCESS);
    }
    drawing::check(&experiment)?;
    let plan = Plan::new(&experiment);
    // Neither of these trains, so they need no device: a login node may have none.
    if options.cluster.collect {
        return collect::run(&plan, &experiment, &places, options);
    }
    if options.cluster.submit.is_some() {
        return submit::run(&plan, &experiment, &text, &places, options);
    }
    if options.plan && options.format == PlanFormat::Jsonl {
        terminal::out(&lines::plan(&plan, options)?);
        return Ok(ExitCode::SUCCESS);
    }
    let device = options.device.resolve().map_err(FigureError::Device)?;
    let jobs = options.jobs.map_or_else(|| default_jobs(&experiment.settings, device), usize::from);
    if options.plan {
        terminal::out(&describe::plan(&plan, &Store::open_to_read(&options.store())?, jobs, device)?);
        return Ok(ExitCode::SUCCESS);
    }
    let store = Store::open(&options.store())?;
    plans::keep(&store, &plan)?;
    train(&plan, &store, options, jobs, device, &Signals::of_a_person()?)
        .and_then(|ending| conclude(ending, &plan, &store, &experiment, &places, options))
}

/// The experiment as the command line says, and the text of its file. With the settings that its tables were made with, it is
/// the experiment of those tables, of which the command line chooses datasets.
fn read(
    source: Source<'_>,
    options: &Options,
    tabulated: Option<SettingsPatch>,
) -> Result<(Experiment, String), FigureError> {
    let (text, path) = match source {
        Source::Builtin(text) => (text.to_owned(), None),
        Source::File(path) => {
            let unreadable = |source| FigureError::Unreadable { path: path.to_owned(), source };
            (std::fs::read_to_string(path).map_err(unreadable)?, Some(path.to_owned()))
        }
    };
    let at = |source| FigureError::Experiment { path: path.clone(), source };
    let file = ExperimentFile::parse(&text).map_err(at)?;
    let default = file.scales().find(|&scale| scale == "demo").or_else(|| file.scales().next());
    let scale = options.scale.as_deref().or(default);
    if let Some(settings) = tabulated {
        let datasets = (!options.datasets.is_empty()).then(|| options.datasets.clone());
        let chosen = SettingsPatch { datasets, ..SettingsPatch::default() };
        return Ok((file.resolve(scale, &[settings, chosen]).map_err(at)?, text));
    }
    let patches = options.patches();
    let mut experiment = file.resolve(scale, &patches).map_err(at)?;
    if patches.iter().any(|p| p.seeds.is_some()) && patches.iter().all(|p| p.baseline_seeds.is_none()) {
        limit_baseline(&mut experiment.settings);
    }
    Ok((experiment, text))
}

/// With seeds on the command line, the baseline is trained with those of its seeds that are named, so that a few seeds stay
/// few trainings. Where none is, it takes the named ones, as there is no figure without a baseline.
fn limit_baseline(settings: &mut Settings) {
    let named = &settings.seeds.0;
    let kept: Vec<u64> = settings.baseline_seeds.0.iter().copied().filter(|seed| named.contains(seed)).collect();
    settings.baseline_seeds.0 = if kept.is_empty() { named.clone() } else { kept };
}

/// Trains what is not in the store, until everything is done or a signal comes.
pub(crate) fn train(
    plan: &Plan,
    store: &Store,
    options: &Options,
    jobs: usize,
    device: Device,
    signals: &Signals,
) -> Result<sequence::Report, FigureError> {
    let progress = Arc::new(Progress::new(plan, jobs, device, options.quiet));
    let notices = progress.clone();
    let kind = training::compute_kind(plan.numerics.precision);
    let library = Library::new(options.data(), kind, device, image_budget_bytes(), move |text| notices.say(text));
    if options.quiet {
        // Terms of use are said in any case, before anything is fetched.
        unmet_terms(plan, &options.data()).for_each(terminal::err);
    }
    for raw in &options.given {
        library.preload(raw.clone());
    }
    let execution =
        sequence::Options { jobs, device, checkpoint_every: Duration::from_secs(options.checkpoint_seconds.into()) };
    let report = execute(plan, store, &library, &execution, &*progress, &signals.stop);
    progress.finish();
    let mut report = report?;
    report.interrupted &= signals.stopped();
    Ok(report)
}

/// The terms of use of datasets that are still to be fetched.
fn unmet_terms(plan: &Plan, data: &Path) -> impl Iterator<Item = &'static str> {
    let datasets: BTreeSet<DatasetName> = plan.stages.iter().map(|stage| stage.step.task.dataset).collect();
    let absent = |name: &DatasetName| !datasets::cache::path(&data.join(name.id())).exists();
    let absent: Vec<DatasetName> = datasets.into_iter().filter(absent).collect();
    absent.into_iter().filter_map(|name| datasets::registry::entry(name).terms)
}

/// Tabulates and draws what there is, and says what is missing.
pub(crate) fn conclude(
    report: sequence::Report,
    plan: &Plan,
    store: &Store,
    experiment: &Experiment,
    places: &Places,
    options: &Options,
) -> Result<ExitCode, FigureError> {
    if report.interrupted {
        terminal::err(format!(
            "Interrupted. What was trained is kept in {}; the same command continues from there.",
            store.root().display()
        ));
        return Ok(ExitCode::from(INTERRUPTED));
    }
    let (rows, missing) = results(plan, store)?;
    for (stage, reason) in &report.failed {
        terminal::err(format!("Stage {} failed: {reason}", stage.short()));
    }
    if rows.is_empty() {
        terminal::err("No run has a result, so there is nothing to draw.");
        return Ok(ExitCode::FAILURE);
    }
    output::write(&rows, experiment, places)?;
    if experiment.figure.kind == FigureKind::Norms {
        output::write_looks(&looks::of_plan(plan, store)?, places)?;
    }
    drawing::draw(experiment, places)?;
    say(options, &places.written());
    let mut devices: Vec<&str> = rows.iter().map(|row| row.device.split(':').next().unwrap_or_default()).collect();
    devices.sort_unstable();
    devices.dedup();
    if devices.len() > 1 {
        say(
            options,
            "These runs were computed on different kinds of device, whose rounding differs; runs.csv says which.",
        );
    }
    let diverged = rows.iter().filter(|row| row.status == sequence::Status::Diverged).count();
    if diverged > 0 {
        say(options, &format!("{diverged} of {} runs diverged; the tables and the figure say which.", rows.len()));
    }
    if missing > 0 {
        terminal::err(format!(
            "{missing} of {} runs have no result because a stage failed; the same command tries them again.",
            plan.runs.len()
        ));
    }
    // A run without a result is a failed run, to scripts too.
    Ok(if missing + diverged > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

pub(crate) fn say(options: &Options, text: &str) {
    if !options.quiet {
        terminal::out(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_of_use_are_due_until_the_dataset_is_there() {
        let data = tempfile::tempdir().unwrap();
        let text = "name = \"t\"\ntitle = \"t\"\n[settings]\ndatasets = [\"cifar10\", \"svhn\"]\n\
                    [[conditions]]\nlabel = \"a\"\npath = [{ blur = 0.25 }, {}]\n";
        let plan = Plan::new(&ExperimentFile::parse(text).unwrap().resolve(None, &[]).unwrap());
        let due: Vec<_> = unmet_terms(&plan, data.path()).collect();
        assert!(
            matches!(due.as_slice(), [terms] if terms.contains("SVHN") && terms.contains("non-commercial")),
            "{due:?}"
        );
        let copy = datasets::cache::path(&data.path().join(DatasetName::Svhn.id()));
        std::fs::create_dir(copy.parent().unwrap()).unwrap();
        std::fs::write(copy, "").unwrap();
        assert_eq!(unmet_terms(&plan, data.path()).count(), 0);
    }
}
