//! Why a program ended without its figure.

use std::path::PathBuf;
use std::process::ExitCode;

use paths::ExperimentError;
use reports::ReportError;
use sequence::planned::PlannedError;
use sequence::{ExecuteError, StoreError};
use submission::SubmissionError;

use crate::drawing::OutputError;

/// Exit code for a command line or an experiment file that cannot be used.
pub(crate) const USAGE: u8 = 2;

/// Why a program ended without its figure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FigureError {
    #[error("{path} cannot be read: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{}{source}", .path.as_ref().map(|p| format!("{}: ", p.display())).unwrap_or_default())]
    Experiment { path: Option<PathBuf>, source: ExperimentError },
    #[error("{0}")]
    Device(String),
    #[error("`measures` of the experiment: {0}")]
    Measure(String),
    #[error(transparent)]
    Execute(#[from] ExecuteError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error("signals cannot be handled: {0}")]
    Signals(std::io::Error),
    #[error(transparent)]
    Planned(#[from] PlannedError),
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    #[error(transparent)]
    Dataset(#[from] datasets::DatasetError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error("{what} cannot be passed on to jobs: {reason}")]
    NotPassedOn { what: &'static str, reason: String },
}

impl FigureError {
    /// Whether the command line or the experiment file is at fault.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Submission(error) => error.is_usage(),
            Self::Output(error) => error.is_usage(),
            other => {
                matches!(other, Self::Unreadable { .. } | Self::Experiment { .. } | Self::Device(_) | Self::Measure(_))
            }
        }
    }
}

/// The exit code of a program, after it has said what went wrong.
pub(crate) fn exit(outcome: Result<ExitCode, FigureError>) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(error) => {
            terminal::err(format!("error: {error}"));
            ExitCode::from(if error.is_usage() { USAGE } else { 1 })
        }
    }
}
