//! CIFAR-10's binary version: records of one label byte and 3,072 pixel bytes (red, green and blue plane, row by row).
//! Described at <https://www.cs.toronto.edu/~kriz/cifar.html>.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::Malformed;
use crate::archive::{Member, tar_members};
use crate::raw::RawImages;

/// Channels, height and width of an image.
const SHAPE: [usize; 3] = [3, 32, 32];
/// A label and an image.
const RECORD_BYTES: usize = 1 + 3 * 32 * 32;

/// The directory that the official archive unpacks to.
pub const DIRECTORY: &str = "cifar-10-batches-bin";

/// File name and published MD5 of the five training batches and, last, the test batch.
pub const BATCHES: [(&str, &str); 6] = [
    ("data_batch_1.bin", "5dd7e06a14cb22eb9f671a540d1b7c25"),
    ("data_batch_2.bin", "5ea93a67294ea407fff1d09f752e9692"),
    ("data_batch_3.bin", "942cd6a4bcdd0dd3c604fbe906cb4421"),
    ("data_batch_4.bin", "ae636b3ba5c66a11e91e8cb52e771fcb"),
    ("data_batch_5.bin", "53f37980c15c3d472c316c40844f3f0d"),
    ("test_batch.bin", "803d5f7f4d78ea53de84dbe85f74fb6d"),
];

/// Number of training batches; the images are spread evenly over them.
pub const TRAIN_BATCHES: usize = 5;

/// Bytes of a batch file of `images` images.
pub fn batch_bytes(images: usize) -> u64 {
    images as u64 * RECORD_BYTES as u64
}

/// Decodes a batch file that must hold exactly `images` images.
///
/// # Errors
///
/// [`Malformed`] naming `file` for another length or a label above 9.
pub fn read_batch(bytes: &[u8], file: &str, images: usize) -> Result<RawImages, Malformed> {
    if bytes.len() as u64 != batch_bytes(images) {
        return Err(Malformed::new(
            file,
            format!("{images} records of {RECORD_BYTES} bytes, {} in all", batch_bytes(images)),
            format!("{} bytes", bytes.len()),
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

/// The bytes of the six batch files in the official archive, in the order of [`BATCHES`].
///
/// `images` are the number of images in a training batch and in the test batch.
///
/// # Errors
///
/// [`Malformed`] naming `file` where the archive is damaged or a batch is absent, cut short or too large.
pub fn read_archive(stream: impl Read, file: &str, images: [usize; 2]) -> Result<Vec<Vec<u8>>, Malformed> {
    let [train_images, test_images] = images;
    let members: Vec<Member> = BATCHES
        .iter()
        .enumerate()
        .map(|(index, (name, _))| Member {
            path: format!("{DIRECTORY}/{name}"),
            max_bytes: batch_bytes(if index < TRAIN_BATCHES { train_images } else { test_images }),
        })
        .collect();
    tar_members(MultiGzDecoder::new(stream), file, &members)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{cifar_archive as archive, cifar_batch as batch};

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

    #[test]
    fn the_archive_gives_its_batches_in_order() {
        let batches: Vec<Vec<u8>> = (0..6).map(|i| batch(&[i as u8, 1], i)).collect();
        let packed = archive(&batches);
        assert_eq!(read_archive(&packed[..], "a.tar.gz", [2, 2]).unwrap(), batches);
        assert!(read_archive(&packed[..], "a.tar.gz", [1, 2]).is_err());
        assert!(read_archive(&packed[..packed.len() / 2], "a.tar.gz", [2, 2]).is_err());
        let error = read_archive(&archive(&batches[..5])[..], "a.tar.gz", [2, 2]).unwrap_err().to_string();
        assert!(error.contains("test_batch.bin"), "{error}");
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let _ = read_batch(&bytes, "f", 0);
            let _ = read_batch(&bytes, "f", 1);
            let _ = read_archive(&bytes[..], "f", [1, 1]);
        }

        #[test]
        fn a_changed_batch_is_read_or_refused(at in 0usize..3073, flip in 1u8..) {
            let mut bytes = batch(&[7], 0);
            bytes[at] ^= flip;
            match read_batch(&bytes, "f", 1) {
                Ok(images) => prop_assert!(images.labels.iter().all(|label| *label < 10)),
                Err(_) => prop_assert!(at == 0),
            }
        }

        #[test]
        fn a_changed_archive_never_panics(at in any::<prop::sample::Index>(), flip in 1u8..) {
            let batches: Vec<Vec<u8>> = (0..6).map(|i| batch(&[i as u8], i)).collect();
            let mut packed = archive(&batches);
            let at = at.index(packed.len());
            packed[at] ^= flip;
            let _ = read_archive(&packed[..], "f", [1, 1]);
        }
    }
}
