//! IDX files of images and of labels, gzip-compressed or not.

#![no_main]

use formats::archive::gunzip;
use formats::idx::{images_file_bytes, labels_file_bytes, read_images, read_labels};
use fuzz::{ERROR_BYTES, within};
use libfuzzer_sys::fuzz_target;

/// What a gzip stream is read with: windows, buffers, and the extra field of its header.
const INFLATER_BYTES: usize = 256 << 10;

fuzz_target!(|bytes: &[u8]| {
    let Some((&images, file)) = bytes.split_first() else { return };
    let images = usize::from(images);
    let size = [4, 5];
    for plain_bytes in [images_file_bytes(images, size), labels_file_bytes(images)] {
        // A growing buffer is copied, as the elements are; a gzip header's name and comment are kept.
        let bound = 4 * plain_bytes as usize + 2 * file.len() + INFLATER_BYTES + ERROR_BYTES;
        within(bound, || {
            let Ok(plain) = gunzip(file, "f", plain_bytes) else { return };
            if let Ok(pixels) = read_images(&plain, "f", images, size) {
                assert_eq!(pixels.len(), images * size[0] * size[1]);
            }
            if let Ok(labels) = read_labels(&plain, "f", images) {
                assert!(labels.len() == images && labels.iter().all(|label| *label < 10));
            }
        });
    }
});
