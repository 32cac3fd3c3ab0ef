//! What can be wrong with a file that should be a table.

use std::path::PathBuf;

/// Why a file is no table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// The file is of another kind.
    #[error("{path} {reason}")]
    Kind {
        /// The file.
        path: PathBuf,
        /// What it is, and what to do.
        reason: String,
    },
    /// The line with the columns' names is wrong.
    #[error("{path}, header: {reason}")]
    Header {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// A row is wrong.
    #[error("{path}, row {row} (line {line}): {reason}")]
    Row {
        /// The file.
        path: PathBuf,
        /// The row, counted in lines below the header.
        row: usize,
        /// Its line in the file.
        line: usize,
        /// What is wrong, and what to do.
        reason: String,
    },
}
