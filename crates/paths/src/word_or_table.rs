//! Choices that are written as a word, or as a table with the word's parameters.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};

/// Reads a choice `T`, an enum: `"word"`, which leaves every parameter at its standard value, or `{ word = { … } }`.
pub(crate) fn word_or_table<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(WordOrTable(PhantomData))
}

struct WordOrTable<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for WordOrTable<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name, or a table of a name with its parameters, such as { name = {} }")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<T, E> {
        if let Ok(without_parameters) = T::deserialize(IntoDeserializer::<E>::into_deserializer(word)) {
            return Ok(without_parameters);
        }
        let none: HashMap<&str, &str> = HashMap::new();
        let table = MapDeserializer::new(std::iter::once((word, none)));
        T::deserialize(MapAccessDeserializer::new(table))
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(table))
    }
}
