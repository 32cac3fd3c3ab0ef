//! Reports as files.

use std::path::{Path, PathBuf};

use crate::analysis::Analysis;
use crate::report::error::ReportError;
use crate::report::json;
use crate::report::markdown;
use crate::report::page;
use crate::report::summary_file;
use crate::report::tests_file;

/// The tables with several rows a run that an experiment's folder may have beside `runs.csv`.
pub const DETAILS: [&str; 3] = ["curves.csv", "tasks.csv", "measures.csv"];
/// What a report writes into the folder of the runs that it is on.
pub const REPORTS: [&str; 4] = ["report.md", "tests.csv", "report.json", "index.html"];

/// Writes `report.md`, `summary.csv`, `tests.csv` and `report.json` into a folder.
///
/// # Errors
/// Where a file cannot be written.
pub(crate) fn write(analysis: &Analysis, folder: &Path) -> Result<(), ReportError> {
    replace(&folder.join("report.md"), markdown::report(analysis).as_bytes())?;
    replace(&folder.join("tests.csv"), &tests_file::csv(analysis))?;
    replace(&folder.join("report.json"), json::report(analysis).as_bytes())?;
    replace(&folder.join("summary.csv"), &summary_file::of_analysis(analysis))
}

/// Writes the page of a single analysis, of the table `runs`, into its folder.
pub(crate) fn write_own_html(analysis: &Analysis, runs: &Path, folder: &Path) -> Result<PathBuf, ReportError> {
    let path = folder.join("index.html");
    let analyses = std::slice::from_ref(analysis);
    let runs = vec![(analysis.name.clone(), runs.to_owned())];
    let content =
        page::Content { scale: None, analyses, rulings: &[], drawings: Vec::new(), settings: Vec::new(), runs };
    replace(&path, page::page(&content).as_bytes())?;
    Ok(path)
}

/// Writes a file of which a reader never sees half.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    whole_file::replace(path, bytes).map_err(|source| ReportError::Write { path: path.to_owned(), source })
}
