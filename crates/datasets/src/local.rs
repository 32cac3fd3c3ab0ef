//! Official files that are already in a dataset's directory, put there by a person or by an earlier download.

use std::fs::File;
use std::path::{Path, PathBuf};

use formats::{cifar, idx};
use paths::DatasetName;

use crate::decode::{self, NamedBytes};
use crate::error::DatasetError;
use crate::raw::RawDataset;
use crate::registry::{Entry, OfficialFile};

/// The official files that are not there, in any of the forms that would do.
pub(crate) fn missing(entry: &Entry, directory: &Path) -> Vec<OfficialFile> {
    if entry.name == DatasetName::Cifar10 && batches(directory).is_some() {
        return Vec::new();
    }
    entry.files.iter().filter(|file| find(directory, file.name).is_none()).copied().collect()
}

/// Reads and verifies a dataset whose official files are all there; `None` where some are missing.
///
/// A file that is there but wrong is an error: it was put there on purpose, so it is not passed over in silence.
pub(crate) fn read(entry: &Entry, directory: &Path) -> Result<Option<RawDataset>, DatasetError> {
    if !missing(entry, directory).is_empty() {
        return Ok(None);
    }
    match entry.name {
        DatasetName::Mnist | DatasetName::FashionMnist => read_idx(entry, directory),
        DatasetName::Cifar10 => read_cifar(entry, directory),
        DatasetName::Svhn => read_svhn(entry, directory),
    }
}

/// A file under its official name or, where that ends in `.gz`, unpacked.
fn find(directory: &Path, name: &str) -> Option<PathBuf> {
    let plain = name.strip_suffix(".gz").unwrap_or(name);
    [plain, name].into_iter().map(|name| directory.join(name)).find(|path| path.is_file())
}

/// The unpacked batches of CIFAR-10, in the directory of the official archive or without it.
fn batches(directory: &Path) -> Option<Vec<PathBuf>> {
    [directory.join(cifar::DIRECTORY), directory.to_path_buf()].into_iter().find_map(|place| {
        let paths: Vec<PathBuf> = cifar::BATCHES.iter().map(|(name, _)| place.join(name)).collect();
        paths.iter().all(|path| path.is_file()).then_some(paths)
    })
}

fn read_idx(entry: &Entry, directory: &Path) -> Result<Option<RawDataset>, DatasetError> {
    let size = [entry.name.image_size(); 2];
    let max_bytes = [
        idx::images_file_bytes(entry.train.images, size),
        idx::labels_file_bytes(entry.train.images),
        idx::images_file_bytes(entry.test.images, size),
        idx::labels_file_bytes(entry.test.images),
    ];
    let mut files = Vec::new();
    for (file, plain_bytes) in entry.files.iter().zip(max_bytes) {
        let Some(path) = find(directory, file.name) else {
            return Ok(None);
        };
        files.push(NamedBytes::read(&path, plain_bytes.max(file.max_bytes))?);
    }
    match <[NamedBytes; 4]>::try_from(files) {
        Ok(files) => decode::idx_dataset(entry, files).map(Some),
        Err(_) => Ok(None),
    }
}

fn read_cifar(entry: &Entry, directory: &Path) -> Result<Option<RawDataset>, DatasetError> {
    let images = decode::cifar_batch_images(entry);
    let files = if let Some(paths) = batches(directory) {
        let max_bytes = cifar::batch_bytes(images[0].max(images[1]));
        paths.iter().map(|path| NamedBytes::read(path, max_bytes)).collect::<Result<Vec<_>, _>>()?
    } else if let Some(path) = entry.files.first().map(|file| directory.join(file.name)).filter(|path| path.is_file()) {
        let archive = path.display().to_string();
        let stream = File::open(&path).map_err(|cause| DatasetError::io(&path, "read the file", cause))?;
        cifar::read_archive(stream, &archive, images)?
            .into_iter()
            .zip(cifar::BATCHES)
            .map(|(bytes, (name, _))| NamedBytes { file: format!("{archive}: {name}"), bytes })
            .collect()
    } else {
        return Ok(None);
    };
    decode::cifar_dataset(entry, &files).map(Some)
}

fn read_svhn(entry: &Entry, directory: &Path) -> Result<Option<RawDataset>, DatasetError> {
    let mut splits = Vec::new();
    // One file after the other: both at once would double the memory needed.
    for (file, facts) in entry.files.iter().zip([&entry.train, &entry.test]) {
        let content = NamedBytes::read(&directory.join(file.name), file.max_bytes)?;
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

    #[test]
    fn idx_files_may_be_packed_or_not() {
        let directory = tempfile::tempdir().unwrap();
        let (entry, files, expected) = small::mnist();
        assert_eq!(missing(&entry, directory.path()).len(), 4);
        assert!(read(&entry, directory.path()).unwrap().is_none());
        for (index, (name, bytes)) in files.iter().enumerate() {
            let packed = index % 2 == 0;
            let name = if packed { format!("{name}.gz") } else { name.to_string() };
            let bytes = if packed { gzip(bytes) } else { bytes.clone() };
            fs::write(directory.path().join(name), bytes).unwrap();
        }
        assert!(missing(&entry, directory.path()).is_empty());
        assert_eq!(read(&entry, directory.path()).unwrap().unwrap(), expected);
    }

    #[test]
    fn a_wrong_idx_file_is_named() {
        let (entry, files, _) = small::mnist();
        for damaged in 0..files.len() {
            let directory = tempfile::tempdir().unwrap();
            for (index, (name, bytes)) in files.iter().enumerate() {
                let mut bytes = bytes.clone();
                if index == damaged {
                    // The last byte is a pixel or a label: only a digest can tell.
                    *bytes.last_mut().unwrap() ^= 1;
                }
                fs::write(directory.path().join(name), bytes).unwrap();
            }
            let error = read(&entry, directory.path()).unwrap_err();
            assert!(matches!(error, DatasetError::Digest { .. }), "{error}");
            let message = error.to_string();
            assert!(message.contains(files[damaged].0) && message.contains("delete the file"), "{message}");
        }
    }

    #[test]
    fn cifar_batches_may_be_packed_or_not() {
        let (entry, batches, expected) = small::cifar10();
        let packed = tempfile::tempdir().unwrap();
        fs::write(packed.path().join("cifar-10-binary.tar.gz"), samples::cifar_archive(&batches)).unwrap();
        assert_eq!(read(&entry, packed.path()).unwrap().unwrap(), expected);

        for place in [cifar::DIRECTORY, "."] {
            let directory = tempfile::tempdir().unwrap();
            let place = directory.path().join(place);
            fs::create_dir_all(&place).unwrap();
            for ((name, _), bytes) in cifar::BATCHES.iter().zip(&batches) {
                assert!(read(&entry, directory.path()).unwrap().is_none());
                fs::write(place.join(name), bytes).unwrap();
            }
            assert_eq!(read(&entry, directory.path()).unwrap().unwrap(), expected);
        }
    }

    #[test]
    fn svhn_files_are_verified_before_they_are_decoded() {
        let (entry, files, expected) = small::svhn();
        let directory = tempfile::tempdir().unwrap();
        for (file, bytes) in entry.files.iter().zip(&files) {
            fs::write(directory.path().join(file.name), bytes).unwrap();
        }
        assert_eq!(read(&entry, directory.path()).unwrap().unwrap(), expected);

        let path = directory.path().join(entry.files[1].name);
        let mut bytes = files[1].clone();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(path, bytes).unwrap();
        let error = read(&entry, directory.path()).unwrap_err().to_string();
        assert!(error.contains(entry.files[1].name) && error.contains("MD5"), "{error}");
    }
}
