//! What is done to training images anew in every epoch.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is done to training images anew in every epoch; images that are validated or tested on stay as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Augmentation {
    /// Nothing: the paper's.
    #[default]
    None,
    /// Four black pixels are added on every side and an image of the old size is cut out at a random place
    /// (`torchvision.transforms.RandomCrop(size, padding=4)`).
    Crop,
    /// The same, and every other image, by chance, is mirrored left to right (`RandomHorizontalFlip`).
    CropFlip,
}

impl Augmentation {
    /// Black pixels that are added on every side before an image is cut out.
    pub const PADDING: i64 = 4;
}

impl fmt::Display for Augmentation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "no augmentation",
            Self::Crop => "random crops",
            Self::CropFlip => "random crops and flips",
        })
    }
}
