//! What can go wrong with a store, and with carrying out a plan.

use std::io;
use std::path::{Path, PathBuf};

use datasets::DatasetError;

/// Why the store could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full.
    #[error(
        "the disk is full: cannot write {path}. Nothing that was finished is lost; free some space and give the same \
         command again"
    )]
    DiskFull {
        /// What could not be written.
        path: PathBuf,
    },
    /// The store may not be read or written.
    #[error("{path} cannot be used: {source}. Check its permissions, or choose another folder with --store")]
    NotWritable {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Another file-system error.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A file is not what was written there.
    #[error("{path} is damaged: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The store was written by an incompatible version.
    #[error(
        "{path} is a store of format {found}, and this version reads format {expected}; choose another folder with --store"
    )]
    Format {
        /// The store.
        path: PathBuf,
        /// Its format.
        found: String,
        /// This version's.
        expected: u32,
    },
}

impl StoreError {
    /// Puts a path and what to do to a system error.
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::DiskFull { path }
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::NotWritable { path, source },
            _ => Self::Io { path, source },
        }
    }
}

/// Why a plan could not be carried out to its end.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A dataset cannot be had.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// libtorch refused something; that is a fault of this program or of the memory available to it.
    #[error("{0}")]
    Internal(String),
}

impl ExecuteError {
    pub(crate) fn from_training(error: Box<dyn std::error::Error + Send + Sync>) -> Self {
        match error.downcast::<StoreError>() {
            Ok(store) => Self::Store(*store),
            Err(other) => Self::Internal(other.to_string()),
        }
    }
}
