//! The store's files: written so that a reader sees a whole file or none, with errors that say what to do.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::StoreError;

/// Creates a folder and those above it.
pub(crate) fn create_folder(path: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(path).map_err(|e| StoreError::io(path, e))
}

/// Writes a new file and waits until it is on the disk.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    whole_file::write_durably(path, bytes).map_err(|e| StoreError::io(path, e))
}

/// Puts a file in place of what is there.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    whole_file::replace(path, bytes).map_err(|e| StoreError::io(path, e))
}

/// Waits until a folder's entries are on the disk.
pub(crate) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    whole_file::sync_folder(path).map_err(|e| StoreError::io(path, e))
}

/// Reads a file; `None` where there is none.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(StoreError::io(path, e)),
    }
}
