//! The binary version: records of one label byte and 3,072 pixel bytes (red, green and blue plane, row by row).

use std::ops::Range;

use crate::Malformed;
use crate::raw::RawImages;
use counted::counted;

/// Channels, height and width of an image.
const SHAPE: [usize; 3] = [3, 32, 32];
/// A label and an image.
const RECORD_BYTES: usize = 1 + 3 * 32 * 32;

/// Bytes of a batch file of `images` images.
pub(super) fn batch_bytes(images: usize) -> u64 {
    images as u64 * RECORD_BYTES as u64
}

/// Decodes a batch file that must hold exactly `images` images.
pub(super) fn read_batch(bytes: &[u8], file: &str, images: usize) -> Result<RawImages, Malformed> {
    if bytes.len() as u64 != batch_bytes(images) {
        return Err(Malformed::new(
            file,
            format!("{} of {RECORD_BYTES} bytes, {} in all", counted(images, "record"), batch_bytes(images)),
            counted(bytes.len(), "byte"),
        ));
    }
    let mut labels = Vec::with_capacity(images);
    let mut pixels = Vec::with_capacity(bytes.len() - images);
    for record in bytes.as_chunks::<RECORD_BYTES>().0 {
        let [label, image @ ..] = record;
        labels.push(*label);
        pixels.extend_from_slice(image);
    }
    RawImages::new(file, SHAPE, pixels, labels)
}

/// A batch file of some of the images.
pub(super) fn write(images: &RawImages, which: Range<usize>) -> Vec<u8> {
    let record = |at: usize| {
        let pixels = &images.images[at * images.image_bytes()..(at + 1) * images.image_bytes()];
        std::iter::once(images.labels[at]).chain(pixels.iter().copied())
    };
    which.flat_map(record).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::cifar_batch as batch;

    #[test]
    fn what_is_written_reads_back() {
        let bytes = batch(&[7, 0, 3], 5);
        let images = read_batch(&bytes, "f", 3).unwrap();
        assert_eq!(write(&images, 0..3), bytes);
        assert_eq!(read_batch(&write(&images, 1..2), "f", 1).unwrap().labels, [0]);
    }

    #[test]
    fn labels_and_planes_are_told_apart() {
        let images = read_batch(&batch(&[7, 0], 0), "f", 2).unwrap();
        assert_eq!((images.len(), images.channels, images.height, images.width), (2, 3, 32, 32));
        assert_eq!(images.labels, [7, 0]);
        let at = |n: usize, c: usize, h: usize, w: usize| images.images[((n * 3 + c) * 32 + h) * 32 + w];
        assert_eq!(at(0, 0, 0, 0), 0);
        assert_eq!(at(0, 2, 0, 0), 166);
        assert_eq!(at(0, 0, 3, 0), 21);
        assert_eq!(at(1, 1, 2, 5), (31 + 83 + 14 + 5) as u8);
    }

    #[test]
    fn every_truncation_is_an_error() {
        let bytes = batch(&[7, 0], 0);
        for length in 0..bytes.len() {
            assert!(read_batch(&bytes[..length], "f", 2).is_err(), "{length}");
        }
        let error = read_batch(&bytes, "data_batch_9.bin", 3).unwrap_err().to_string();
        assert!(error.contains("data_batch_9.bin") && error.contains("9219") && error.contains("6146"), "{error}");
    }

    proptest! {
        #[test]
        fn a_changed_batch_is_read_or_refused(at in 0usize..3073, flip in 1u8..) {
            let mut bytes = batch(&[7], 0);
            bytes[at] ^= flip;
            match read_batch(&bytes, "f", 1) {
                Ok(images) => prop_assert!(images.labels.iter().all(|label| *label < 10)),
                Err(_) => prop_assert!(at == 0),
            }
        }
    }
}
