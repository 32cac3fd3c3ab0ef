//! The version for Python: a batch is a pickled dictionary with an array `data`, of 3,072 pixel bytes an image (red, green and
//! blue plane, row by row), and a list `labels`.

use crate::Malformed;
use crate::pickle::{self, Value};
use crate::raw::RawImages;
use counted::counted;

/// Channels, height and width of an image.
const SHAPE: [usize; 3] = [3, 32, 32];
const IMAGE_BYTES: usize = 3 * 32 * 32;
/// What a batch holds of an image besides its pixels: a label and the name of a file.
const MORE_BYTES: usize = 256;
const MORE_VALUES: usize = 8;
/// What a batch holds besides its images.
const FRAME_BYTES: u64 = 4096;
const FRAME_VALUES: usize = 256;

/// A bound on the bytes of a batch file of `images` images.
pub(super) fn max_batch_bytes(images: usize) -> u64 {
    images as u64 * (IMAGE_BYTES + MORE_BYTES) as u64 + FRAME_BYTES
}

/// Decodes a batch file that must hold exactly `images` images.
pub(super) fn read_batch(bytes: &[u8], file: &str, images: usize) -> Result<RawImages, Malformed> {
    let wrong = |expected: String, found: String| Malformed::new(file, expected, found);
    let Value::Dict(entries) = pickle::read(bytes, file, images * MORE_VALUES + FRAME_VALUES)? else {
        return Err(wrong("a pickled dictionary".into(), "another value".into()));
    };
    let of = |name: &str| entries.iter().find(|(key, _)| *key == Value::Bytes(name.as_bytes())).map(|(_, value)| value);
    let pixels = match of("data") {
        Some(Value::Array(Some(array)))
            if array.shape == [images as i64, IMAGE_BYTES as i64]
                && array.dtype == b"u1"
                && array.elements.len() == images * IMAGE_BYTES =>
        {
            array.elements.to_vec()
        }
        Some(Value::Array(Some(array))) => {
            let (shape, dtype) = (&array.shape, String::from_utf8_lossy(array.dtype));
            let found = format!("{shape:?} elements of {dtype} in {}", counted(array.elements.len(), "byte"));
            return Err(wrong(format!("`data` of [{images}, {IMAGE_BYTES}] elements of u1"), found));
        }
        _ => return Err(wrong("an array `data`".into(), "none".into())),
    };
    let Some(Value::List(labels)) = of("labels") else {
        return Err(wrong("a list `labels`".into(), "none".into()));
    };
    let label = |value: &Value<'_>| match value {
        Value::Int(label) => u8::try_from(*label).ok(),
        _ => None,
    };
    let labels: Option<Vec<u8>> = labels.iter().map(label).collect();
    let labels = labels.ok_or_else(|| wrong("labels from 0 to 9".into(), "another value".into()))?;
    RawImages::new(file, SHAPE, pixels, labels)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cifar::BINARY;
    use crate::samples::{cifar_batch, cifar_python_batch};

    fn batch() -> (Vec<u8>, RawImages) {
        let images = BINARY.read_batch(&cifar_batch(&[7, 0], 0), "f", 2).unwrap();
        (cifar_python_batch(&images), images)
    }

    #[test]
    fn every_truncation_is_an_error() {
        let (bytes, images) = batch();
        assert_eq!(read_batch(&bytes, "f", 2).unwrap(), images);
        for length in 0..bytes.len() {
            assert!(read_batch(&bytes[..length], "f", 2).is_err(), "{length}");
        }
        let error = read_batch(&bytes, "data_batch_9", 3).unwrap_err().to_string();
        assert!(
            error.contains("data_batch_9") && error.contains("[3, 3072]") && error.contains("[2, 3072]"),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn a_changed_batch_is_read_or_refused(at in any::<prop::sample::Index>(), flip in 1u8..) {
            let (mut bytes, _) = batch();
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            if let Ok(images) = read_batch(&bytes, "f", 2) {
                prop_assert!(images.len() == 2 && images.labels.iter().all(|label| *label < 10));
            }
        }
    }
}
