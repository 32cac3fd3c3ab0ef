//! Files that are there whole or not at all, whatever happens to who writes them: written beside their destination, flushed to
//! the disk, then renamed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes `bytes` to `path` in place of what is there, and creates its folder where there is none.
///
/// # Errors
/// Where the folder or the file cannot be written; what was at `path` is there still.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = begin(path)?;
    file.write_all(bytes)?;
    finish(file, path)
}

/// A file in the folder of `path`, which is created where there is none, to be written bit by bit and then given to [`finish`].
///
/// Its name is its own, so that concurrent processes do not write into each other's file, and it is deleted on drop.
///
/// # Errors
/// Where the folder or the file cannot be created.
pub fn begin(path: &Path) -> io::Result<NamedTempFile> {
    let folder = folder_of(path);
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".partial-");
    // Temporary files are private by default; those of a shared folder follow the user's mask.
    #[cfg(unix)]
    builder.permissions(<fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Flushes the file to the disk and gives it its name, in place of what had that name.
///
/// # Errors
/// Where that fails; what was at `path` is there still.
pub fn finish(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The name is on the disk only with the folder.
    sync_folder(folder_of(path))
}

/// Writes a file in a folder that nobody reads yet, to be renamed as a whole, and waits until it is on the disk.
///
/// # Errors
/// Where it cannot be written; half of it may be there then.
pub fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Waits until the names in a folder are on the disk; does nothing where the system has no such thing.
///
/// # Errors
/// Where that fails.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    // The parent of a bare name is the empty path, which is no folder.
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("new/file");
        let mut file = begin(&path).unwrap();
        file.write_all(b"content").unwrap();
        assert!(!path.exists());
        finish(file, &path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"content");

        let mut file = begin(&path).unwrap();
        file.write_all(b"other").unwrap();
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), b"content");
        assert_eq!(fs::read_dir(directory.path().join("new")).unwrap().count(), 1);
    }

    #[test]
    fn what_is_replaced_stays_where_that_fails() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        replace(&path, b"first").unwrap();
        replace(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        // A folder cannot be replaced by a file.
        let folder = directory.path().join("folder");
        fs::create_dir_all(folder.join("in it")).unwrap();
        assert!(replace(&folder, b"third").is_err());
        assert!(folder.join("in it").exists());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_what_the_users_mask_lets_them() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let (ours, usual) = (directory.path().join("ours"), directory.path().join("usual"));
        replace(&ours, b"").unwrap();
        fs::write(&usual, b"").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&usual));
    }
}
