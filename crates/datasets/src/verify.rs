//! Whether a decoded split is the published one.

use crate::digest::verify_sha256;
use crate::error::DatasetError;
use crate::raw::RawImages;
use crate::registry::SplitFacts;
use counted::counted;

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
            counted(facts.images, "image"),
            counted(split.len(), "image"),
        ));
    }
    if let Some(digests) = &facts.digests {
        verify_sha256(images_file, "SHA-256 of the decoded images", &split.images, digests.images)?;
        verify_sha256(labels_file, "SHA-256 of the decoded labels", &split.labels, digests.labels)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Digests;

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
