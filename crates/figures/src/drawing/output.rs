//! Tables and figures on the disk.

use std::path::{Path, PathBuf};

use paths::{DatasetName, Experiment, FigureKind, SettingsPatch};
use plotting::PlotError;
use reports::{RunTable, TableError, summary_csv};
use sequence::{CurvePoint, RunMeasure, TaskRow, run_curves, run_measures, run_tasks};

/// Why a table or figure could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    #[error("{path} cannot be written: {source}")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("there is no {0}; run the same command without --plot-only first")]
    NoRuns(PathBuf),
    #[error("{path} is not a table of learning curves: {reason}")]
    Curves { path: PathBuf, reason: String },
    #[error("{path} is not a table of tasks: {reason}")]
    Tasks { path: PathBuf, reason: String },
    #[error("condition \"{0}\" has no place on x; give it a list of numbers in a task, or write `x`")]
    NoPlace(String),
    #[error(
        "the figure has {found} lines, and a figure of kind \"trend\" or \"tasks\" shows {most} at most, the baseline being one"
    )]
    TooManyLines { found: usize, most: usize },
    #[error("a figure of kind \"{kind}\" shows one network; leave `other_networks` out, with --set other_networks=[]")]
    OneNetwork { kind: &'static str },
    #[error("{path} is not a table of measures: {reason}")]
    Measures { path: PathBuf, reason: String },
    #[error(
        "the conditions of {row} go from {from} to {to}; a figure of kind \"paths\" needs paths that change exactly two \
         components of blur, contrast and shift"
    )]
    NoPlane { row: String, from: String, to: String },
    #[error(
        "the longest path has {found} tasks, and a figure of kind \"norms\" shows {most} at most; leave longer paths out with \
         max_tasks"
    )]
    TooManyTasks { found: usize, most: usize },
    #[error("there are {found} conditions, and a figure of kind \"norms\" shows {most} at most")]
    TooManyConditions { found: usize, most: usize },
    #[error("there are {found} conditions, and a figure of kind \"causes\" shows {most} at most beside the baseline")]
    TooManyCauses { found: usize, most: usize },
    #[error("`epochs_row` is for figures of kind \"violins\"")]
    EpochsRow,
    #[error("`join_seeds` is for figures of kind \"violins\" and \"paths\"")]
    JoinSeeds,
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
    /// SVG and PNG files of the figure, a PDF lying beside the SVG: one of each, or one a dataset in the experiment's order.
    figures: Vec<[PathBuf; 2]>,
    runs: PathBuf,
    summary: PathBuf,
    settings: PathBuf,
    /// What was measured along the runs, for a figure of it.
    measures: Option<PathBuf>,
    /// The learning curves of the runs.
    curves: PathBuf,
    /// What each task of the runs ended with.
    tasks: PathBuf,
}

impl OutputError {
    /// Whether the command line or the experiment file is at fault.
    pub fn is_usage(&self) -> bool {
        use OutputError::{
            EpochsRow, JoinSeeds, NoPlace, NoPlane, NoRunsOf, OneNetwork, Plot, TooManyCauses, TooManyConditions,
            TooManyLines, TooManyTasks,
        };
        matches!(
            self,
            NoPlane { .. }
                | TooManyTasks { .. }
                | TooManyConditions { .. }
                | TooManyCauses { .. }
                | TooManyLines { .. }
                | NoPlace(_)
                | OneNetwork { .. }
                | EpochsRow
                | JoinSeeds
                | NoRunsOf { .. }
                | Plot(PlotError::Crowded { .. } | PlotError::Narrow { .. } | PlotError::Font { .. })
        )
    }
}

impl Places {
    /// `figures/<scale>/` and `reports/<scale>/<name>/` under `out`; an experiment without scales has `own` in its place.
    pub fn new(out: &Path, experiment: &Experiment) -> Self {
        let scale = experiment.scale.as_deref().unwrap_or("own");
        let reports = out.join("reports").join(scale).join(&experiment.name);
        let figures = out.join("figures").join(scale);
        let name = &experiment.name;
        let kind = experiment.figure.kind;
        let others = experiment.settings.datasets.iter().skip(1).filter(|_| kind.is_a_figure_a_dataset());
        let names = std::iter::once(name.clone()).chain(others.map(|dataset| format!("{name}-{}", dataset.id())));
        Self {
            figures: names.map(|name| ["svg", "png"].map(|kind| figures.join(format!("{name}.{kind}")))).collect(),
            runs: reports.join("runs.csv"),
            summary: reports.join("summary.csv"),
            settings: reports.join("settings.json"),
            measures: matches!(kind, FigureKind::Norms | FigureKind::Causes).then(|| reports.join("measures.csv")),
            curves: reports.join("curves.csv"),
            tasks: reports.join("tasks.csv"),
        }
    }

