//! Datasets for measuring.

use std::path::Path;

use datasets::{RawDataset, RawImages};
use paths::DatasetName;

/// Whether the dataset's decoded copy is in `data`, so that it can be had without a network.
pub(crate) fn is_there(data: &Path, dataset: DatasetName) -> bool {
    datasets::cache::path(&data.join(dataset.id())).exists()
}

/// A dataset of `train` and `test` made-up images in which the class shows as a bright stripe.
pub(crate) fn made_up(name: DatasetName, train: usize, test: usize) -> RawDataset {
    RawDataset { name, train: stripes(name, train), test: stripes(name, test) }
}

fn stripes(name: DatasetName, count: usize) -> RawImages {
    let (channels, side) = (name.channels(), name.image_size());
    let mut images = Vec::with_capacity(count * channels * side * side);
    for index in 0..count {
        for place in 0..channels * side * side {
            let noise = (place * 7919 + index * 104_729) % 101;
            let row = place / side % side;
            images.push((noise + if row / 2 == index % 10 { 120 } else { 0 }) as u8);
        }
    }
    let labels = (0..count).map(|index| (index % 10) as u8).collect();
    RawImages { channels, height: side, width: side, images, labels }
}
