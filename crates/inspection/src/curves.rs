//! `inspect curves`: losses and accuracies over epochs, of anything in the store.

use std::path::{Path, PathBuf};

use clap::Args;
use paths::{DatasetName, StageId};
use sequence::{CurvePoint, Store, run_curves};

use crate::common::{ExperimentArgument, StoreArgument, find_stage};
use crate::error::InspectError;
use crate::experiment;

#[derive(Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["stage", "figure", "experiment", "runs"])))]
pub(crate) struct Arguments {
    /// The stage, or the first digits of it, as `inspect runs` shows: the curves of the path that ended with it
    stage: Option<String>,

    #[command(flatten)]
    experiment: ExperimentArgument,

    /// Every condition of a table of runs instead, such as reports/own/contrast-path/runs.csv
    #[arg(long, value_name = "FILE")]
    runs: Option<PathBuf>,

    /// Where to write, without ending: FILE.svg, FILE.png, FILE.pdf and FILE.csv; with several datasets, FILE-<dataset>.svg and so on
    #[arg(long, value_name = "FILE", default_value = "curves")]
    to: PathBuf,

    #[command(flatten)]
    store: StoreArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), InspectError> {
    let store = arguments.store.open()?;
    let (title, points) = match (&arguments.stage, arguments.experiment.chosen(), &arguments.runs) {
        (Some(prefix), ..) => {
            let id = find_stage(&store, prefix)?;
            let condition = format!("the path that ended with stage {}", id.short());
            ("Learning curves".to_owned(), run_curves::of_stage(id, &store, &condition)?)
        }
        (_, Some(chosen), _) => {
            let (experiment, plan) = experiment::plan(chosen)?;
            let points = run_curves::of_plan(&plan, &store)?;
            if points.is_empty() {
                return Err(experiment::nothing(chosen));
            }
            (format!("{}, learning curves", experiment.title), points)
        }
        (.., Some(table)) => (format!("Learning curves of {}", table.display()), of_table(table, &store)?),
        (None, None, None) => unreachable!("the command line asks for one of them"),
    };
    let mut datasets: Vec<DatasetName> = Vec::new();
    for point in &points {
        if !datasets.contains(&point.dataset) {
            datasets.push(point.dataset);
        }
    }
    let csv = with_ending(&arguments.to, "csv");
    whole_file::replace(&csv, &run_curves::to_csv(&points))
        .map_err(|source| InspectError::Write { path: csv.clone(), source })?;
    let mut written = vec![csv];
    for &dataset in &datasets {
        let mut conditions: Vec<&str> = Vec::new();
        for point in points.iter().filter(|point| point.dataset == dataset) {
            if !conditions.contains(&point.condition.as_str()) {
                conditions.push(&point.condition);
            }
        }
        let title = format!("{title}, {}", dataset.title());
        let figure = figures::learning_curves(&title, &conditions, &points, dataset, None);
        let base = if datasets.len() == 1 { arguments.to.clone() } else { with_suffix(&arguments.to, dataset.id()) };
        let [svg, png] = ["svg", "png"].map(|ending| with_ending(&base, ending));
        plotting::draw_curves(&figure, &svg, &png).map_err(|error| InspectError::Refused(error.to_string()))?;
        written.extend([png, with_ending(&base, "pdf"), svg]);
    }
    let written: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
    terminal::out(format_args!("Wrote {}.", written.join(", ")));
    Ok(())
}

/// The curves of the runs in a table, by the stages that it names.
fn of_table(table: &Path, store: &Store) -> Result<Vec<CurvePoint>, InspectError> {
    let refuse = |what: String| InspectError::Refused(format!("{}: {what}", table.display()));
    let mut reader = csv::Reader::from_path(table).map_err(|e| refuse(e.to_string()))?;
    let header = reader.headers().map_err(|e| refuse(e.to_string()))?.clone();
    let column = |name: &str| {
        let found = header.iter().position(|cell| cell == name);
        found.ok_or_else(|| refuse(format!("it has no column `{name}`, which tables of runs have")))
    };
    let (condition, stage) = (column("condition")?, column("stage")?);
    let (mut points, mut missing) = (Vec::new(), 0);
    for record in reader.records() {
        let record = record.map_err(|e| refuse(e.to_string()))?;
        if record[stage].is_empty() {
            continue;
        }
        let id: StageId = record[stage].parse().map_err(|_| refuse(format!("`{}` is no stage", &record[stage])))?;
        let of_run = run_curves::of_stage(id, store, &record[condition])?;
        missing += usize::from(of_run.is_empty());
        points.extend(of_run);
    }
    if points.is_empty() {
        return Err(refuse(format!(
            "none of its stages is in the store {}; --store names another",
            store.root().display()
        )));
    }
    if missing > 0 {
        let runs = counted::counted(missing, "run");
        terminal::err(format_args!("{runs} of the table left out: not in the store {}.", store.root().display()));
    }
    Ok(points)
}

/// `path` with this ending, whatever dots its name has.
fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-");
    name.push(suffix);
    PathBuf::from(name)
}
