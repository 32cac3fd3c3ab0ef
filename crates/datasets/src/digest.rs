//! Digests, and the comparison of bytes with published ones.

use md5::Md5;
use sha2::{Digest, Sha256};

use crate::error::DatasetError;

/// SHA-256 in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// MD5 in lower-case hexadecimal; only ever used to recognise published files.
pub fn md5_hex(bytes: &[u8]) -> String {
    hex(&Md5::digest(bytes))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares the MD5 of a file's bytes with the published one.
///
/// # Errors
///
/// [`DatasetError::Digest`] naming `file` where they differ.
pub fn verify_md5(file: &str, bytes: &[u8], expected: &str) -> Result<(), DatasetError> {
    same(file, "MD5", md5_hex(bytes), expected)
}

/// Compares the SHA-256 of `bytes` with `expected`; `what` says which bytes they are.
///
/// # Errors
///
/// [`DatasetError::Digest`] naming `file` where they differ.
pub fn verify_sha256(file: &str, what: &'static str, bytes: &[u8], expected: &str) -> Result<(), DatasetError> {
    same(file, what, sha256_hex(bytes), expected)
}

/// Compares a digest that was `found` with the one `expected`.
///
/// # Errors
///
/// [`DatasetError::Digest`] where they differ.
pub(crate) fn same(file: &str, what: &'static str, found: String, expected: &str) -> Result<(), DatasetError> {
    if found == expected {
        return Ok(());
    }
    Err(DatasetError::Digest { file: file.to_string(), what, expected: expected.to_string(), found })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digests() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(md5_hex(b"abc"), "900150983cd24fb0d6963f7d28e17f72");
    }
}
