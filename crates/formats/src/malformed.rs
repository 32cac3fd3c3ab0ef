//! The one thing that can be wrong with a file.

/// A file is not what its format or the dataset prescribes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: expected {expected}, found {found}")]
pub struct Malformed {
    /// The file, and the member within it where it is an archive.
    pub file: String,
    /// What the format or the dataset prescribes.
    pub expected: String,
    /// What the file holds.
    pub found: String,
}

impl Malformed {
    /// An error about `file`.
    pub fn new(file: &str, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { file: file.to_string(), expected: expected.into(), found: found.into() }
    }
}
