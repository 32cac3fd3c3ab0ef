//! Tables and figures on the disk.

use std::io::Write;
use std::path::{Path, PathBuf};

use paths::{DatasetName, Experiment};
use plotting::{Group, PlotError, Point, Reference, SharedY, ViolinFigure, ViolinPanel, draw_violins};
use sequence::RunRow;
use statistics::{RunTable, TableError, summarise, write_summary};

/// Why a table or figure could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    #[error("{path} cannot be written: {source}")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("there is no {0}; run the same command without --plot-only first")]
    NoRuns(PathBuf),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Plot(#[from] PlotError),
}

/// Where an experiment's files go.
pub(crate) struct Places {
    svg: PathBuf,
    png: PathBuf,
    runs: PathBuf,
    summary: PathBuf,
    settings: PathBuf,
}

impl Places {
    /// `figures/<scale>/` and `reports/<scale>/<name>/` under `out`; an experiment without scales has `own` in its place.
    pub fn new(out: &Path, experiment: &Experiment) -> Self {
        let scale = experiment.scale.as_deref().unwrap_or("own");
        let figures = out.join("figures").join(scale);
        let reports = out.join("reports").join(scale).join(&experiment.name);
        Self {
            svg: figures.join(format!("{}.svg", experiment.name)),
            png: figures.join(format!("{}.png", experiment.name)),
            runs: reports.join("runs.csv"),
            summary: reports.join("summary.csv"),
            settings: reports.join("settings.json"),
        }
    }

    /// The table of runs.
    pub fn runs(&self) -> &Path {
        &self.runs
    }

    /// Says where the figure is.
    pub fn drawn(&self) -> String {
        format!("Figure:  {}\n         {}", self.png.display(), self.svg.display())
    }

    /// Says where figure and tables are.
    pub fn written(&self) -> String {
        format!("{}\nTables:  {}\n         {}", self.drawn(), self.runs.display(), self.summary.display())
    }
}

/// Writes the tables.
pub(crate) fn write(rows: &[RunRow], experiment: &Experiment, places: &Places) -> Result<(), OutputError> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    for row in rows {
        csv.serialize(row).expect("a row is flat");
    }
    replace(&places.runs, &csv.into_inner().expect("writing to memory does not fail"))?;
    let mut settings = serde_json::to_vec_pretty(&experiment.settings).expect("settings are plain data");
    settings.push(b'\n');
    replace(&places.settings, &settings)?;
    Ok(write_summary(&summarise(&RunTable::read_csv(&places.runs)?), &places.summary)?)
}

/// Draws the figure from the table of runs; returns the labels of conditions that the table does not have.
pub(crate) fn draw(experiment: &Experiment, places: &Places) -> Result<Vec<String>, OutputError> {
    if !places.runs.exists() {
        return Err(OutputError::NoRuns(places.runs.clone()));
    }
    let table = RunTable::read_csv(&places.runs)?;
    for path in [&places.svg, &places.png] {
        folder_of(path)?;
    }
    draw_violins(&figure(experiment, &table), &places.svg, &places.png)?;
    let labels = std::iter::once(&experiment.baseline).chain(&experiment.conditions).map(|condition| &condition.label);
    Ok(labels.filter(|&label| table.runs.iter().all(|run| run.condition != *label)).cloned().collect())
}

fn figure(experiment: &Experiment, table: &RunTable) -> ViolinFigure {
    let datasets = &experiment.settings.datasets;
    let mut rows: Vec<Option<&str>> = Vec::new();
    for row in experiment.conditions.iter().map(|condition| condition.row.as_deref()) {
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    let panels =
        rows.iter().flat_map(|&row| datasets.iter().map(move |&dataset| panel(experiment, table, row, dataset)));
    ViolinFigure {
        title: Some(experiment.title.clone()),
        panels: panels.map(Into::into).collect(),
        y_label: "Final test loss".to_owned(),
        x_label: experiment.x_label.clone(),
        shared_y: SharedY::Never,
        columns: (rows.len() > 1).then_some(datasets.len()),
        note: note(experiment, table),
    }
}

/// What a reader must know beside the panels: the scale, and baselines that failed.
fn note(experiment: &Experiment, table: &RunTable) -> Option<String> {
    let s = &experiment.settings;
    let scale = experiment.scale.as_ref().filter(|scale| *scale != "paper").map(|scale| {
        format!("{scale} scale: ResNet-18 of width {}, {} training images", s.width, grouped(s.train_images))
    });
    let baseline = table.runs.iter().filter(|run| run.condition == experiment.baseline.label);
    let failed = baseline.filter(|run| run.test_loss.is_none()).count();
    let failed = (failed > 0).then(|| format!("the baseline leaves out {failed} failed of its runs"));
    let parts: Vec<String> = scale.into_iter().chain(failed).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The conditions of one row on one dataset.
fn panel(experiment: &Experiment, table: &RunTable, row: Option<&str>, dataset: DatasetName) -> ViolinPanel {
    let of = |label: &str| -> (Vec<Point>, usize) {
        let runs: Vec<_> = table.runs.iter().filter(|r| r.dataset == dataset.id() && r.condition == label).collect();
        let points: Vec<Point> =
            runs.iter().filter_map(|r| Some(Point { seed: r.seed, value: r.test_loss? })).collect();
        let failed = runs.len() - points.len();
        (points, failed)
    };
    let (baseline, _) = of(&experiment.baseline.label);
    let mean = baseline.iter().map(|p| p.value).sum::<f64>() / baseline.len() as f64;
    let conditions = experiment.conditions.iter().filter(|condition| condition.row.as_deref() == row);
    ViolinPanel {
        title: row.map_or_else(|| dataset.title().to_owned(), |row| format!("{}, {row}", dataset.title())),
        groups: conditions
            .map(|condition| {
                let (points, failed) = of(&condition.label);
                Group { label: condition.tick().to_owned(), points, failed }
            })
            .collect(),
        reference: (!baseline.is_empty()).then(|| Reference {
            value: mean,
            label: "baseline mean".to_owned(),
            n: Some(baseline.len()),
        }),
        ..ViolinPanel::default()
    }
}

/// A number with its thousands apart.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// Writes a file by way of a temporary one beside it, so that a reader never sees half a table.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let folder = folder_of(path)?;
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    };
    write().map_err(|source| OutputError::Write { path: path.to_owned(), source })
}

fn folder_of(path: &Path) -> Result<&Path, OutputError> {
    let folder = path.parent().expect("a file lies in a folder");
    std::fs::create_dir_all(folder).map_err(|source| OutputError::Write { path: folder.to_owned(), source })?;
    Ok(folder)
}
