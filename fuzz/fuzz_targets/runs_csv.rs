//! Tables of runs.

#![no_main]

use std::path::Path;

use fuzz::within;
use libfuzzer_sys::fuzz_target;
use reports::RunTable;

/// Buffers that the reader's threads take whatever the file's size.
const FIXED_BYTES: usize = 64 << 20;
/// A byte can be an empty cell, which is a view of 16 bytes and an optional string of 24, in growing vectors.
const BYTES_A_BYTE: usize = 1 << 10;

fuzz_target!(|bytes: &[u8]| {
    within(FIXED_BYTES + BYTES_A_BYTE * bytes.len(), || {
        let Ok(table) = RunTable::from_csv(bytes.to_vec(), Path::new("runs.csv")) else { return };
        for run in &table.runs {
            assert!(run.test_loss.is_none_or(f64::is_finite) && run.train_loss.is_none_or(f64::is_finite));
        }
    });
});
