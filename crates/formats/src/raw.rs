//! Decoded images as plain bytes, before any split, transformation or tensor.

use counted::counted;
use std::fmt;

use crate::Malformed;

/// Number of classes of every dataset.
pub const CLASSES: u8 = 10;

/// One split of a dataset: 8-bit images and their classes, in the order of the official files.
#[derive(Clone, PartialEq, Eq)]
pub struct RawImages {
    /// Colour channels of an image (1 grey, 3 red-green-blue).
    pub channels: usize,
    /// Height of an image in pixels.
    pub height: usize,
    /// Width of an image in pixels.
    pub width: usize,
    /// Pixel intensities 0 to 255, laid out N×C×H×W.
    pub images: Vec<u8>,
    /// The class of each image, 0 to 9.
    pub labels: Vec<u8>,
}

impl RawImages {
    /// Joins images (N×C×H×W) with their labels (N).
    ///
    /// `file` is the name under which a mistake is reported.
    ///
    /// # Errors
    ///
    /// [`Malformed`] where the two lengths do not fit together or a label is not below [`CLASSES`].
    pub fn new(
        file: &str,
        [channels, height, width]: [usize; 3],
        images: Vec<u8>,
        labels: Vec<u8>,
    ) -> Result<Self, Malformed> {
        let expected =
            channels.checked_mul(height).and_then(|n| n.checked_mul(width)).and_then(|n| n.checked_mul(labels.len()));
        if expected != Some(images.len()) {
            return Err(Malformed::new(
                file,
                format!("{} of {channels}×{height}×{width} bytes, one for each label", counted(labels.len(), "image")),
                format!("{} of images", counted(images.len(), "byte")),
            ));
        }
        check_labels(file, &labels)?;
        Ok(Self { channels, height, width, images, labels })
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Bytes of one image: C·H·W.
    pub fn image_bytes(&self) -> usize {
        self.channels * self.height * self.width
    }
}

/// Every label must name a class; `file` is the name under which a mistake is reported.
///
/// # Errors
///
/// [`Malformed`] where a label is not below [`CLASSES`].
pub fn check_labels(file: &str, labels: &[u8]) -> Result<(), Malformed> {
    match labels.iter().enumerate().find(|(_, label)| **label >= CLASSES) {
        None => Ok(()),
        Some((index, label)) => {
            Err(Malformed::new(file, format!("labels below {CLASSES}"), format!("the label {label} for image {index}")))
        }
    }
}

impl fmt::Debug for RawImages {
    /// The shape only: the bytes would fill the terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawImages({}×{}×{}×{})", self.len(), self.channels, self.height, self.width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_must_fit() {
        let images = RawImages::new("f", [3, 2, 2], vec![0; 24], vec![0, 9]).unwrap();
        assert_eq!((images.len(), images.image_bytes(), images.is_empty()), (2, 12, false));
        assert!(RawImages::new("f", [3, 2, 2], vec![0; 23], vec![0, 9]).is_err());
        assert!(RawImages::new("f", [3, 2, 2], vec![0; 24], vec![0]).is_err());
        assert!(RawImages::new("f", [usize::MAX, 2, 2], vec![0; 24], vec![0, 1]).is_err());
    }

    #[test]
    fn labels_must_name_a_class() {
        let error = RawImages::new("some-file", [1, 1, 1], vec![0; 3], vec![0, 10, 1]).unwrap_err().to_string();
        assert!(error.contains("some-file") && error.contains("label 10 for image 1"), "{error}");
    }
}
