//! Reading files with an upper bound, so that no file decides how much memory is used.

use std::fs::File;
use std::path::Path;

use formats::read_at_most;

use crate::error::DatasetError;

/// Reads a whole file of at most `max_bytes` bytes.
pub(crate) fn read_file(path: &Path, max_bytes: u64) -> Result<Vec<u8>, DatasetError> {
    File::open(path)
        .and_then(|file| read_at_most(file, max_bytes))
        .map_err(|cause| DatasetError::io(path, "read the file", cause))?
        .ok_or_else(|| DatasetError::TooLarge { file: path.display().to_string(), max_bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_is_refused_by_name() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("big");
        std::fs::write(&path, [0; 10]).unwrap();
        assert_eq!(read_file(&path, 10).unwrap().len(), 10);
        let error = read_file(&path, 9).unwrap_err().to_string();
        assert!(error.contains("big") && error.contains("at most 9 bytes"), "{error}");
    }
}
