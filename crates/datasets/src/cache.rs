//! A dataset's decoded bytes in one file, so that it is fetched and decoded once.
//!
//! The file is a magic number, the length of a header, the header as JSON, then the bytes of the training images, the
//! training labels, the test images and the test labels. Every read compares all four with their digests: the
//! published ones or, for a dataset whose decoded digests nobody publishes, those computed when its verified official
//! files were decoded.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use formats::check_labels;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::digest::{hex, same, sha256_hex, verify_sha256};
use crate::error::DatasetError;
use crate::origin::Origin;
use crate::raw::{RawDataset, RawImages};
use crate::registry::{Entry, SplitFacts};
use crate::source::Source;

/// The file's name in a dataset's directory.
pub const FILE_NAME: &str = "decoded.bin";

const MAGIC: [u8; 8] = *b"decoded\0";
/// Raised whenever the layout changes; a file of another version is rebuilt.
const VERSION: u32 = 1;
const MAX_HEADER_BYTES: usize = 1 << 16;
/// The magic number and the header's length.
const PREAMBLE_BYTES: usize = 12;
/// A megabyte or less: what was read is still in the cache when it is looked at.
const IMAGES_AT_ONCE: usize = 256;
/// How many pieces may be read before their digest is taken.
const PIECES_AHEAD: usize = 4;

/// Where a dataset's decoded copy lies.
pub fn path(directory: &Path) -> PathBuf {
    directory.join(FILE_NAME)
}

/// A dataset's decoded copy, whose header has been compared with what it must be.
pub(crate) struct DecodedCopy<'a> {
    entry: &'a Entry,
    path: PathBuf,
    file: File,
    digests: PartDigests,
    /// Where the training images begin.
    payload: u64,
}

impl<'a> DecodedCopy<'a> {
    /// The one in a dataset's directory; `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Malformed`] where it is cut short, damaged or of another version, [`DatasetError::Io`] where it cannot be read.
    pub fn open(entry: &'a Entry, directory: &Path) -> Result<Option<Self>, DatasetError> {
        let path = path(directory);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(DatasetError::io(&path, "read the file", cause)),
        };
        let name = path.display().to_string();
        let file_bytes = file.metadata().map_err(|cause| DatasetError::io(&path, "read the file", cause))?.len();

        let preamble = read_exactly(&mut file, &path, PREAMBLE_BYTES)?;
        let (magic, length) = preamble.split_at(MAGIC.len());
        let header_bytes = <[u8; 4]>::try_from(length).map_or(0, u32::from_le_bytes) as usize;
        if magic != MAGIC || header_bytes > MAX_HEADER_BYTES {
            return Err(DatasetError::malformed(&name, "the start of a decoded dataset", format!("{preamble:02x?}")));
        }
        let found: Value = serde_json::from_slice(&read_exactly(&mut file, &path, header_bytes)?)
            .map_err(|cause| DatasetError::malformed(&name, "a JSON header", cause.to_string()))?;
        let digests = PartDigests::known(entry, &found);
        let expected = header(entry, &digests);
        if found != expected {
            return Err(DatasetError::malformed(&name, format!("the header {expected}"), found.to_string()));
        }
        // Checked before anything of that size is allocated.
        let payload = (PREAMBLE_BYTES + header_bytes) as u64;
        let expected_bytes = payload + (split_bytes(entry, &entry.train) + split_bytes(entry, &entry.test)) as u64;
        if file_bytes != expected_bytes {
            return Err(DatasetError::malformed(
                &name,
                format!("{expected_bytes} bytes"),
                format!("{file_bytes} bytes"),
            ));
        }
        Ok(Some(Self { entry, path, file, digests, payload }))
    }

    /// The whole dataset.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Digest`] where its bytes are not the published ones, [`DatasetError::Malformed`] where they end too early or a
    /// label is no class, [`DatasetError::Io`] where they cannot be read.
    pub fn read(&mut self) -> Result<RawDataset, DatasetError> {
        let entry = self.entry;
        let mut set = |of| {
            let labels = self.labels(of)?;
            let mut images = Vec::with_capacity(labels.len() * self.image_bytes());
            self.images(of, &mut |some| images.extend_from_slice(some))?;
            Ok::<_, DatasetError>(RawImages::new(&self.path.display().to_string(), shape(entry), images, labels)?)
        };
        Ok(RawDataset { name: entry.name, train: set(Origin::Training)?, test: set(Origin::Test)? })
    }

    fn image_bytes(&self) -> usize {
        shape(self.entry).iter().product()
    }

    fn facts(&self, of: Origin) -> &'a SplitFacts {
        match of {
            Origin::Training => &self.entry.train,
            Origin::Test => &self.entry.test,
        }
    }

    /// Goes to where a set's images begin, or the labels behind them.
    fn go_to(&mut self, of: Origin, labels: bool) -> Result<(), DatasetError> {
        let before = if of == Origin::Test { split_bytes(self.entry, &self.entry.train) } else { 0 };
        let images = if labels { self.facts(of).images * self.image_bytes() } else { 0 };
        let at = self.payload + (before + images) as u64;
        self.file.seek(SeekFrom::Start(at)).map_err(|cause| DatasetError::io(&self.path, "read the file", cause))?;
        Ok(())
    }

    fn digest(&self, of: Origin, labels: bool) -> &str {
        &self.digests.0[2 * usize::from(of == Origin::Test) + usize::from(labels)]
    }
}

