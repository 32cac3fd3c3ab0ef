//! The four image datasets of the paper, by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An image classification dataset with ten classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DatasetName {
    /// CIFAR-10: 32×32 colour images, 50,000 for training and 10,000 for testing.
    #[serde(rename = "cifar10")]
    Cifar10,
    /// FashionMNIST: 28×28 grey images, 60,000 for training and 10,000 for testing.
    #[serde(rename = "fashion-mnist")]
    FashionMnist,
    /// MNIST: 28×28 grey images, 60,000 for training and 10,000 for testing.
    #[serde(rename = "mnist")]
    Mnist,
    /// SVHN cropped digits: 32×32 colour images, 73,257 for training and 26,032 for testing.
    #[serde(rename = "svhn")]
    Svhn,
}

impl DatasetName {
    /// Every dataset, in the order of the paper's panels.
    pub const ALL: [DatasetName; 4] = [Self::Cifar10, Self::FashionMnist, Self::Mnist, Self::Svhn];

    /// The name used in experiment files, on the command line and in tables.
    pub fn id(self) -> &'static str {
        match self {
            Self::Cifar10 => "cifar10",
            Self::FashionMnist => "fashion-mnist",
            Self::Mnist => "mnist",
            Self::Svhn => "svhn",
        }
    }

    /// The name used in figures and prose.
    pub fn title(self) -> &'static str {
        match self {
            Self::Cifar10 => "CIFAR-10",
            Self::FashionMnist => "FashionMNIST",
            Self::Mnist => "MNIST",
            Self::Svhn => "SVHN",
        }
    }

    /// Number of colour channels of an image.
    pub fn channels(self) -> usize {
        match self {
            Self::Cifar10 | Self::Svhn => 3,
            Self::FashionMnist | Self::Mnist => 1,
        }
    }

    /// Images in the official training set.
    pub const fn train_images(self) -> usize {
        match self {
            Self::Cifar10 => 50_000,
            Self::FashionMnist | Self::Mnist => 60_000,
            Self::Svhn => 73_257,
        }
    }

    /// Images in the official test set.
    pub const fn test_images(self) -> usize {
        match self {
            Self::Cifar10 | Self::FashionMnist | Self::Mnist => 10_000,
            Self::Svhn => 26_032,
        }
    }

    /// Height and width of an image, in pixels.
    pub fn image_size(self) -> usize {
        match self {
            Self::Cifar10 | Self::Svhn => 32,
            Self::FashionMnist | Self::Mnist => 28,
        }
    }
}

impl fmt::Display for DatasetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for DatasetName {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|d| d.id() == s).ok_or_else(|| {
            let allowed: Vec<_> = Self::ALL.iter().map(|d| d.id()).collect();
            format!("unknown dataset `{s}`; allowed: {}", allowed.join(", "))
        })
    }
}
