//! A dataset as it was published, before any split, transformation or tensor.

pub use formats::{CLASSES, RawImages};
use paths::DatasetName;

/// A dataset as it was published: a training and a test split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawDataset {
    /// Which dataset it is.
    pub name: DatasetName,
    /// The official training split.
    pub train: RawImages,
    /// The official test split.
    pub test: RawImages,
}