impl Source for DecodedCopy<'_> {
    fn labels(&mut self, of: Origin) -> Result<Vec<u8>, DatasetError> {
        self.go_to(of, true)?;
        let count = self.facts(of).images;
        let labels = read_exactly(&mut self.file, &self.path, count)?;
        let name = self.path.display().to_string();
        verify_sha256(&name, "SHA-256 of the decoded labels", &labels, self.digest(of, true))?;
        check_labels(&name, &labels)?;
        Ok(labels)
    }

    fn images(&mut self, of: Origin, look: &mut dyn FnMut(&[u8])) -> Result<(), DatasetError> {
        self.go_to(of, false)?;
        let (mut left, image_bytes) = (self.facts(of).images * self.image_bytes(), self.image_bytes());
        let digest = thread::scope(|scope| {
            // Computing the digest takes longer than all else, so it goes along on a thread of its own, a few pieces behind.
            let (read, to_digest) = mpsc::sync_channel::<Vec<u8>>(PIECES_AHEAD);
            let (digested, to_reuse) = mpsc::channel();
            let digest = scope.spawn(move || {
                let mut digest = Sha256::new();
                for piece in to_digest {
                    digest.update(&piece);
                    // Nobody wants the last ones back.
                    let _ = digested.send(piece);
                }
                digest.finalize()
            });
            while left > 0 {
                let now = left.min(IMAGES_AT_ONCE * image_bytes);
                let mut piece = to_reuse.try_recv().unwrap_or_default();
                piece.resize(now, 0);
                fill(&mut self.file, &self.path, &mut piece)?;
                look(&piece);
                read.send(piece).expect("the digest takes every piece");
                left -= now;
            }
            drop(read);
            Ok::<_, DatasetError>(digest.join().expect("a digest does not panic"))
        })?;
        let name = self.path.display().to_string();
        same(&name, "SHA-256 of the decoded images", hex(&digest), self.digest(of, false))
    }
}

fn read_exactly(file: &mut File, path: &Path, count: usize) -> Result<Vec<u8>, DatasetError> {
    let mut bytes = vec![0; count];
    fill(file, path, &mut bytes)?;
    Ok(bytes)
}

fn fill(file: &mut File, path: &Path, bytes: &mut [u8]) -> Result<(), DatasetError> {
    let count = bytes.len();
    file.read_exact(bytes).map_err(|cause| match cause.kind() {
        io::ErrorKind::UnexpectedEof => {
            DatasetError::malformed(&path.display().to_string(), format!("{count} more bytes"), "the end of the file")
        }
        _ => DatasetError::io(path, "read the file", cause),
    })
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

    fn read(entry: &Entry, directory: &Path) -> Result<Option<RawDataset>, DatasetError> {
        DecodedCopy::open(entry, directory)?.map(|mut copy| copy.read()).transpose()
    }

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
