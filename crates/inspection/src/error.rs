//! Why a look failed.

use std::path::PathBuf;

use sequence::StoreError;

/// Why a look failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InspectError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Execute(#[from] sequence::ExecuteError),
    #[error(transparent)]
    Submission(#[from] submission::SubmissionError),
    #[error(transparent)]
    Dataset(#[from] datasets::DatasetError),
    #[error(transparent)]
    Table(#[from] tables::TableError),
    #[error("{path} cannot be written: {source}")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("{0}")]
    Refused(String),
}
