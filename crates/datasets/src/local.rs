//! Official files that are already on the disk, put there by a person, by an earlier download or by torchvision.

use std::fs::File;
use std::path::{Path, PathBuf};

use formats::{cifar, idx};
use paths::DatasetName;

use crate::decode::{self, NamedBytes};
use crate::error::DatasetError;
use crate::raw::RawDataset;
use crate::registry::{Entry, OfficialFile};

/// Where a dataset's files go that are downloaded, and where a person is asked to put them.
pub(crate) fn own_folder(entry: &Entry, data: &Path) -> PathBuf {
    data.join(entry.name.id())
}

/// The official files that are not there, in any of the forms that would do.
pub(crate) fn missing(entry: &Entry, data: &Path) -> Vec<OfficialFile> {
    if entry.name == DatasetName::Cifar10 && (batches(data).is_some() || archive(entry, data).is_some()) {
        return Vec::new();
    }
    entry.files.iter().filter(|file| find(entry, data, file.name).is_none()).copied().collect()
}

/// Reads and verifies a dataset whose official files are all there; `None` where some are missing.
///
/// A file that is there but wrong is an error: it was put there on purpose, so it is not passed over in silence.
pub(crate) fn read(entry: &Entry, data: &Path) -> Result<Option<RawDataset>, DatasetError> {
    if !missing(entry, data).is_empty() {
        return Ok(None);
    }
    match entry.name {
        DatasetName::Mnist | DatasetName::FashionMnist => read_idx(entry, data),
        DatasetName::Cifar10 => read_cifar(entry, data),
        DatasetName::Svhn => read_svhn(entry, data),
    }
}

/// The folders that a dataset's files are looked for in: its own, and those in which torchvision keeps it where `data`, or the
/// dataset's own folder, is what it calls its root.
fn folders(name: DatasetName, data: &Path) -> Vec<PathBuf> {
    let own = data.join(name.id());
    let below = match name {
        DatasetName::Mnist => Path::new("MNIST/raw"),
        DatasetName::FashionMnist => Path::new("FashionMNIST/raw"),
        // Its names are nobody else's, so they may lie in the root itself.
        DatasetName::Cifar10 | DatasetName::Svhn => Path::new(""),
    };
    vec![own.join(below), data.join(below), own]
}

/// A file under one of its names: unpacked or, where the official one ends in `.gz`, packed; with the dot by which some sites
/// that carry MNIST's files name them, as in `train-images.idx3-ubyte`.
fn find(entry: &Entry, data: &Path, name: &str) -> Option<PathBuf> {
    let plain = name.strip_suffix(".gz").unwrap_or(name);
    let names = [plain.to_owned(), plain.replace("-idx", ".idx"), name.to_owned(), name.replace("-idx", ".idx")];
    let mut paths =
        folders(entry.name, data).into_iter().flat_map(|folder| names.each_ref().map(|name| folder.join(name)));
    paths.find(|path| path.is_file())
}

/// The unpacked batches of a version of CIFAR-10, in the folder of its archive or without it.
fn batches(data: &Path) -> Option<(&'static cifar::Version, Vec<PathBuf>)> {
    VERSIONS.into_iter().find_map(|version| {
        folders(DatasetName::Cifar10, data).into_iter().flat_map(|place| [place.join(version.folder), place]).find_map(
            |place| {
                let paths: Vec<PathBuf> = version.batches.iter().map(|(name, _)| place.join(name)).collect();
                paths.iter().all(|path| path.is_file()).then_some((version, paths))
            },
        )
    })
}

/// The versions of CIFAR-10, the simpler one first.
const VERSIONS: [&cifar::Version; 2] = [&cifar::BINARY, &cifar::PYTHON];

fn read_idx(entry: &Entry, data: &Path) -> Result<Option<RawDataset>, DatasetError> {
    let size = [entry.name.image_size(); 2];
    let max_bytes = [
        idx::images_file_bytes(entry.train.images, size),
        idx::labels_file_bytes(entry.train.images),
        idx::images_file_bytes(entry.test.images, size),
        idx::labels_file_bytes(entry.test.images),
    ];
    let mut files = Vec::new();
    for (file, plain_bytes) in entry.files.iter().zip(max_bytes) {
        let Some(path) = find(entry, data, file.name) else {
            return Ok(None);
        };
        files.push(NamedBytes::read(&path, plain_bytes.max(file.max_bytes))?);
    }
    match <[NamedBytes; 4]>::try_from(files) {
        Ok(files) => decode::idx_dataset(entry, files).map(Some),
        Err(_) => Ok(None),
    }
}

