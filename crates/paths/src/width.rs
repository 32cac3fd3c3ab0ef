//! The width of a network as a setting.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::NetworkName;
use crate::number_or_word::NumberOrWord;

/// The width of a network: written as a number, or as "standard" for the network's own ([`NetworkName::standard_width`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// The network's own.
    Standard,
    /// This one.
    Number(usize),
}

impl Width {
    /// The width of `network`.
    pub fn of(self, network: NetworkName) -> usize {
        match self {
            Self::Standard => network.standard_width(),
            Self::Number(width) => width,
        }
    }
}

impl Serialize for Width {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Standard => serializer.serialize_str("standard"),
            Self::Number(width) => serializer.serialize_u64(*width as u64),
        }
    }
}

impl<'de> Deserialize<'de> for Width {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let setting = NumberOrWord {
            numbers: 1..=1024,
            word: "standard",
            allowed: "a whole number from 1 to 1024, or \"standard\"",
        };
        Ok(setting.deserialize(deserializer)?.map_or(Self::Standard, Self::Number))
    }
}
