//! What can go wrong between a plan and the queue.

use std::path::{Path, PathBuf};

/// Why something could not be submitted, or what was submitted could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SubmissionError {
    /// A file of settings cannot be used.
    #[error("{path}: {reason}")]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, with line and key.
        reason: String,
    },
    /// A setting, argument or path cannot be written into a batch script.
    #[error("{what} `{text}` cannot be written into a batch script: {reason}")]
    Unwritable {
        /// What it is.
        what: String,
        /// Its text.
        text: String,
        /// What is not possible.
        reason: &'static str,
    },
    /// A file or folder of the submission cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file of a submission is not what was written.
    #[error("{path} cannot be understood: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A program of Slurm cannot be started.
    #[error(
        "`{program}` cannot be started: {source}. Submit where Slurm's programs are (a login node), or name their folder as \
         `bin` in slurm.toml; --dry-run shows the scripts anywhere"
    )]
    NotThere {
        /// The program.
        program: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A program of Slurm refused.
    #[error("`{command}` failed: {message}")]
    Refused {
        /// The command line.
        command: String,
        /// What the program said.
        message: String,
    },
    /// There is no such submission.
    #[error("{0}")]
    NoSubmission(String),
}

impl SubmissionError {
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    /// Whether the command line or the file of settings is at fault.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Settings { .. } | Self::Unwritable { .. })
    }
}
