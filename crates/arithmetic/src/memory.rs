//! Memory of a GPU.

use std::ffi::c_int;

use libloading::os::unix::{Library, RTLD_NOW};

/// Memory of the GPU that programs may still take, in bytes (`torch.cuda.mem_get_info`). `None` where there is no such GPU, or
/// libtorch's CUDA part was not loaded, which brings the library that is asked here.
pub fn free_gpu_bytes(index: usize) -> Option<u64> {
    // RTLD_NOLOAD: only a runtime that libtorch itself uses knows its devices.
    const NO_LOAD: c_int = 4;
    // Of the CUDA that libtorch 2.11 is built for.
    const RUNTIMES: [&str; 2] = ["libcudart.so.13", "libcudart.so.12"];
    // SAFETY: the library is one that is already loaded; its functions are called as cuda_runtime_api.h declares them, and the
    // pointers are to variables that outlive the call.
    unsafe {
        let open = |&name: &&str| Library::open(Some(name), RTLD_NOW | NO_LOAD).ok();
        let runtime = RUNTIMES.iter().find_map(open)?;
        let current = runtime.get::<unsafe extern "C" fn(*mut c_int) -> c_int>(b"cudaGetDevice\0").ok()?;
        let set_current = runtime.get::<unsafe extern "C" fn(c_int) -> c_int>(b"cudaSetDevice\0").ok()?;
        let memory = runtime.get::<unsafe extern "C" fn(*mut usize, *mut usize) -> c_int>(b"cudaMemGetInfo\0").ok()?;
        let (mut before, mut free, mut total) = (0, 0usize, 0usize);
        if current(&raw mut before) != 0 || set_current(c_int::try_from(index).ok()?) != 0 {
            return None;
        }
        let found = memory(&raw mut free, &raw mut total) == 0;
        set_current(before);
        found.then_some(free as u64)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn without_a_gpu_nothing_is_free() {
        // Where a GPU is, this index is beyond all.
        assert_eq!(super::free_gpu_bytes(1 << 20), None);
    }
}
