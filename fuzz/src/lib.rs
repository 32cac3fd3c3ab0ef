//! What the fuzz targets share: a measure of memory.
//!
//! A reader must not take memory out of proportion to its file. libFuzzer's own limit is a fixed number of megabytes; this
//! one is a function of the input's size, so that a file of a kilobyte that takes a megabyte is found as well.

use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Runs `read`, and ends the process where it held more than `bound_bytes` at once.
pub fn within<T>(bound_bytes: usize, read: impl FnOnce() -> T) -> T {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let result = read();
    let peak = ALLOCATOR.peak_usage().saturating_sub(before);
    assert!(peak <= bound_bytes, "{peak} bytes were held at once, the bound is {bound_bytes}");
    result
}

/// Memory of an error: its texts quote a few dozen bytes of the file.
pub const ERROR_BYTES: usize = 4096;
