//! CSV files of any origin.

#![no_main]

use std::path::Path;

use fuzz::within;
use libfuzzer_sys::fuzz_target;
use tables::Table;

/// The reader's buffers.
const FIXED_BYTES: usize = 1 << 20;
/// Two bytes can be a cell, which is a string in growing vectors.
const BYTES_A_BYTE: usize = 256;

fuzz_target!(|bytes: &[u8]| {
    within(FIXED_BYTES + BYTES_A_BYTE * bytes.len(), || {
        let Ok(table) = Table::parse(bytes, Path::new("table.csv")) else { return };
        let mut last = 0;
        for row in &table.rows {
            assert!(row.number > last && row.cells.len() == table.header.len());
            assert!(row.cells.iter().any(|cell| !cell.is_empty()));
            last = row.number;
        }
    });
});
