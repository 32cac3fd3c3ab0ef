//! Why a measurement failed.

use std::path::{Path, PathBuf};

use datasets::DatasetError;
use paths::ExperimentError;
use sequence::{ExecuteError, StoreError};

/// Why a measurement failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    #[error("{0}")]
    Refused(String),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}")]
    Experiment { path: PathBuf, source: ExperimentError },
    #[error("`{command}` {reason}")]
    Process { command: String, reason: String },
    #[error("{0} of the stages to be timed failed; the first reason: {1}")]
    Stages(usize, String),
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Execute(#[from] ExecuteError),
}

impl BenchError {
    /// Puts a path to a system error.
    pub fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}
