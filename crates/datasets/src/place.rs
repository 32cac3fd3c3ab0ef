//! Whole files or none: written beside their destination, flushed to the disk, then renamed.

use std::fs;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::error::DatasetError;

/// A temporary file in the destination's directory, which is created where it is absent.
///
/// Its name is unique, so that concurrent processes do not write into each other's file, and it is deleted on drop.
pub(crate) fn begin(destination: &Path) -> Result<NamedTempFile, DatasetError> {
    let directory = destination.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory).map_err(|cause| DatasetError::io(directory, "create the directory", cause))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".partial-");
    // Temporary files are private by default; what is placed in a shared data directory follows the user's mask.
    #[cfg(unix)]
    builder.permissions(<fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666));
    builder.tempfile_in(directory).map_err(|cause| DatasetError::io(directory, "create a file", cause))
}

/// Flushes the file to the disk and gives it its final name, replacing what had that name.
pub(crate) fn finish(file: NamedTempFile, destination: &Path) -> Result<(), DatasetError> {
    let failed = |cause| DatasetError::io(destination, "write the file", cause);
    file.as_file().sync_all().map_err(failed)?;
    file.persist(destination).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let directory = tempfile::tempdir().unwrap();
        let destination = directory.path().join("new/file");
        let mut file = begin(&destination).unwrap();
        file.write_all(b"content").unwrap();
        assert!(!destination.exists());
        finish(file, &destination).unwrap();
        assert_eq!(fs::read(&destination).unwrap(), b"content");

        drop(begin(&destination).unwrap());
        assert_eq!(fs::read_dir(directory.path().join("new")).unwrap().count(), 1);
    }
}
