//! The one call that gives a dataset's bytes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use paths::DatasetName;

use crate::cache;
use crate::error::{DatasetError, Unavailable};
use crate::fetch;
use crate::local;
use crate::raw::RawDataset;
use crate::registry::{self, Entry};

/// Gives a dataset as it was published, from `data_dir/<name>/`, or from where torchvision keeps it in `data_dir`.
///
/// The first call obtains it from one of its sources and keeps a decoded copy; later calls read that copy. Either way
/// all bytes are compared with their digests. A damaged copy is rebuilt. Any number of processes may call this at
/// once for the same directory; in one process, one call at a time does. `notice` gets a short line whenever something is
/// fetched, rebuilt or cannot be kept.
///
/// # Errors
///
/// See [`fetch::fetch`]. Where no source could provide the dataset, none is asked again in this process. A decoded copy that
/// cannot be read or written is a notice, not an error.
pub fn load(name: DatasetName, data_dir: &Path, notice: &dyn Fn(&str)) -> Result<RawDataset, DatasetError> {
    load_entry(registry::entry(name), data_dir, notice)
}

fn load_entry(entry: &Entry, data_dir: &Path, notice: &dyn Fn(&str)) -> Result<RawDataset, DatasetError> {
    let directory = local::own_folder(entry, data_dir);
    let turn = turn(&directory);
    let mut settled = turn.lock().unwrap_or_else(PoisonError::into_inner);
    match cache::read(entry, &directory) {
        Ok(Some(dataset)) => return Ok(dataset),
        Ok(None) => {}
        Err(error) => notice(&format!("{}: the decoded copy cannot be used and is rebuilt: {error}", entry.name)),
    }
    let dataset = fetch::fetch(entry, data_dir, &mut settled, notice)?;
    if let Err(error) = cache::write(entry, &directory, &dataset) {
        notice(&format!("{}: no decoded copy is kept: {error}", entry.name));
    }
    Ok(dataset)
}

/// Held by the call that looks after a dataset's folder; that no source could provide the dataset, once that is known.
type Turn = Arc<Mutex<Option<Unavailable>>>;

/// The turns of this process, by folder: stages side by side, and figures one after the other, want the same datasets.
static TURNS: Mutex<Option<HashMap<PathBuf, Turn>>> = Mutex::new(None);

fn turn(directory: &Path) -> Turn {
    let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
    turns.get_or_insert_default().entry(directory.to_owned()).or_default().clone()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::fs;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;
    use crate::small;

    fn data_with_mnist() -> (tempfile::TempDir, Entry, RawDataset) {
        let data = tempfile::tempdir().unwrap();
        let (entry, files, dataset) = small::mnist();
        small::put(&entry, data.path(), &files);
        (data, entry, dataset)
    }

    fn silent(line: &str) {
        panic!("unexpected notice: {line}");
    }

    #[test]
    fn the_second_call_needs_the_decoded_copy_only() {
        let (data, entry, expected) = data_with_mnist();
        assert_eq!(load_entry(&entry, data.path(), &|_| ()).unwrap(), expected);
        for file in entry.files {
            fs::remove_file(local::own_folder(&entry, data.path()).join(file.name.trim_end_matches(".gz"))).unwrap();
        }
        assert_eq!(load_entry(&entry, data.path(), &silent).unwrap(), expected);
    }

    #[test]
    fn a_damaged_copy_is_rebuilt() {
        let (data, entry, expected) = data_with_mnist();
        load_entry(&entry, data.path(), &|_| ()).unwrap();
        let path = cache::path(&local::own_folder(&entry, data.path()));
        let mut bytes = fs::read(&path).unwrap();
        let intact = bytes.clone();
        *bytes.last_mut().unwrap() ^= 1;
        for damaged in [&bytes[..], &bytes[..100], b""] {
            fs::write(&path, damaged).unwrap();
            let notices = RefCell::new(Vec::new());
            let notice = |line: &str| notices.borrow_mut().push(line.to_string());
            assert_eq!(load_entry(&entry, data.path(), &notice).unwrap(), expected);
            assert!(notices.borrow()[0].contains("rebuilt"), "{notices:?}");
            assert_eq!(fs::read(&path).unwrap(), intact);
        }
    }

    #[test]
    fn another_dataset_s_file_is_noticed() {
        // The decoded copy of another dataset of the same shape, whose own digests are right.
        let (data, entry, expected) = data_with_mnist();
        load_entry(&entry, data.path(), &|_| ()).unwrap();
        let mut other = expected.clone();
        other.train.images.reverse();
        let mut other_entry = entry;
        other_entry.train.digests = None;
        cache::write(&other_entry, &local::own_folder(&entry, data.path()), &other).unwrap();
        let notices = RefCell::new(Vec::new());
        let notice = |line: &str| notices.borrow_mut().push(line.to_string());
        assert_eq!(load_entry(&entry, data.path(), &notice).unwrap(), expected);
        assert!(notices.borrow()[0].contains("cannot be used and is rebuilt"), "{notices:?}");

        // An official file in the place of another: labels of other images.
        let data = tempfile::tempdir().unwrap();
        let (_, mut files, _) = small::mnist();
        files[3].1 = files[1].1.clone();
        small::put(&entry, data.path(), &files);
        let error = load_entry(&entry, data.path(), &|_| ()).unwrap_err().to_string();
        assert!(error.contains(files[3].0) && error.contains("replace it"), "{error}");
    }

    #[test]
    fn a_copy_that_cannot_be_kept_is_no_error() {
        let (data, entry, expected) = data_with_mnist();
        // A directory in the copy's place: it can neither be read nor replaced.
        fs::create_dir(cache::path(&local::own_folder(&entry, data.path()))).unwrap();
        let notices = RefCell::new(Vec::new());
        let notice = |line: &str| notices.borrow_mut().push(line.to_string());
        assert_eq!(load_entry(&entry, data.path(), &notice).unwrap(), expected);
        assert!(notices.borrow().iter().any(|line| line.contains("no decoded copy is kept")), "{notices:?}");
    }

    #[test]
    fn several_at_once_all_succeed() {
        let (data, entry, expected) = data_with_mnist();
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    assert_eq!(load_entry(&entry, data.path(), &|_| ()).unwrap(), expected);
                });
            }
        });
        assert_eq!(fs::read_dir(local::own_folder(&entry, data.path())).unwrap().count(), 5);
    }

    #[test]
    fn a_source_that_failed_is_asked_once_by_all() {
        let data = tempfile::tempdir().unwrap();
        let (mut entry, _, _) = small::mnist();
        // Nobody listens on the discard port.
        entry.mirrors = &["http://127.0.0.1:9/"];
        let downloads = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let notice = |line: &str| {
                        downloads.fetch_add(line.contains("downloading").into(), Ordering::Relaxed);
                    };
                    let error = load_entry(&entry, data.path(), &notice).unwrap_err();
                    assert!(matches!(error, DatasetError::Unavailable(_)), "{error}");
                });
            }
        });
        assert_eq!(downloads.into_inner(), 1);
    }

    /// The real data, through whatever source this machine reaches.
    #[test]
    #[ignore = "fetches about 200 MB"]
    fn the_published_data() {
        let directory = tempfile::tempdir().unwrap();
        let notice = |line: &str| eprintln!("{line}");
        for name in [DatasetName::Cifar10, DatasetName::Mnist, DatasetName::FashionMnist] {
            let fetched = load(name, directory.path(), &notice).unwrap();
            let cached = load(name, directory.path(), &silent).unwrap();
            assert_eq!(fetched, cached);
        }
    }
}
