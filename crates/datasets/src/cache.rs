//! A dataset's decoded bytes in one file, so that it is fetched and decoded once.
//!
//! The file is a magic number, the length of a header, the header as JSON, then the bytes of the training images, the
//! training labels, the test images and the test labels. Every read compares all four with their digests: the
//! published ones or, for a dataset whose decoded digests nobody publishes, those computed when its verified official
//! files were decoded.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::digest::{sha256_hex, verify_sha256};
use crate::error::DatasetError;
use crate::raw::{RawDataset, RawImages};
use crate::registry::{Entry, SplitFacts};

/// The file's name in a dataset's directory.
pub const FILE_NAME: &str = "decoded.bin";

const MAGIC: [u8; 8] = *b"decoded\0";
/// Raised whenever the layout changes; a file of another version is rebuilt.
const VERSION: u32 = 1;
const MAX_HEADER_BYTES: usize = 1 << 16;
/// The magic number and the header's length.
const PREAMBLE_BYTES: usize = 12;

/// Where a dataset's decoded copy lies.
pub fn path(directory: &Path) -> PathBuf {
    directory.join(FILE_NAME)
}

/// Reads and verifies the decoded copy in a dataset's directory; `None` where there is none.
///
/// # Errors
///
/// [`DatasetError::Malformed`] where it is cut short, damaged or of another version, [`DatasetError::Digest`] where
/// its bytes are not the published ones, [`DatasetError::Io`] where it cannot be read.
pub fn read(entry: &Entry, directory: &Path) -> Result<Option<RawDataset>, DatasetError> {
    let path = path(directory);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(DatasetError::io(&path, "read the file", cause)),
    };
    read_file(entry, &path, &mut file).map(Some)
}

fn read_file(entry: &Entry, path: &Path, file: &mut File) -> Result<RawDataset, DatasetError> {
    let name = path.display().to_string();
    let file_bytes = file.metadata().map_err(|cause| DatasetError::io(path, "read the file", cause))?.len();

    let preamble = read_exactly(file, path, PREAMBLE_BYTES)?;
    let (magic, length) = preamble.split_at(MAGIC.len());
    let header_bytes = <[u8; 4]>::try_from(length).map_or(0, u32::from_le_bytes) as usize;
    if magic != MAGIC || header_bytes > MAX_HEADER_BYTES {
        return Err(DatasetError::malformed(&name, "the start of a decoded dataset", format!("{preamble:02x?}")));
    }
    let found: Value = serde_json::from_slice(&read_exactly(file, path, header_bytes)?)
        .map_err(|cause| DatasetError::malformed(&name, "a JSON header", cause.to_string()))?;
    let digests = PartDigests::known(entry, &found);
    let expected = header(entry, &digests);
    if found != expected {
        return Err(DatasetError::malformed(&name, format!("the header {expected}"), found.to_string()));
    }
    // Checked before anything of that size is allocated.
    let payload_bytes = split_bytes(entry, &entry.train) + split_bytes(entry, &entry.test);
    let expected_bytes = (PREAMBLE_BYTES + header_bytes + payload_bytes) as u64;
    if file_bytes != expected_bytes {
        return Err(DatasetError::malformed(&name, format!("{expected_bytes} bytes"), format!("{file_bytes} bytes")));
    }

    let [train_images, train_labels, test_images, test_labels] = &digests.0;
    Ok(RawDataset {
        name: entry.name,
        train: read_split(entry, &entry.train, path, file, [train_images, train_labels])?,
        test: read_split(entry, &entry.test, path, file, [test_images, test_labels])?,
    })
}

fn read_split(
    entry: &Entry,
    facts: &SplitFacts,
    path: &Path,
    file: &mut File,
    [images_digest, labels_digest]: [&str; 2],
) -> Result<RawImages, DatasetError> {
    let name = path.display().to_string();
    let images = read_exactly(file, path, split_bytes(entry, facts) - facts.images)?;
    let labels = read_exactly(file, path, facts.images)?;
    verify_sha256(&name, "SHA-256 of the decoded images", &images, images_digest)?;
    verify_sha256(&name, "SHA-256 of the decoded labels", &labels, labels_digest)?;
    Ok(RawImages::new(&name, shape(entry), images, labels)?)
}

fn read_exactly(file: &mut File, path: &Path, count: usize) -> Result<Vec<u8>, DatasetError> {
    let mut bytes = vec![0; count];
    file.read_exact(&mut bytes).map_err(|cause| match cause.kind() {
        io::ErrorKind::UnexpectedEof => {
            DatasetError::malformed(&path.display().to_string(), format!("{count} more bytes"), "the end of the file")
        }
        _ => DatasetError::io(path, "read the file", cause),
    })?;
    Ok(bytes)
}

