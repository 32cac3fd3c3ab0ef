//! Datasets for measuring.

use std::path::Path;

use datasets::{RawDataset, stripes};
use paths::DatasetName;

/// Whether the dataset's decoded copy is in `data`, so that it can be had without a network.
pub(crate) fn is_there(data: &Path, dataset: DatasetName) -> bool {
    datasets::cache::path(&data.join(dataset.id())).exists()
}

/// A dataset of `train` and `test` made-up images, as many of each class.
pub(crate) fn made_up(name: DatasetName, train: usize, test: usize) -> RawDataset {
    let images = |count: usize| stripes(name, (0..10).cycle().take(count).collect());
    RawDataset { name, train: images(train), test: images(test) }
}
