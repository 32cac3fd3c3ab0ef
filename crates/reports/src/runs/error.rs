//! What can be wrong with a table of runs.

use std::path::PathBuf;

use polars::prelude::PolarsError;

/// Why a table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file is no table.
    #[error(transparent)]
    File(#[from] tables::TableError),
    /// No run has a result.
    #[error("{path}: none of {runs} has a result: {statuses}")]
    NoResult {
        /// The file.
        path: PathBuf,
        /// How many runs there are, in words.
        runs: String,
        /// How many have which status, in words.
        statuses: String,
    },
    /// A column is missing.
    #[error("{path} has no column `{column}`; needed are {needed}, found are {found}")]
    Column {
        /// The file.
        path: PathBuf,
        /// The missing column.
        column: String,
        /// The columns that are needed.
        needed: String,
        /// The columns that are there.
        found: String,
    },
    /// A cell is empty or of the wrong type.
    #[error("{path}, row {row}: `{column}` is {found}, expected {expected}")]
    Cell {
        /// The file.
        path: PathBuf,
        /// The row, the first after the header being 1.
        row: usize,
        /// The column.
        column: String,
        /// What is there.
        found: String,
        /// What should be.
        expected: &'static str,
    },
    /// A run appears twice.
    #[error("{path}, row {row}: dataset {dataset}, condition {condition}, seed {seed} appears a second time")]
    Duplicate {
        /// The file.
        path: PathBuf,
        /// The row of the second appearance.
        row: usize,
        /// Its dataset.
        dataset: String,
        /// Its condition.
        condition: String,
        /// Its seed.
        seed: u64,
    },
    /// Runs of one condition differ in what the condition is.
    #[error("{path}, row {row}: `{column}` is {reason}; runs that differ in it need conditions of their own")]
    Disagreement {
        /// The file.
        path: PathBuf,
        /// The row, the first after the header being 1.
        row: usize,
        /// The column.
        column: String,
        /// What is there, and what the condition's first row has.
        reason: String,
    },
    /// What the caller says of the table is not so.
    #[error("{path}: {reason}")]
    Role {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// A result cannot be computed or written.
    #[error("{0}")]
    Frame(#[from] PolarsError),
    /// The result cannot be written.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}
