//! Datasets of a few images, for tests: an entry with their digests, their official files and what these decode to.

use std::fs;
use std::path::{Path, PathBuf};

use formats::{cifar, idx, samples};
use paths::DatasetName;

use crate::digest;
use crate::local;
use crate::raw::{RawDataset, RawImages};
use crate::registry::{self, Digests, Entry, OfficialFile, SplitFacts};

/// Entries hold constants; a test's are made while it runs.
fn constant(text: String) -> &'static str {
    text.leak()
}

fn facts(split: &RawImages) -> SplitFacts {
    SplitFacts {
        images: split.len(),
        digests: Some(Digests {
            images: constant(digest::sha256_hex(&split.images)),
            labels: constant(digest::sha256_hex(&split.labels)),
        }),
    }
}

/// An entry that has no source but what lies on the disk.
fn entry(dataset: &RawDataset) -> Entry {
    Entry {
        train: facts(&dataset.train),
        test: facts(&dataset.test),
        mirrors: &[],
        package: None,
        ..*registry::entry(dataset.name)
    }
}

/// Puts files into a dataset's own folder of the folder of datasets `data`.
pub(crate) fn put(entry: &Entry, data: &Path, files: &[(&str, Vec<u8>)]) -> PathBuf {
    let folder = local::own_folder(entry, data);
    fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
    folder
}

/// Three training and two test images of 28×28, and the four uncompressed IDX files by name.
pub(crate) fn mnist() -> (Entry, [(&'static str, Vec<u8>); 4], RawDataset) {
    let split = |labels: &[u8], salt: usize| {
        let pixels = (0..labels.len() * 28 * 28).map(|i| (i * 7 + i / 28 + salt) as u8).collect();
        RawImages::new("small", [1, 28, 28], pixels, labels.to_vec()).unwrap()
    };
    let dataset = RawDataset { name: DatasetName::Mnist, train: split(&[5, 0, 4], 1), test: split(&[7, 2], 2) };
    let [train_images, train_labels, test_images, test_labels] = idx::FILES;
    let files = [
        (train_images, samples::idx_images(&dataset.train.images, 3, [28, 28])),
        (train_labels, samples::idx_labels(&dataset.train.labels)),
        (test_images, samples::idx_images(&dataset.test.images, 2, [28, 28])),
        (test_labels, samples::idx_labels(&dataset.test.labels)),
    ];
    (entry(&dataset), files, dataset)
}

/// Five training batches of two images and a test batch of three, of the binary version.
pub(crate) fn cifar10() -> (Entry, Vec<Vec<u8>>, RawDataset) {
    let mut batches: Vec<Vec<u8>> = (0..5).map(|i| samples::cifar_batch(&[i as u8, 9 - i as u8], i)).collect();
    batches.push(samples::cifar_batch(&[3, 8, 8], 5));
    let (mut images, mut labels) = (Vec::new(), Vec::new());
    for batch in &batches[..5] {
        let decoded = cifar::BINARY.read_batch(batch, "small", 2).unwrap();
        images.extend(decoded.images);
        labels.extend(decoded.labels);
    }
    let dataset = RawDataset {
        name: DatasetName::Cifar10,
        train: RawImages::new("small", [3, 32, 32], images, labels).unwrap(),
        test: cifar::BINARY.read_batch(&batches[5], "small", 3).unwrap(),
    };
    (entry(&dataset), batches, dataset)
}

/// The same batches as the version for Python has them.
pub(crate) fn pickled(batches: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let images = |number: usize| if number < cifar::TRAIN_BATCHES { 2 } else { 3 };
    let decoded =
        |(number, batch): (usize, &Vec<u8>)| cifar::BINARY.read_batch(batch, "small", images(number)).unwrap();
    batches.iter().enumerate().map(decoded).map(|batch| samples::cifar_python_batch(&batch)).collect()
}

/// Three training and two test images, and the two MATLAB files in the order of the entry.
pub(crate) fn svhn() -> (Entry, Vec<Vec<u8>>, RawDataset) {
    let split = |labels: &[u8]| {
        RawImages::new("small", [3, 32, 32], samples::mat_pixels(labels.len()), labels.to_vec()).unwrap()
    };
    let dataset = RawDataset { name: DatasetName::Svhn, train: split(&[1, 0, 9]), test: split(&[0, 5]) };
    let style = samples::MAT_STYLES[1];
    let files: Vec<Vec<u8>> =
        [&dataset.train, &dataset.test].map(|split| style.file(&split.images, &split.labels)).into();
    let official: Vec<OfficialFile> = registry::entry(DatasetName::Svhn)
        .files
        .iter()
        .zip(&files)
        .map(|(file, bytes)| OfficialFile { md5: constant(digest::md5_hex(bytes)), ..*file })
        .collect();
    let entry = Entry {
        train: SplitFacts { images: 3, digests: None },
        test: SplitFacts { images: 2, digests: None },
        files: official.leak(),
        ..entry(&dataset)
    };
    (entry, files, dataset)
}
