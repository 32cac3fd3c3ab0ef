//! Reading with an upper bound, so that no file, archive or peer decides how much memory is used.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::error::DatasetError;

/// Reads to the end; `None` where there are more than `max_bytes` bytes.
pub(crate) fn read_at_most(reader: impl Read, max_bytes: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    reader.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= max_bytes).then_some(bytes))
}

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
    fn the_bound_is_inclusive() {
        assert_eq!(read_at_most(&b"abc"[..], 3).unwrap().as_deref(), Some(&b"abc"[..]));
        assert_eq!(read_at_most(&b"abcd"[..], 3).unwrap(), None);
    }

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