fn read_cifar(entry: &Entry, data: &Path) -> Result<Option<RawDataset>, DatasetError> {
    let images = decode::cifar_batch_images(entry);
    let (version, files) = if let Some((version, paths)) = batches(data) {
        let max_bytes = version.max_batch_bytes(images[0].max(images[1]));
        let files = paths.iter().map(|path| NamedBytes::read(path, max_bytes)).collect::<Result<Vec<_>, _>>()?;
        (version, files)
    } else if let Some((version, path)) = archive(entry, data) {
        let archive = path.display().to_string();
        let stream = File::open(&path).map_err(|cause| DatasetError::io(&path, "read the file", cause))?;
        let files = version
            .read_archive(stream, &archive, images)?
            .into_iter()
            .zip(version.batches)
            .map(|(bytes, (name, _))| NamedBytes { file: format!("{archive}: {name}"), bytes })
            .collect();
        (version, files)
    } else {
        return Ok(None);
    };
    decode::cifar_dataset(entry, version, &files).map(Some)
}

/// The archive of a version of CIFAR-10.
fn archive(entry: &Entry, data: &Path) -> Option<(&'static cifar::Version, PathBuf)> {
    VERSIONS.into_iter().find_map(|version| Some((version, find(entry, data, version.archive)?)))
}

