//! Loading libtorch's CUDA part.
//!
//! A binary linked against a CPU-only set-up does not name `libtorch_cuda.so`; loading that library at start-up is what
//! gives the same binary CUDA on a machine that has it.

#![allow(unsafe_code, reason = "loads libraries of CUDA")]

use std::sync::OnceLock;

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};

/// Loads `libtorch_cuda.so` from the binary's library path, once; returns whether it is there.
pub(crate) fn load_libraries() -> bool {
    static LOADED: OnceLock<Option<Library>> = OnceLock::new();
    LOADED
        .get_or_init(|| {
            // SAFETY: loading runs the library's initialisers, which register CUDA kernels with the libtorch that is already
            // loaded. It is of the same build, as both lie in one folder; it happens once, and the library stays loaded for
            // the life of the process because the handle is kept in a static.
            unsafe { Library::open(Some("libtorch_cuda.so"), RTLD_NOW | RTLD_GLOBAL).ok() }
        })
        .is_some()
}
