//! From the bytes of a dataset's files to a verified dataset, whatever source the files came from.

use std::path::Path;

use formats::archive::gunzip;
use formats::{cifar, idx, mat, png_batch};

use crate::bounded::read_file;
use crate::digest;
use crate::error::DatasetError;
use crate::raw::{RawDataset, RawImages};
use crate::registry::{Entry, SplitFacts};
use crate::verify::verify_split;

/// A file's content, with the name under which errors report it.
pub(crate) struct NamedBytes {
    pub file: String,
    pub bytes: Vec<u8>,
}

impl NamedBytes {
    pub(crate) fn read(path: &Path, max_bytes: u64) -> Result<Self, DatasetError> {
        Ok(Self { file: path.display().to_string(), bytes: read_file(path, max_bytes)? })
    }
}

/// MNIST or FashionMNIST from four IDX files, gzip-compressed or not, in the order of [`idx::FILES`].
pub(crate) fn idx_dataset(entry: &Entry, files: [NamedBytes; 4]) -> Result<RawDataset, DatasetError> {
    let [train_images, train_labels, test_images, test_labels] = files;
    Ok(RawDataset {
        name: entry.name,
        train: idx_split(entry, &entry.train, &train_images, &train_labels)?,
        test: idx_split(entry, &entry.test, &test_images, &test_labels)?,
    })
}

fn idx_split(
    entry: &Entry,
    facts: &SplitFacts,
    images: &NamedBytes,
    labels: &NamedBytes,
) -> Result<RawImages, DatasetError> {
    let size = [entry.name.image_size(); 2];
    let pixels = {
        let plain = gunzip(&images.bytes, &images.file, idx::images_file_bytes(facts.images, size))?;
        idx::read_images(&plain, &images.file, facts.images, size)?
    };
    let classes = {
        let plain = gunzip(&labels.bytes, &labels.file, idx::labels_file_bytes(facts.images))?;
        idx::read_labels(&plain, &labels.file, facts.images)?
    };
    let split = RawImages::new(&images.file, [1, size[0], size[1]], pixels, classes)?;
    verify_split(&images.file, &labels.file, &split, facts)?;
    Ok(split)
}

/// Images in a training batch and in the test batch of CIFAR-10.
pub(crate) fn cifar_batch_images(entry: &Entry) -> [usize; 2] {
    [entry.train.images / cifar::TRAIN_BATCHES, entry.test.images]
}

/// CIFAR-10 from the six batches of a version, in its order.
pub(crate) fn cifar_dataset(
    entry: &Entry,
    version: &cifar::Version,
    batches: &[NamedBytes],
) -> Result<RawDataset, DatasetError> {
    let [train_images, test_images] = cifar_batch_images(entry);
    let (train, test) = batches.split_at(cifar::TRAIN_BATCHES.min(batches.len()));
    Ok(RawDataset {
        name: entry.name,
        train: cifar_split(&entry.train, version, train, train_images, &version.batches)?,
        test: cifar_split(&entry.test, version, test, test_images, &version.batches[cifar::TRAIN_BATCHES..])?,
    })
}

fn cifar_split(
    facts: &SplitFacts,
    version: &cifar::Version,
    batches: &[NamedBytes],
    images: usize,
    published: &[(&str, &str)],
) -> Result<RawImages, DatasetError> {
    let mut pixels = Vec::with_capacity(facts.images * 3 * 32 * 32);
    let mut labels = Vec::with_capacity(facts.images);
    for batch in batches {
        let decoded = version.read_batch(&batch.bytes, &batch.file, images)?;
        pixels.extend_from_slice(&decoded.images);
        labels.extend_from_slice(&decoded.labels);
    }
    let file = batches.first().map_or("no batch", |batch| batch.file.as_str());
    let split = RawImages::new(file, [3, 32, 32], pixels, labels)?;
    verify_split(file, file, &split, facts).map_err(|error| {
        // The digests cover a whole split; the published MD5s tell which of its files is the wrong one.
        let wrong = batches
            .iter()
            .zip(published)
            .find_map(|(batch, (_, md5))| digest::verify_md5(&batch.file, &batch.bytes, md5).err());
        wrong.unwrap_or(error)
    })?;
    Ok(split)
}

/// CIFAR-10 from PNG batches (five for training, then the test batch) and the labels of both splits.
pub(crate) fn cifar_png_dataset(
    entry: &Entry,
    batches: &[NamedBytes],
    [train_labels, test_labels]: [&NamedBytes; 2],
) -> Result<RawDataset, DatasetError> {
    let [train_images, test_images] = cifar_batch_images(entry);
    let (train, test) = batches.split_at(cifar::TRAIN_BATCHES.min(batches.len()));
    Ok(RawDataset {
        name: entry.name,
        train: cifar_png_split(&entry.train, train, train_images, train_labels)?,
        test: cifar_png_split(&entry.test, test, test_images, test_labels)?,
    })
}

fn cifar_png_split(
    facts: &SplitFacts,
    batches: &[NamedBytes],
    images: usize,
    labels: &NamedBytes,
) -> Result<RawImages, DatasetError> {
    let mut pixels = Vec::with_capacity(facts.images * 3 * 32 * 32);
    for batch in batches {
        pixels.extend(png_batch::read_images(&batch.bytes, &batch.file, images)?);
    }
    let file = batches.first().map_or("no batch", |batch| batch.file.as_str());
    let classes = png_batch::read_labels(&labels.bytes, &labels.file, facts.images)?;
    let split = RawImages::new(file, [3, 32, 32], pixels, classes)?;
    verify_split(file, &labels.file, &split, facts)?;
    Ok(split)
}

/// One split of SVHN from its MATLAB file, which is itself what the published digest is of.
pub(crate) fn svhn_split(facts: &SplitFacts, md5: &str, file: &NamedBytes) -> Result<RawImages, DatasetError> {
    digest::verify_md5(&file.file, &file.bytes, md5)?;
    let split = mat::read_images(&file.bytes, &file.file, facts.images)?;
    verify_split(&file.file, &file.file, &split, facts)?;
    Ok(split)
}
