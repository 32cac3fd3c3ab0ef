//! CIFAR-10's batches, and the archive of them.

#![no_main]

use formats::cifar::{batch_bytes, read_archive, read_batch};
use fuzz::{ERROR_BYTES, within};
use libfuzzer_sys::fuzz_target;

/// What the headers, the padding and the unwanted members of an archive may add, and what reading them holds.
const ARCHIVE_BYTES: usize = 48 << 20;

fuzz_target!(|bytes: &[u8]| {
    let Some((&images, file)) = bytes.split_first() else { return };
    let images = usize::from(images % 4);
    within(2 * file.len() + ERROR_BYTES, || {
        if let Ok(batch) = read_batch(file, "f", images) {
            assert!(batch.len() == images && batch.labels.iter().all(|label| *label < 10));
        }
    });
    let wanted = 6 * batch_bytes(images) as usize;
    within(4 * wanted + ARCHIVE_BYTES, || {
        if let Ok(batches) = read_archive(file, "f", [images, images]) {
            assert!(batches.len() == 6 && batches.iter().all(|batch| batch.len() as u64 <= batch_bytes(images)));
        }
    });
});
