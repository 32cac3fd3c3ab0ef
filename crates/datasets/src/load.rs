//! The calls that give a dataset's bytes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use paths::DatasetName;

use crate::cache::{self, DecodedCopy};
use crate::error::{DatasetError, Unavailable};
use crate::fetch;
use crate::local;
use crate::raw::RawDataset;
use crate::registry::{self, Entry};
use crate::source::Source;

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

/// The same for `look`, which is shown the dataset, and need not have all of it in memory at once. It is called again where it was shown
/// a damaged copy.
///
/// # Errors
/// Those of [`load`] and of `look`.
pub(crate) fn read<T>(
    name: DatasetName,
    data_dir: &Path,
    notice: &dyn Fn(&str),
    look: &mut dyn FnMut(&mut dyn Source) -> Result<T, DatasetError>,
) -> Result<T, DatasetError> {
    read_entry(registry::entry(name), data_dir, notice, look)
}

fn read_entry<T>(
    entry: &Entry,
    data_dir: &Path,
    notice: &dyn Fn(&str),
    look: &mut dyn FnMut(&mut dyn Source) -> Result<T, DatasetError>,
) -> Result<T, DatasetError> {
    match obtain(entry, data_dir, notice, |copy| look(copy))? {
        Obtained::FromCopy(found) => Ok(found),
        Obtained::Fetched(dataset) => look(&mut &dataset),
    }
}

fn load_entry(entry: &Entry, data_dir: &Path, notice: &dyn Fn(&str)) -> Result<RawDataset, DatasetError> {
    match obtain(entry, data_dir, notice, |copy| copy.read())? {
        Obtained::FromCopy(dataset) | Obtained::Fetched(dataset) => Ok(dataset),
    }
}

enum Obtained<T> {
    FromCopy(T),
    Fetched(RawDataset),
}

/// What `look` finds in the decoded copy, or, where there is none that can be used, the dataset, of which one is then kept.
fn obtain<T>(
    entry: &Entry,
    data_dir: &Path,
    notice: &dyn Fn(&str),
    look: impl FnOnce(&mut DecodedCopy<'_>) -> Result<T, DatasetError>,
) -> Result<Obtained<T>, DatasetError> {
    let directory = local::own_folder(entry, data_dir);
    let turn = turn(&directory);
    let mut settled = turn.lock().unwrap_or_else(PoisonError::into_inner);
    match DecodedCopy::open(entry, &directory).and_then(|copy| copy.map(|mut copy| look(&mut copy)).transpose()) {
        Ok(Some(found)) => return Ok(Obtained::FromCopy(found)),
        Ok(None) => {}
        // Nothing is wrong with the copy.
        Err(error @ DatasetError::Selection { .. }) => return Err(error),
        Err(error) => notice(&format!("{}: the decoded copy cannot be used and is rebuilt: {error}", entry.name)),
    }
    let dataset = fetch::fetch(entry, data_dir, &mut settled, notice)?;
    if let Err(error) = cache::write(entry, &directory, &dataset) {
        notice(&format!("{}: no decoded copy is kept: {error}", entry.name));
    }
    Ok(Obtained::Fetched(dataset))
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

    use paths::{DataSelection, Transform};

    use super::*;
    use crate::origin::Origin;
    use crate::source::{Picked, pick};
    use crate::{ChannelStatistics, Selected, small, transformed};

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
    fn what_is_picked_is_the_same_wherever_it_is_read() {
        let (data, entry, expected) = data_with_mnist();
        let selection = DataSelection { validation_fraction: 0.4, ..DataSelection::default() };
        let read = |notice: &dyn Fn(&str)| {
            let mut look = |source: &mut dyn Source| pick(source, entry.name, &selection);
            read_entry(&entry, data.path(), notice, &mut look)
        };
        let picked = [read(&|_| ()).unwrap(), read(&silent).unwrap()];
        let path = cache::path(&local::own_folder(&entry, data.path()));
        let mut bytes = fs::read(&path).unwrap();
        let first_pixel = bytes.len() - 3 * 784 - 3 - 2 * 784 - 2;
        bytes[first_pixel] ^= 1;
        fs::write(&path, bytes).unwrap();
        let notices = RefCell::new(Vec::new());
        let again = read(&|line| notices.borrow_mut().push(line.to_string())).unwrap();
        assert!(notices.borrow()[0].contains("SHA-256 of the decoded images"), "{notices:?}");
        for Picked { statistics, parts } in picked.iter().chain([&again]) {
            assert_eq!(*statistics, ChannelStatistics::of(&expected.train));
            assert_eq!(parts.each_ref().map(Selected::len), [2, 1, 2]);
            let of = |part: &Selected| transformed(part, &Transform::STANDARD, 0);
            assert!(parts.iter().zip(&picked[0].parts).all(|(part, first)| of(part).equal(&of(first))));
        }
        let test = Selected::from(Origin::Test, entry.name, &expected.test, &[0, 1]);
        let of = |part: &Selected| transformed(part, &Transform::STANDARD, 0);
        assert!(of(&picked[1].parts[2]).equal(&of(&test)));
        // A selection that cannot be made is no damage.
        let mut look = |source: &mut dyn Source| pick(source, entry.name, &DataSelection::default());
        let error = read_entry(&entry, data.path(), &silent, &mut look).err().unwrap();
        assert!(matches!(error, DatasetError::Selection { .. }), "{error}");
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
