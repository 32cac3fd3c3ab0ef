//! MATLAB files in the layout of SVHN.

#![no_main]

use formats::mat::read_images;
use fuzz::{ERROR_BYTES, within};
use libfuzzer_sys::fuzz_target;

/// A zlib window and the buffers around it.
const INFLATER_BYTES: usize = 128 << 10;

fuzz_target!(|bytes: &[u8]| {
    let Some((&images, file)) = bytes.split_first() else { return };
    let images = usize::from(images % 4);
    let images_bytes = images * 3 * 32 * 32;
    // A label of one byte is held as eight while it is looked at.
    within(16 * (file.len() + images_bytes) + INFLATER_BYTES + ERROR_BYTES, || {
        if let Ok(split) = read_images(file, "f", images) {
            assert_eq!((split.len(), split.images.len()), (images, images_bytes));
            assert!(split.labels.iter().all(|label| *label < 10));
        }
    });
});
