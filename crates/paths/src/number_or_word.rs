//! Settings that are a whole number, or a word that stands for one.

use std::fmt;
use std::ops::RangeInclusive;

use serde::Deserializer;
use serde::de::{self, Visitor};

/// What such a setting may be.
pub(crate) struct NumberOrWord {
    /// The numbers.
    pub numbers: RangeInclusive<usize>,
    /// The word.
    pub word: &'static str,
    /// Both, as errors state them.
    pub allowed: &'static str,
}

impl NumberOrWord {
    /// Reads such a setting; `None` is the word.
    pub fn deserialize<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for NumberOrWord {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.allowed)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        let number = usize::try_from(number).ok().filter(|number| self.numbers.contains(number));
        number.map(Some).ok_or_else(|| E::custom(format!("out of range; allowed: {}", self.allowed)))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        self.visit_u64(u64::try_from(number).unwrap_or(0))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        if text == self.word { Ok(None) } else { Err(E::invalid_value(de::Unexpected::Str(text), &self)) }
    }
}
