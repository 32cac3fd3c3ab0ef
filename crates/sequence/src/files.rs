//! Writing files so that a reader sees a whole file or none, whatever happens to the writer.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

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

/// Creates a folder and those above it.
pub(crate) fn create_folder(path: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(path).map_err(|e| StoreError::io(path, e))
}

/// Writes a new file and waits until it is on the disk.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let write = || -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|e| StoreError::io(path, e))
}

/// Puts a file in place of what is there.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    whole_file::replace(path, bytes).map_err(|e| StoreError::io(path, e))
}

/// Waits until a folder's entries are on the disk.
pub(crate) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|e| StoreError::io(path, e))
}

/// Reads a file; `None` where there is none.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(StoreError::io(path, e)),
    }
}
