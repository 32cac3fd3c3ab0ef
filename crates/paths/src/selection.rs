//! Which images of a dataset are used.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::DatasetName;
use crate::identified::identified;
use crate::number_or_word::NumberOrWord;
use crate::values;

identified! {
    /// Which images of a dataset are trained on, validated on and tested on.
    pub struct DataSelection {
        /// Images from the official training set, validation included.
        train_images: Count = Count::All;
        /// Images from the official test set.
        test_images: Count = Count::All;
        /// Share of the training images held out for validation.
        #[serde(deserialize_with = "values::fraction")]
        validation_fraction: f64 = 0.1;
        /// Seed of the choice.
        split_seed: u64 = 0;
    }
}

impl DataSelection {
    /// The same choice from `dataset` in the one form that stands for it: a number of images that is all there are, or more, is
    /// [`Count::All`].
    pub fn canonical(&self, dataset: DatasetName) -> Self {
        Self {
            train_images: self.train_images.canonical(dataset.train_images()),
            test_images: self.test_images.canonical(dataset.test_images()),
            ..self.clone()
        }
    }
}

/// How many of a set, such as images: written as a number, or as "all".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Every one.
    All,
    /// So many, or every one where there are fewer.
    AtMost(usize),
}

impl Count {
    /// The number taken from a set of `available`.
    pub fn of(self, available: usize) -> usize {
        match self {
            Self::All => available,
            Self::AtMost(number) => number.min(available),
        }
    }

    fn canonical(self, available: usize) -> Self {
        match self {
            Self::AtMost(number) if number < available => self,
            _ => Self::All,
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::AtMost(number) => number.fmt(f),
        }
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::AtMost(number) => serializer.serialize_u64(*number as u64),
        }
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let allowed = "a whole number of 1 or more, or \"all\"";
        let setting = NumberOrWord { numbers: 1..=1_000_000_000, word: "all", allowed };
        Ok(setting.deserialize(deserializer)?.map_or(Self::All, Self::AtMost))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_choice_has_one_form() {
        let selection = |train_images| DataSelection { train_images, ..DataSelection::default() };
        for (count, dataset, expected) in [
            (Count::All, DatasetName::Cifar10, Count::All),
            (Count::AtMost(50_000), DatasetName::Cifar10, Count::All),
            (Count::AtMost(60_000), DatasetName::Cifar10, Count::All),
            (Count::AtMost(49_999), DatasetName::Cifar10, Count::AtMost(49_999)),
            (Count::AtMost(50_000), DatasetName::Mnist, Count::AtMost(50_000)),
        ] {
            assert_eq!(selection(count).canonical(dataset), selection(expected));
            assert_eq!(count.of(dataset.train_images()), expected.of(dataset.train_images()));
        }
    }

    #[test]
    fn counts_are_numbers_or_all() {
        let read = |text: &str| serde_json::from_str::<Count>(text);
        for count in [Count::All, Count::AtMost(12)] {
            assert_eq!(read(&serde_json::to_string(&count).unwrap()).unwrap(), count);
        }
        for bad in ["0", "-3", "\"many\"", "2000000000"] {
            let message = read(bad).unwrap_err().to_string();
            assert!(message.contains("1 or more") && message.contains("\"all\""), "{message}");
        }
    }
}