fn read_svhn(entry: &Entry, data: &Path) -> Result<Option<RawDataset>, DatasetError> {
    let mut splits = Vec::new();
    // One file after the other: both at once would double the memory needed.
    for (file, facts) in entry.files.iter().zip([&entry.train, &entry.test]) {
        let Some(path) = find(entry, data, file.name) else {
            return Ok(None);
        };
        let content = NamedBytes::read(&path, file.max_bytes)?;
        splits.push(decode::svhn_split(facts, file.md5, &content)?);
    }
    let mut splits = splits.into_iter();
    match (splits.next(), splits.next()) {
        (Some(train), Some(test)) => Ok(Some(RawDataset { name: entry.name, train, test })),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use formats::samples::{self, gzip};

    use super::*;
    use crate::small;

    /// A folder of datasets with these files in a folder of it.
    fn data_with<'a>(folder: &str, files: impl IntoIterator<Item = (String, &'a [u8])>) -> tempfile::TempDir {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in files {
            fs::write(folder.join(name), bytes).unwrap();
        }
        data
    }

    #[test]
    fn idx_files_may_be_packed_or_not() {
        let (entry, files, expected) = small::mnist();
        let data = data_with("mnist", []);
        assert_eq!(missing(&entry, data.path()).len(), 4);
        assert!(read(&entry, data.path()).unwrap().is_none());
        for (index, (name, bytes)) in files.iter().enumerate() {
            let packed = index % 2 == 0;
            let name = if packed { format!("{name}.gz") } else { name.to_string() };
            let bytes = if packed { gzip(bytes) } else { bytes.clone() };
            fs::write(data.path().join("mnist").join(name), bytes).unwrap();
        }
        assert!(missing(&entry, data.path()).is_empty());
        assert_eq!(read(&entry, data.path()).unwrap().unwrap(), expected);
    }

    #[test]
    fn idx_files_are_found_where_people_have_them() {
        let (mut entry, files, mut expected) = small::mnist();
        let (undotted, dotted): (Vec<_>, Vec<_>) = files
            .iter()
            .map(|(name, bytes)| {
                ((name.to_string(), bytes.as_slice()), (name.replacen("-idx", ".idx", 1), bytes.as_slice()))
            })
            .unzip();
        assert_eq!(dotted[0].0, "train-images.idx3-ubyte");
        let packed: Vec<(String, Vec<u8>)> =
            dotted.iter().map(|(name, bytes)| (format!("{name}.gz"), gzip(bytes))).collect();
        let packed: Vec<_> = packed.iter().map(|(name, bytes)| (name.clone(), bytes.as_slice())).collect();
        for files in [&undotted, &dotted, &packed] {
            for folder in ["mnist", "MNIST/raw", "mnist/MNIST/raw"] {
                let data = data_with(folder, files.iter().cloned());
                assert_eq!(read(&entry, data.path()).unwrap().unwrap(), expected, "{folder}");
            }
        }
        // FashionMNIST's files have the same names: those of the one are never taken for the other's.
        let data = data_with("MNIST/raw", undotted.iter().cloned());
        (entry.name, expected.name) = (DatasetName::FashionMnist, DatasetName::FashionMnist);
        assert!(read(&entry, data.path()).unwrap().is_none());
        let data = data_with("FashionMNIST/raw", undotted);
        assert_eq!(read(&entry, data.path()).unwrap().unwrap(), expected);
    }

    #[test]
    fn a_wrong_idx_file_is_named() {
        let (entry, files, _) = small::mnist();
        for (folder, damaged) in ["mnist", "MNIST/raw"].into_iter().flat_map(|folder| (0..4).map(move |n| (folder, n)))
        {
            let mut files = files.clone();
            // The last byte is a pixel or a label: only a digest can tell.
            *files[damaged].1.last_mut().unwrap() ^= 1;
            let data = data_with(folder, files.iter().map(|(name, bytes)| (name.to_string(), bytes.as_slice())));
            let error = read(&entry, data.path()).unwrap_err();
            assert!(matches!(error, DatasetError::Digest { .. }), "{error}");
            let message = error.to_string();
            let file = format!("{folder}/{}", files[damaged].0);
            assert!(message.contains(&file) && message.contains("delete the file"), "{message}");
        }
    }

    #[test]
    fn cifar_batches_are_found_in_both_versions_packed_or_not() {
        let (entry, batches, expected) = small::cifar10();
        for (version, batches) in [(cifar::BINARY, batches.clone()), (cifar::PYTHON, small::pickled(&batches))] {
            let packed = samples::cifar_archive(&version, &batches);
            for folder in ["cifar10", ""] {
                let data = data_with(folder, [(version.archive.to_owned(), packed.as_slice())]);
                assert!(missing(&entry, data.path()).is_empty());
                assert_eq!(read(&entry, data.path()).unwrap().unwrap(), expected);
            }
            for folder in ["cifar10", "", &format!("cifar10/{}", version.folder), version.folder] {
                let data = data_with(folder, []);
                for ((name, _), bytes) in version.batches.iter().zip(&batches) {
                    assert!(read(&entry, data.path()).unwrap().is_none());
                    fs::write(data.path().join(folder).join(name), bytes).unwrap();
                }
                assert_eq!(read(&entry, data.path()).unwrap().unwrap(), expected);
            }
        }
    }

    #[test]
    fn pickled_images_are_compared_with_the_published_ones() {
        let (entry, batches, _) = small::cifar10();
        let mut pickled = small::pickled(&batches);
        // A pixel: the pickle is as good as before.
        let at = pickled[2].len() / 2;
        pickled[2][at] ^= 1;
        let names = cifar::PYTHON.batches.map(|(name, _)| name.to_owned());
        let data = data_with(cifar::PYTHON.folder, names.into_iter().zip(pickled.iter().map(Vec::as_slice)));
        let error = read(&entry, data.path()).unwrap_err();
        assert!(matches!(error, DatasetError::Digest { .. }), "{error}");
        assert!(error.to_string().contains(cifar::PYTHON.folder), "{error}");
    }

    #[test]
    fn svhn_files_are_verified_before_they_are_decoded() {
        let (entry, files, expected) = small::svhn();
        let named = |files: &[Vec<u8>]| -> Vec<(String, Vec<u8>)> {
            entry.files.iter().zip(files).map(|(file, bytes)| (file.name.to_owned(), bytes.clone())).collect()
        };
        let right = named(&files);
        for folder in ["svhn", ""] {
            let data = data_with(folder, right.iter().map(|(name, bytes)| (name.clone(), bytes.as_slice())));
            assert_eq!(read(&entry, data.path()).unwrap().unwrap(), expected);
        }
        let mut wrong = right;
        *wrong[1].1.last_mut().unwrap() ^= 1;
        let data = data_with("svhn", wrong.iter().map(|(name, bytes)| (name.clone(), bytes.as_slice())));
        let error = read(&entry, data.path()).unwrap_err().to_string();
        assert!(error.contains(entry.files[1].name) && error.contains("MD5"), "{error}");
    }
}
