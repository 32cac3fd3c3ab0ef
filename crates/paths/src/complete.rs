//! Values with all their fields, for files that people and other programs read.

use serde::Serializer;

/// A value that leaves fields at their standard value out where it is hashed, and can be written with all of them.
pub trait Complete {
    /// Writes every field.
    ///
    /// # Errors
    /// Those of the serialiser.
    fn serialize_complete<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// Writes every field of `value`: for `#[serde(serialize_with = "paths::complete")]`. What is written so reads back.
///
/// # Errors
/// Those of the serialiser.
pub fn complete<T: Complete, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.serialize_complete(serializer)
}
