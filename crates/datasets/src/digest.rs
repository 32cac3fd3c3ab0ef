//! Digests, and the comparison of decoded data with the published ones.

use md5::Md5;
use sha2::{Digest, Sha256};

use crate::error::DatasetError;
use crate::raw::RawImages;
use crate::registry::SplitFacts;

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

/// Compares a decoded split with the number of images and the digests published for it.
///
/// Where no digest of the decoded data is known, only the number is compared: such a dataset's files are
/// verified instead.
///
/// # Errors
///
/// [`DatasetError::Malformed`] for another number of images, [`DatasetError::Digest`] for other bytes, naming
/// `images_file` or `labels_file`.
pub fn verify_split(
    images_file: &str,
    labels_file: &str,
    split: &RawImages,
    facts: &SplitFacts,
) -> Result<(), DatasetError> {
    if split.len() != facts.images {
        return Err(DatasetError::malformed(
            images_file,
            format!("{} images", facts.images),
            format!("{} images", split.len()),
        ));
    }
    if let Some(digests) = &facts.digests {
        verify_sha256(images_file, "SHA-256 of the decoded images", &split.images, digests.images)?;
        verify_sha256(labels_file, "SHA-256 of the decoded labels", &split.labels, digests.labels)?;
    }
    Ok(())
}

fn same(file: &str, what: &'static str, found: String, expected: &str) -> Result<(), DatasetError> {
    if found == expected {
        return Ok(());
    }
    Err(DatasetError::Digest { file: file.to_string(), what, expected: expected.to_string(), found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Digests;

    #[test]
    fn known_digests() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(md5_hex(b"abc"), "900150983cd24fb0d6963f7d28e17f72");
    }

    #[test]
    fn a_split_is_compared_part_by_part() {
        let split = RawImages::new("f", [1, 1, 1], b"abc".to_vec(), vec![1, 2, 3]).unwrap();
        let images = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let labels = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81";
        let facts = |images, labels| SplitFacts { images: 3, digests: Some(Digests { images, labels }) };
        verify_split("i", "l", &split, &facts(images, labels)).unwrap();
        let error = verify_split("i", "l", &split, &facts(labels, labels)).unwrap_err().to_string();
        assert!(error.starts_with("i:") && error.contains(images), "{error}");
        let error = verify_split("i", "l", &split, &facts(images, images)).unwrap_err().to_string();
        assert!(error.starts_with("l:") && error.contains(labels), "{error}");
        assert!(verify_split("i", "l", &split, &SplitFacts { images: 4, digests: None }).is_err());
    }
}
