//! Tables and figures on the disk.

use std::io::Write;
use std::path::{Path, PathBuf};

use paths::{DatasetName, Experiment, FigureKind, SettingsPatch};
use plotting::PlotError;
use sequence::{Look, RunRow, Tables, looks};
use statistics::{RunTable, TableError, summarise, write_summary};

/// Why a table or figure could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    #[error("{path} cannot be written: {source}")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("there is no {0}; run the same command without --plot-only first")]
    NoRuns(PathBuf),
    #[error("{path} is not a table of norms or activations: {reason}")]
    Looks { path: PathBuf, reason: String },
    #[error(
        "the conditions of {row} go from {from} to {to}; a figure of kind \"paths\" needs paths that change exactly two \
         components of blur, contrast and shift"
    )]
    NoPlane { row: String, from: String, to: String },
    #[error(
        "the longest path has {found} tasks, and a figure of kind \"norms\" shows {most} at most; leave longer paths out with max_tasks"
    )]
    TooManyTasks { found: usize, most: usize },
    #[error("there are {found} conditions, and a figure of kind \"norms\" shows {most} at most")]
    TooManyConditions { found: usize, most: usize },
    #[error("`epochs_row` is for figures of kind \"violins\"")]
    EpochsRow,
    #[error("{path} has no run of {dataset}; it has {found}")]
    NoRunsOf { path: PathBuf, dataset: DatasetName, found: String },
    #[error("{path} holds no settings: {reason}")]
    Settings { path: PathBuf, reason: String },
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Plot(#[from] PlotError),
}

/// Where an experiment's files go.
pub(crate) struct Places {
    /// The folder of the figure, and its name.
    figures: PathBuf,
    name: String,
    /// Names of the figure's files beyond its own, where it has a file a dataset.
    others: Vec<String>,
    runs: PathBuf,
    summary: PathBuf,
    settings: PathBuf,
    norms: PathBuf,
    activations: PathBuf,
}

impl OutputError {
    /// Whether the command line or the experiment file is at fault.
    pub fn is_usage(&self) -> bool {
        use OutputError::{EpochsRow, NoPlane, NoRunsOf, TooManyConditions, TooManyTasks};
        matches!(self, NoPlane { .. } | TooManyTasks { .. } | TooManyConditions { .. } | EpochsRow | NoRunsOf { .. })
    }
}

impl Places {
    /// `figures/<scale>/` and `reports/<scale>/<name>/` under `out`; an experiment without scales has `own` in its place.
    pub fn new(out: &Path, experiment: &Experiment) -> Self {
        let scale = experiment.scale.as_deref().unwrap_or("own");
        let reports = out.join("reports").join(scale).join(&experiment.name);
        let more = experiment.settings.datasets.iter().skip(1).filter(|_| experiment.figure.kind == FigureKind::Norms);
        Self {
            figures: out.join("figures").join(scale),
            name: experiment.name.clone(),
            others: more.map(|dataset| dataset.id().to_owned()).collect(),
            runs: reports.join("runs.csv"),
            summary: reports.join("summary.csv"),
            settings: reports.join("settings.json"),
            norms: reports.join("norms.csv"),
            activations: reports.join("activations.csv"),
        }
    }

    /// The table of runs.
    pub fn runs(&self) -> &Path {
        &self.runs
    }

    /// What is added to the figure's name in the file of `dataset`, where it has a file a dataset: nothing for the first.
    pub fn suffix(&self, experiment: &Experiment, dataset: DatasetName) -> Option<&'static str> {
        (experiment.settings.datasets.first() != Some(&dataset)).then(|| dataset.id())
    }

    /// The SVG and PNG files of the figure, in a folder that is there.
    pub fn figure(&self, suffix: Option<&str>) -> Result<(PathBuf, PathBuf), OutputError> {
        let [svg, png] = self.figure_files(suffix);
        folder_of(&svg)?;
        Ok((svg, png))
    }

    fn figure_files(&self, suffix: Option<&str>) -> [PathBuf; 2] {
        let name = suffix.map_or_else(|| self.name.clone(), |suffix| format!("{}-{suffix}", self.name));
        ["svg", "png"].map(|kind| self.figures.join(format!("{name}.{kind}")))
    }

    /// The settings that the tables were made with, where they are there.
    pub fn read_settings(&self) -> Result<Option<SettingsPatch>, OutputError> {
        let unusable = |reason: String| OutputError::Settings { path: self.settings.clone(), reason };
        match std::fs::read(&self.settings) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|e| unusable(e.to_string())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(unusable(e.to_string())),
        }
    }

    /// Refuses datasets that the table of runs has nothing of.
    pub fn check_datasets(&self, datasets: &[DatasetName]) -> Result<(), OutputError> {
        let table = self.read_runs()?;
        let mut found: Vec<&str> = table.runs.iter().map(|run| run.dataset.as_str()).collect();
        found.sort_unstable();
        found.dedup();
        match datasets.iter().find(|dataset| !found.contains(&dataset.id())) {
            Some(&dataset) => Err(OutputError::NoRunsOf { path: self.runs.clone(), dataset, found: found.join(", ") }),
            None => Ok(()),
        }
    }

    /// Reads the table of runs.
    pub fn read_runs(&self) -> Result<RunTable, OutputError> {
        if !self.runs.exists() {
            return Err(OutputError::NoRuns(self.runs.clone()));
        }
        Ok(RunTable::read_csv(&self.runs)?)
    }

    /// Reads the tables of norms and activations.
    pub fn read_looks(&self) -> Result<Vec<Look>, OutputError> {
        let read = |path: &Path| std::fs::read(path).map_err(|_| OutputError::NoRuns(path.to_owned()));
        let tables = Tables { norms: read(&self.norms)?, activations: read(&self.activations)? };
        looks::from_tables(&tables).map_err(|reason| OutputError::Looks { path: self.norms.clone(), reason })
    }

    /// Says where the figure is.
    pub fn drawn(&self) -> String {
        let suffixes = std::iter::once(None).chain(self.others.iter().map(|other| Some(other.as_str())));
        let files = suffixes.flat_map(|suffix| self.figure_files(suffix).into_iter().rev());
        let files: Vec<String> = files.map(|file| file.display().to_string()).collect();
        format!("Figure:  {}", files.join("\n         "))
    }

    /// Says where figure and tables are.
    pub fn written(&self) -> String {
        let more = if self.norms.exists() {
            format!("\n         {}\n         {}", self.norms.display(), self.activations.display())
        } else {
            String::new()
        };
        format!("{}\nTables:  {}\n         {}{more}", self.drawn(), self.runs.display(), self.summary.display())
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

/// Writes the tables of norms and activations.
pub(crate) fn write_looks(seen: &[Look], places: &Places) -> Result<(), OutputError> {
    let tables = looks::to_tables(seen);
    replace(&places.norms, &tables.norms)?;
    replace(&places.activations, &tables.activations)
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