/// Writes the decoded copy of a verified dataset; a reader sees the whole file or none.
///
/// # Errors
///
/// [`DatasetError::Io`] or [`DatasetError::DiskFull`] where it cannot be written.
pub fn write(entry: &Entry, directory: &Path, dataset: &RawDataset) -> Result<(), DatasetError> {
    let path = path(directory);
    let header = header(entry, &PartDigests::of(dataset)).to_string();
    let header_bytes = (header.len() as u32).to_le_bytes();
    let failed = |cause| DatasetError::io(&path, "write the file", cause);
    let mut file = whole_file::begin(&path).map_err(failed)?;
    for part in [
        MAGIC.as_slice(),
        &header_bytes,
        header.as_bytes(),
        &dataset.train.images,
        &dataset.train.labels,
        &dataset.test.images,
        &dataset.test.labels,
    ] {
        file.write_all(part).map_err(failed)?;
    }
    whole_file::finish(file, &path).map_err(failed)
}

/// SHA-256 of the training images, training labels, test images and test labels.
struct PartDigests([String; 4]);

impl PartDigests {
    fn of(dataset: &RawDataset) -> Self {
        Self(
            [&dataset.train.images, &dataset.train.labels, &dataset.test.images, &dataset.test.labels]
                .map(|part| sha256_hex(part)),
        )
    }

    /// The published digests or, where there are none, those in a header.
    fn known(entry: &Entry, header: &Value) -> Self {
        let recorded = |pointer: &str| header.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_string();
        let [train_images, train_labels] = match &entry.train.digests {
            Some(digests) => [digests.images.to_string(), digests.labels.to_string()],
            None => [recorded("/train/images_sha256"), recorded("/train/labels_sha256")],
        };
        let [test_images, test_labels] = match &entry.test.digests {
            Some(digests) => [digests.images.to_string(), digests.labels.to_string()],
            None => [recorded("/test/images_sha256"), recorded("/test/labels_sha256")],
        };
        Self([train_images, train_labels, test_images, test_labels])
    }
}

/// What the header of an entry's file is: another one is of another version or another dataset.
fn header(entry: &Entry, digests: &PartDigests) -> Value {
    let [train_images, train_labels, test_images, test_labels] = &digests.0;
    let [channels, height, width] = shape(entry);
    json!({
        "version": VERSION,
        "content": entry.fingerprint(),
        "official_files_md5": entry.files.iter().map(|file| file.md5).collect::<Vec<_>>(),
        "layout": "train images, train labels, test images, test labels; uint8, images N x C x H x W",
        "channels": channels,
        "height": height,
        "width": width,
        "train": { "images": entry.train.images, "images_sha256": train_images, "labels_sha256": train_labels },
        "test": { "images": entry.test.images, "images_sha256": test_images, "labels_sha256": test_labels },
    })
}

fn shape(entry: &Entry) -> [usize; 3] {
    [entry.name.channels(), entry.name.image_size(), entry.name.image_size()]
}

/// Bytes of a split's images and labels.
fn split_bytes(entry: &Entry, facts: &SplitFacts) -> usize {
    facts.images * (shape(entry).iter().product::<usize>() + 1)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::small;

    #[test]
    fn what_was_written_is_read() {
        let directory = tempfile::tempdir().unwrap();
        for (entry, dataset) in [
            {
                let (entry, _, dataset) = small::mnist();
                (entry, dataset)
            },
            {
                let (entry, _, dataset) = small::cifar10();
                (entry, dataset)
            },
            {
                let (entry, _, dataset) = small::svhn();
                (entry, dataset)
            },
        ] {
            let directory = directory.path().join(entry.name.id());
            assert!(read(&entry, &directory).unwrap().is_none());
            write(&entry, &directory, &dataset).unwrap();
            assert_eq!(read(&entry, &directory).unwrap().unwrap(), dataset);
            assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
        }
    }

    #[test]
    fn every_truncation_and_extension_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let (entry, _, dataset) = small::mnist();
        write(&entry, directory.path(), &dataset).unwrap();
        let path = path(directory.path());
        let bytes = fs::read(&path).unwrap();
        for length in (0..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
            fs::write(&path, &bytes[..length]).unwrap();
            assert!(read(&entry, directory.path()).is_err(), "{length}");
        }
        fs::write(&path, [bytes.as_slice(), b"x"].concat()).unwrap();
        assert!(read(&entry, directory.path()).is_err());
    }

    #[test]
    fn every_changed_byte_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        for (entry, dataset) in [
            {
                let (entry, _, dataset) = small::mnist();
                (entry, dataset)
            },
            {
                let (entry, _, dataset) = small::svhn();
                (entry, dataset)
            },
        ] {
            write(&entry, directory.path(), &dataset).unwrap();
            let path = path(directory.path());
            let bytes = fs::read(&path).unwrap();
            for at in (0..bytes.len()).step_by(11) {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1;
                fs::write(&path, &damaged).unwrap();
                let error = read(&entry, directory.path()).unwrap_err();
                assert!(!error.is_local(), "{at}: {error}");
            }
        }
    }

    #[test]
    fn a_copy_of_other_content_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let (entry, _, dataset) = small::mnist();
        write(&entry, directory.path(), &dataset).unwrap();
        let mut other = entry;
        other.train.images += 1;
        assert!(matches!(read(&other, directory.path()), Err(DatasetError::Malformed { .. })));
    }
}
