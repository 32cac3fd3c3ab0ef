//! Reports: the statistics of a table of runs as files for people and for programs.
//!
//! `reports/<scale>/figN/` gets `report.md`, `summary.csv`, `tests.csv` and `report.json`, `reports/<scale>/` gets `claims.md`,
//! `claims.csv` and, on request, `index.html`.

mod claims_file;
mod format;
mod html;
mod json;
mod markdown;
mod page;
mod tests_file;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::claims::{Evidence, Ruling, rule};
use crate::comparisons::{Comparison, compare};
use crate::groups::Groups;
use crate::summary::{Summary, summarise_groups, write_summary};
use crate::table::{RunTable, TableError};
use crate::trends::{Trend, trends};

/// Figures that come from runs.
pub const FIGURES: [u8; 5] = [3, 4, 5, 6, 8];

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// What was asked for cannot be had.
    #[error("{0}")]
    Refused(String),
    /// The table cannot be used.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A file cannot be written.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// The statistics of one table of runs.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// `fig6`, or the name of the user's file.
    pub name: String,
    /// `demo`, `paper`, …; `None` for a user's file.
    pub scale: Option<String>,
    /// Each dataset and condition.
    pub summaries: Vec<Summary>,
    /// Each condition with the baseline and its reference.
    pub comparisons: Vec<Comparison>,
    /// Conditions that have an order.
    pub trends: Vec<Trend>,
    /// What the table says of how its runs were computed: column, and its different values.
    pub provenance: Vec<(&'static str, Vec<String>)>,
}

impl Analysis {
    /// Computes everything. `reference` replaces the condition that others are compared with.
    pub fn of(name: &str, scale: Option<&str>, table: &RunTable, reference: Option<&str>) -> Self {
        let groups = Groups::of(table);
        Self {
            name: name.to_owned(),
            scale: scale.map(str::to_owned),
            summaries: summarise_groups(&groups),
            comparisons: compare(&groups, reference),
            trends: trends(&groups),
            provenance: provenance(table),
        }
    }

    /// The words that every statement about the result starts with.
    pub(crate) fn at_scale(&self) -> String {
        self.scale.as_ref().map_or_else(|| "In these runs".into(), |scale| format!("At {scale} scale"))
    }

    /// Writes `report.md`, `summary.csv`, `tests.csv` and `report.json` into a folder.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), ReportError> {
        replace(&folder.join("report.md"), markdown::report(self).as_bytes())?;
        replace(&folder.join("tests.csv"), &tests_file::csv(self))?;
        replace(&folder.join("report.json"), json::report(self).as_bytes())?;
        Ok(write_summary(&self.summaries, &folder.join("summary.csv"))?)
    }
}

fn provenance(table: &RunTable) -> Vec<(&'static str, Vec<String>)> {
    let values = |name: &'static str| -> Option<(&'static str, Vec<String>)> {
        let text = table.frame.column(name).ok()?.cast(&polars::prelude::DataType::String).ok()?;
        let found: std::collections::BTreeSet<String> = text.str().ok()?.iter().flatten().map(str::to_owned).collect();
        (!found.is_empty()).then(|| (name, found.into_iter().collect()))
    };
    ["device", "precision", "version", "libtorch"].into_iter().filter_map(values).collect()
}

/// Where the results of one scale lie.
pub struct ScaleFolder {
    root: PathBuf,
    scale: String,
}

impl ScaleFolder {
    /// The results of `scale` under `root`, which holds `reports/` and `figures/`.
    ///
    /// # Errors
    /// For a scale that is no plain name.
    pub fn new(root: &Path, scale: &str) -> Result<Self, ReportError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if scale.is_empty() || scale.starts_with('.') || !scale.chars().all(plain) {
            return Err(ReportError::Refused(format!("`{scale}` is no scale; scales are names such as demo or paper")));
        }
        Ok(Self { root: root.to_owned(), scale: scale.to_owned() })
    }

    /// The scale's name.
    pub fn scale(&self) -> &str {
        &self.scale
    }

    /// `reports/<scale>`.
    pub fn reports(&self) -> PathBuf {
        self.root.join("reports").join(&self.scale)
    }

    /// `reports/<scale>/figN`.
    pub fn of_figure(&self, number: u8) -> PathBuf {
        self.reports().join(format!("fig{number}"))
    }

    fn drawing(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.root.join("figures").join(&self.scale).join(format!("{name}.svg"))).ok()
    }

    /// The tables of runs that are there, by figure.
    ///
    /// # Errors
    /// Where a table cannot be used.
    pub fn tables(&self) -> Result<BTreeMap<u8, RunTable>, ReportError> {
        let mut tables = BTreeMap::new();
        for number in FIGURES {
            let path = self.of_figure(number).join("runs.csv");
            if path.exists() {
                tables.insert(number, RunTable::read_csv(&path)?);
            }
        }
        Ok(tables)
    }

    /// Decides every claim on the tables of this scale, and writes `claims.md` and `claims.csv`.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn write_claims(&self, tables: &BTreeMap<u8, RunTable>) -> Result<Vec<Ruling>, ReportError> {
        let rulings = rule(&Evidence::of(tables));
        replace(&self.reports().join("claims.md"), claims_file::markdown(&rulings, &self.scale).as_bytes())?;
        replace(&self.reports().join("claims.csv"), &claims_file::csv(&rulings, &self.scale))?;
        Ok(rulings)
    }

    /// Writes `index.html`.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write_html(&self, analyses: &[Analysis], rulings: &[Ruling]) -> Result<PathBuf, ReportError> {
        let drawings: Vec<(String, String)> = ["fig1", "fig2", "fig3", "fig4", "fig5", "fig6", "fig7", "fig8"]
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), self.drawing(name)?)))
            .collect();
        let settings: Vec<(String, String)> = analyses
            .iter()
            .filter_map(|a| {
                let path = self.reports().join(&a.name).join("settings.json");
                Some((a.name.clone(), std::fs::read_to_string(path).ok()?))
            })
            .collect();
        let path = self.reports().join("index.html");
        replace(
            &path,
            page::page(&page::Content { scale: Some(&self.scale), analyses, rulings, drawings, settings }).as_bytes(),
        )?;
        Ok(path)
    }
}

/// Writes the page of a single analysis into its folder.
pub(crate) fn write_own_html(analysis: &Analysis, folder: &Path) -> Result<PathBuf, ReportError> {
    let path = folder.join("index.html");
    let analyses = std::slice::from_ref(analysis);
    let content = page::Content { scale: None, analyses, rulings: &[], drawings: Vec::new(), settings: Vec::new() };
    replace(&path, page::page(&content).as_bytes())?;
    Ok(path)
}

/// Writes a file of which a reader never sees half.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    whole_file::replace(path, bytes).map_err(|source| ReportError::Write { path: path.to_owned(), source })
}
