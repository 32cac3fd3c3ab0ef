//! Why there is no report.

use std::path::PathBuf;

use crate::runs::TableError;

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
