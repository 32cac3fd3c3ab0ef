//! The width of a network as a setting.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::NetworkName;

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
        deserializer.deserialize_any(WidthVisitor)
    }
}

struct WidthVisitor;

impl Visitor<'_> for WidthVisitor {
    type Value = Width;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number from 1 to 1024, or \"standard\"")
    }

    fn visit_u64<E: de::Error>(self, width: u64) -> Result<Width, E> {
        let width = usize::try_from(width).ok().filter(|n| (1..=1024).contains(n));
        width
            .map(Width::Number)
            .ok_or_else(|| E::custom("out of range; allowed: a whole number from 1 to 1024, or \"standard\""))
    }

    fn visit_i64<E: de::Error>(self, width: i64) -> Result<Width, E> {
        self.visit_u64(u64::try_from(width).unwrap_or(0))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Width, E> {
        if text == "standard" { Ok(Width::Standard) } else { Err(E::invalid_value(de::Unexpected::Str(text), &self)) }
    }
}
