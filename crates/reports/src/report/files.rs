//! Reports as files.

use std::path::{Path, PathBuf};

use crate::analysis::Analysis;
use crate::report::error::ReportError;
use crate::report::json;
use crate::report::markdown;
use crate::report::page;
use crate::report::parquet_file;
use crate::report::summary_file;
use crate::report::tests_file;

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

/// Writes the tables in a folder, and those named besides, as Parquet into the folder; the files that were written.
///
/// # Errors
/// Where a table cannot be read, or a file cannot be written.
pub(crate) fn write_parquet(folder: &Path, besides: &[&Path]) -> Result<Vec<PathBuf>, ReportError> {
    const TABLES: [&str; 7] =
        ["runs.csv", "summary.csv", "tests.csv", "curves.csv", "tasks.csv", "measures.csv", "claims.csv"];
    let there = TABLES.map(|name| folder.join(name)).into_iter().filter(|path| path.exists());
    let mut tables: Vec<PathBuf> = besides.iter().map(|path| path.to_path_buf()).collect();
    tables.extend(there.filter(|path| besides.iter().all(|other| other.file_name() != path.file_name())));
    tables.iter().map(|table| parquet_file::write(table, folder)).collect()
}

/// Writes a file of which a reader never sees half.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    whole_file::replace(path, bytes).map_err(|source| ReportError::Write { path: path.to_owned(), source })
}
