//! CIFAR-10's batches in both versions, and the archives of them.

#![no_main]

use formats::cifar::{BINARY, PYTHON};
use fuzz::{ERROR_BYTES, within};
use libfuzzer_sys::fuzz_target;

/// What the headers, the padding and the unwanted members of an archive may add, and what reading them holds.
const ARCHIVE_BYTES: usize = 48 << 20;
/// What a pickle's values and the table of those remembered take: a few hundred of them, and eight an image.
const PICKLE_BYTES: usize = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    let Some((&images, file)) = bytes.split_first() else { return };
    let images = usize::from(images % 4);
    for version in [BINARY, PYTHON] {
        within(2 * file.len() + PICKLE_BYTES + ERROR_BYTES, || {
            if let Ok(batch) = version.read_batch(file, "f", images) {
                assert!(batch.len() == images && batch.labels.iter().all(|label| *label < 10));
            }
        });
        let max_bytes = version.max_batch_bytes(images);
        within(4 * 6 * max_bytes as usize + ARCHIVE_BYTES, || {
            if let Ok(batches) = version.read_archive(file, "f", [images, images]) {
                assert!(batches.len() == 6 && batches.iter().all(|batch| batch.len() as u64 <= max_bytes));
            }
        });
    }
});
