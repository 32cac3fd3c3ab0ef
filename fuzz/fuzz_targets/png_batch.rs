//! PNG batches and their JSON labels.

#![no_main]

use formats::png_batch::{read_images, read_labels};
use fuzz::{ERROR_BYTES, within};
use libfuzzer_sys::fuzz_target;

/// The decoder's window, rows and tables.
const DECODER_BYTES: usize = 512 << 10;

fuzz_target!(|bytes: &[u8]| {
    let Some((&images, file)) = bytes.split_first() else { return };
    let images = usize::from(images % 4);
    let pixels_bytes = images * 3 * 32 * 32;
    within(2 * pixels_bytes + 4 * file.len() + DECODER_BYTES, || {
        if let Ok(pixels) = read_images(file, "f", images) {
            assert_eq!(pixels.len(), pixels_bytes);
        }
    });
    within(4 * file.len() + ERROR_BYTES, || {
        if let Ok(labels) = read_labels(file, "f", images) {
            assert!(labels.len() == images && labels.iter().all(|label| *label < 10));
        }
    });
});
