//! Hand-made files in every style, and files that scipy wrote.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;
use crate::samples::{MAT_STYLES as STYLES, MatStyle as Style, mat_pixels as pixels};

#[test]
fn every_style_gives_the_same_images() {
    for style in STYLES {
        let images = read_images(&style.file(&pixels(5), &[1, 0, 9, 5, 0]), "f", 5).unwrap();
        assert_eq!(images.labels, [1, 0, 9, 5, 0], "{style:?}");
        assert_eq!(images.images, pixels(5), "{style:?}");
    }
}

#[test]
fn labels_may_have_any_numeric_type() {
    for style in STYLES {
        let order = |mut bytes: Vec<u8>| {
            if style.big_endian {
                bytes.reverse();
            }
            bytes
        };
        type Encode = fn(u8) -> Vec<u8>;
        let types: [(u32, Encode); 8] = [
            (kind::INT8, |v| vec![v]),
            (kind::INT16, |v| i16::from(v).to_le_bytes().to_vec()),
            (kind::UINT16, |v| u16::from(v).to_le_bytes().to_vec()),
            (kind::INT32, |v| i32::from(v).to_le_bytes().to_vec()),
            (kind::SINGLE, |v| f32::from(v).to_le_bytes().to_vec()),
            (kind::DOUBLE, |v| f64::from(v).to_le_bytes().to_vec()),
            (kind::INT64, |v| i64::from(v).to_le_bytes().to_vec()),
            (kind::UINT64, |v| u64::from(v).to_le_bytes().to_vec()),
        ];
        for (kind, encode) in types {
            let values: Vec<u8> = [10, 3].into_iter().flat_map(|v| order(encode(v))).collect();
            let bytes = [
                style.header(),
                style.array(b"y", 6, &[2, 1], kind, &values),
                style.array(b"X", UINT8_CLASS, &[32, 32, 3, 2], kind::UINT8, &to_rows(&pixels(2))),
            ]
            .concat();
            assert_eq!(read_images(&bytes, "f", 2).unwrap().labels, [0, 3], "{style:?}, type {kind}");
        }
    }
}

#[test]
fn other_arrays_are_passed_over() {
    let style = STYLES[1];
    let file = style.file(&pixels(1), &[4]);
    let (header, arrays) = file.split_at(HEADER_BYTES);
    let other = style.array(b"note", 6, &[1, 1], kind::DOUBLE, &1.5f64.to_le_bytes());
    let text = style.array(b"text", 4, &[1, 1], kind::UINT16, &[65, 0]);
    let bytes = [header, &other, &text, arrays].concat();
    assert_eq!(read_images(&bytes, "f", 1).unwrap().labels, [4]);
}

#[test]
fn every_truncation_is_an_error() {
    for style in STYLES {
        let bytes = style.file(&pixels(2), &[1, 0]);
        for length in 0..bytes.len() {
            assert!(read_images(&bytes[..length], "f", 2).is_err(), "{style:?}, {length} of {}", bytes.len());
        }
    }
}

#[test]
fn a_bomb_is_refused() {
    let style = Style { big_endian: false, compressed: true };
    let bomb = style.array(b"X", UINT8_CLASS, &[32, 32, 3, 5000], kind::UINT8, &vec![0; 5000 * IMAGE]);
    let error = read_images(&[style.header(), bomb].concat(), "bomb.mat", 2).unwrap_err().to_string();
    assert!(error.contains("bomb.mat") && error.contains("at most 10240 bytes"), "{error}");
}

#[test]
fn errors_say_what_is_wrong() {
    let style = STYLES[0];
    let message = |bytes: &[u8]| read_images(bytes, "f.mat", 2).unwrap_err().to_string();
    assert!(message(&style.file(&pixels(3), &[1, 2, 3])).contains("[32, 32, 3, 3]"));
    assert!(message(&style.header()).contains("no array X"));
    let labels =
        |values: &[u8]| [style.header(), style.array(b"y", 9, &[values.len() as u32, 1], kind::UINT8, values)].concat();
    assert!(message(&labels(&[1, 2])).contains("no array X"));
    assert!(message(&labels(&[1, 2, 3])).contains("y with 2 elements"));
    assert!(message(&labels(&[1, 11])).contains("from 1 to 10"));
    assert!(message(&labels(&[1, 0])).contains("from 1 to 10"));
    let mut hdf5 = style.file(&pixels(2), &[1, 2]);
    hdf5[125] = 2;
    assert!(message(&hdf5).contains("version 5"));
}

/// The two files under `tests/fixtures` were written by SciPy; their script states how.
#[test]
fn files_written_by_scipy() {
    let expected: serde_json::Value =
        serde_json::from_slice(include_bytes!("../../tests/fixtures/svhn_layout.json")).unwrap();
    let labels: Vec<u8> = serde_json::from_value(expected["labels"].clone()).unwrap();
    let compressed: &[u8] = include_bytes!("../../tests/fixtures/svhn_layout.mat");
    let plain: &[u8] = include_bytes!("../../tests/fixtures/svhn_layout_uncompressed.mat");
    for bytes in [compressed, plain] {
        let images = read_images(bytes, "f", 12).unwrap();
        assert_eq!(images.labels, labels);
        let hex: String = Sha256::digest(&images.images).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected["images_sha256"].as_str().unwrap());
        for pixel in expected["pixels"].as_array().unwrap() {
            let index: Vec<usize> = serde_json::from_value(pixel["nchw"].clone()).unwrap();
            let [n, c, h, w] = index[..] else { panic!("four indices") };
            let found = images.images[((n * 3 + c) * 32 + h) * 32 + w];
            assert_eq!(u64::from(found), pixel["value"].as_u64().unwrap(), "{index:?}");
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = read_images(&bytes, "f", 1);
    }

    #[test]
    fn arbitrary_bytes_after_the_header_never_panic(
        style in 0usize..4,
        bytes in prop::collection::vec(any::<u8>(), 0..512),
    ) {
        let _ = read_images(&[STYLES[style].header(), bytes].concat(), "f", 1);
    }

    #[test]
    fn a_changed_file_is_read_or_refused(
        style in 0usize..4,
        at in any::<prop::sample::Index>(),
        flip in 1u8..,
    ) {
        let mut bytes = STYLES[style].file(&pixels(1), &[3]);
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        if let Ok(images) = read_images(&bytes, "f", 1) {
            prop_assert!(images.labels.iter().all(|label| *label < 10));
        }
    }

    #[test]
    fn a_changed_array_header_never_panics(
        style in 0usize..2,
        at in 0usize..72,
        value in any::<u8>(),
    ) {
        let mut bytes = STYLES[style * 2].file(&pixels(1), &[3]);
        bytes[HEADER_BYTES + at] = value;
        let _ = read_images(&bytes, "f", 1);
    }
}