    /// The table of runs.
    pub fn runs(&self) -> &Path {
        &self.runs
    }

    /// The page that shows how far training is.
    pub fn live(&self) -> PathBuf {
        self.runs.with_file_name("live.html")
    }

    /// The SVG and PNG files of the figure, a PDF lying beside the SVG: one of each, or one a dataset in the experiment's order.
    pub fn figures(&self) -> &[[PathBuf; 2]] {
        &self.figures
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

    /// Reads the table of measures.
    ///
    /// # Panics
    /// Where the figure is not of them.
    pub fn read_measures(&self) -> Result<Vec<RunMeasure>, OutputError> {
        let path = self.measures();
        let bytes = std::fs::read(path).map_err(|_| OutputError::NoRuns(path.to_owned()))?;
        run_measures::from_csv(&bytes).map_err(|reason| OutputError::Measures { path: path.to_owned(), reason })
    }

    /// Reads the table of learning curves.
    pub fn read_curves(&self) -> Result<Vec<CurvePoint>, OutputError> {
        let path = &self.curves;
        let bytes = std::fs::read(path).map_err(|_| OutputError::NoRuns(path.to_owned()))?;
        run_curves::from_csv(&bytes).map_err(|reason| OutputError::Curves { path: path.to_owned(), reason })
    }

    /// Reads the table of tasks.
    pub fn read_tasks(&self) -> Result<Vec<TaskRow>, OutputError> {
        let path = &self.tasks;
        let bytes = std::fs::read(path).map_err(|_| OutputError::NoRuns(path.to_owned()))?;
        run_tasks::from_csv(&bytes).map_err(|reason| OutputError::Tasks { path: path.to_owned(), reason })
    }

    fn measures(&self) -> &Path {
        self.measures.as_deref().expect("a figure of measures has a table of them")
    }

    /// Says where the figure is.
    pub fn drawn(&self) -> String {
        let formats = |[svg, png]: &[PathBuf; 2]| [png.clone(), svg.clone(), svg.with_extension("pdf")];
        let files: Vec<String> = self.figures.iter().flat_map(formats).map(|file| file.display().to_string()).collect();
        format!("Figure:  {}", files.join("\n         "))
    }

    /// Says where figure and tables are.
    pub fn written(&self) -> String {
        let tables = [&self.runs, &self.summary].into_iter().chain([&self.tasks, &self.curves]).chain(&self.measures);
        let tables: Vec<String> = tables.map(|file| file.display().to_string()).collect();
        format!("{}\nTables:  {}", self.drawn(), tables.join("\n         "))
    }
}

/// Writes the tables, that of the runs being given.
pub(crate) fn write(runs: &[u8], experiment: &Experiment, places: &Places) -> Result<(), OutputError> {
    replace(&places.runs, runs)?;
    let mut settings = serde_json::to_vec_pretty(&experiment.settings).expect("settings are plain data");
    settings.push(b'\n');
    replace(&places.settings, &settings)?;
    replace(&places.summary, &summary_csv(&RunTable::read_csv(&places.runs)?))
}

/// Writes the table of measures.
pub(crate) fn write_measures(measures: &[RunMeasure], places: &Places) -> Result<(), OutputError> {
    replace(places.measures(), &run_measures::to_csv(measures))
}

/// Writes the table of tasks.
pub(crate) fn write_tasks(rows: &[TaskRow], places: &Places) -> Result<(), OutputError> {
    replace(&places.tasks, &run_tasks::to_csv(rows))
}

/// Writes the table of learning curves.
pub(crate) fn write_curves(points: &[CurvePoint], places: &Places) -> Result<(), OutputError> {
    replace(&places.curves, &run_curves::to_csv(points))
}

/// Writes a file of which a reader never sees half.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    whole_file::replace(path, bytes).map_err(|source| OutputError::Write { path: path.to_owned(), source })
}
