//! A dataset's official files again, from its decoded bytes: to be taken to another machine, whatever they came from here.

use std::path::PathBuf;

use formats::{cifar, idx};
use paths::DatasetName;

use crate::raw::RawDataset;

/// The unpacked files in which the dataset is published, with their paths below the folder of datasets, where [`load`](crate::load())
/// finds them. `None` for SVHN, whose files are MATLAB's: they are taken along as they are.
pub fn published(dataset: &RawDataset) -> Option<Vec<(PathBuf, Vec<u8>)>> {
    let (train, test) = (&dataset.train, &dataset.test);
    let folder = PathBuf::from(dataset.name.id());
    let files: Vec<(String, Vec<u8>)> = match dataset.name {
        DatasetName::Mnist | DatasetName::FashionMnist => {
            let contents = [
                idx::write_images(train),
                idx::write_labels(&train.labels),
                idx::write_images(test),
                idx::write_labels(&test.labels),
            ];
            idx::FILES.map(str::to_owned).into_iter().zip(contents).collect()
        }
        DatasetName::Cifar10 => cifar::write_batches(train, test),
        DatasetName::Svhn => return None,
    };
    Some(files.into_iter().map(|(name, bytes)| (folder.join(name), bytes)).collect())
}
