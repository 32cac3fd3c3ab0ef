//! The IDX format of MNIST and FashionMNIST: a big-endian header (element type, number of dimensions, dimensions),
//! then the elements. Described at <http://yann.lecun.com/exdb/mnist/>.

use crate::Malformed;
use crate::raw::{RawImages, check_labels};
use counted::counted;

/// Unsigned bytes in three dimensions.
pub(crate) const IMAGES_MAGIC: u32 = 0x0000_0803;
/// Unsigned bytes in one dimension.
pub(crate) const LABELS_MAGIC: u32 = 0x0000_0801;

/// The names of the four files without `.gz`: training images and labels, test images and labels.
pub const FILES: [&str; 4] =
    ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

/// Bytes of an uncompressed file of images, header included.
pub fn images_file_bytes(images: usize, [height, width]: [usize; 2]) -> u64 {
    16 + images as u64 * height as u64 * width as u64
}

/// Bytes of an uncompressed file of labels, header included.
pub fn labels_file_bytes(labels: usize) -> u64 {
    8 + labels as u64
}

/// The pixels (N×H×W, 0 to 255) of an uncompressed IDX file that must hold exactly `images` images of
/// `height`×`width`.
///
/// # Errors
///
/// [`Malformed`] naming `file` for another header or another length.
pub fn read_images(bytes: &[u8], file: &str, images: usize, [height, width]: [usize; 2]) -> Result<Vec<u8>, Malformed> {
    elements(bytes, file, IMAGES_MAGIC, &[images, height, width]).map(<[u8]>::to_vec)
}

/// The labels (N, 0 to 9) of an uncompressed IDX file that must hold exactly `labels` of them.
///
/// # Errors
///
/// [`Malformed`] naming `file` for another header, another length or a label above 9.
pub fn read_labels(bytes: &[u8], file: &str, labels: usize) -> Result<Vec<u8>, Malformed> {
    let elements = elements(bytes, file, LABELS_MAGIC, &[labels])?;
    check_labels(file, elements)?;
    Ok(elements.to_vec())
}

/// An uncompressed IDX file of images of one channel (N×1×H×W).
pub fn write_images(images: &RawImages) -> Vec<u8> {
    let header = [IMAGES_MAGIC, images.len() as u32, images.height as u32, images.width as u32];
    [&header.map(u32::to_be_bytes).concat(), &images.images[..]].concat()
}

/// An uncompressed IDX file of labels.
pub fn write_labels(labels: &[u8]) -> Vec<u8> {
    [&[LABELS_MAGIC, labels.len() as u32].map(u32::to_be_bytes).concat(), labels].concat()
}

fn elements<'a>(bytes: &'a [u8], file: &str, magic: u32, dims: &[usize]) -> Result<&'a [u8], Malformed> {
    let header_bytes = 4 * (1 + dims.len());
    let Some((header, elements)) = bytes.split_at_checked(header_bytes) else {
        return Err(Malformed::new(
            file,
            format!("an IDX header of {header_bytes} bytes"),
            counted(bytes.len(), "byte"),
        ));
    };
    let mut words = header.as_chunks::<4>().0.iter().map(|word| u32::from_be_bytes(*word));
    let found_magic = words.next();
    if found_magic != Some(magic) {
        return Err(Malformed::new(
            file,
            format!("the IDX magic number {magic:#010x}"),
            format!("{:#010x}", found_magic.unwrap_or_default()),
        ));
    }
    let found_dims: Vec<u32> = words.collect();
    if !found_dims.iter().map(|dim| *dim as usize).eq(dims.iter().copied()) {
        return Err(Malformed::new(file, format!("the dimensions {dims:?}"), format!("{found_dims:?}")));
    }
    let expected_bytes: usize = dims.iter().product();
    if elements.len() != expected_bytes {
        return Err(Malformed::new(
            file,
            format!("{expected_bytes} bytes after the header"),
            counted(elements.len(), "byte"),
        ));
    }
    Ok(elements)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{idx_images as images_file, idx_labels as labels_file};

    const PIXELS: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 254, 255];

    #[test]
    fn reads_what_was_written() {
        let bytes = images_file(&PIXELS, 2, [2, 3]);
        assert_eq!(bytes.len() as u64, images_file_bytes(2, [2, 3]));
        assert_eq!(read_images(&bytes, "f", 2, [2, 3]).unwrap(), PIXELS);
        let images = RawImages::new("f", [1, 2, 3], PIXELS.to_vec(), vec![3, 9]).unwrap();
        assert_eq!((write_images(&images), write_labels(&[3, 9])), (bytes, labels_file(&[3, 9])));
        let bytes = labels_file(&[3, 0, 9]);
        assert_eq!(bytes.len() as u64, labels_file_bytes(3));
        assert_eq!(read_labels(&bytes, "f", 3).unwrap(), [3, 0, 9]);
    }

    #[test]
    fn errors_name_the_file_and_the_difference() {
        let bytes = images_file(&PIXELS, 2, [2, 3]);
        let error = read_images(&bytes, "train", 3, [2, 3]).unwrap_err().to_string();
        assert!(error.contains("train") && error.contains("[3, 2, 3]") && error.contains("[2, 2, 3]"), "{error}");
        let error = read_labels(&bytes, "train", 2).unwrap_err().to_string();
        assert!(error.contains("0x00000801") && error.contains("0x00000803"), "{error}");
        let error = read_labels(&labels_file(&[1, 77]), "labels", 2).unwrap_err().to_string();
        assert!(error.contains("label 77 for image 1"), "{error}");
    }

    #[test]
    fn every_truncation_and_extension_is_an_error() {
        let mut images = images_file(&PIXELS, 2, [2, 3]);
        let mut labels = labels_file(&[3, 0, 9]);
        for length in 0..images.len() {
            assert!(read_images(&images[..length], "f", 2, [2, 3]).is_err(), "{length}");
        }
        for length in 0..labels.len() {
            assert!(read_labels(&labels[..length], "f", 3).is_err(), "{length}");
        }
        images.push(0);
        labels.push(0);
        assert!(read_images(&images, "f", 2, [2, 3]).is_err());
        assert!(read_labels(&labels, "f", 3).is_err());
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = read_images(&bytes, "f", 2, [2, 3]);
            let _ = read_labels(&bytes, "f", 3);
        }

        #[test]
        fn a_changed_header_is_an_error(at in 0usize..16, flip in 1u8..) {
            let mut bytes = images_file(&PIXELS, 2, [2, 3]);
            bytes[at] ^= flip;
            prop_assert!(read_images(&bytes, "f", 2, [2, 3]).is_err());
        }
    }
}
