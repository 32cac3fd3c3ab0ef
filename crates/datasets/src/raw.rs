//! A dataset as it was published, before any split, transformation or tensor.

pub use formats::{CLASSES, RawImages};
use paths::DatasetName;

use crate::origin::Origin;

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

impl RawDataset {
    /// One of its two sets.
    pub(crate) fn official(&self, of: Origin) -> &RawImages {
        match of {
            Origin::Training => &self.train,
            Origin::Test => &self.test,
        }
    }
}
