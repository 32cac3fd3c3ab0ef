//! Memory of a GPU.

use std::ffi::c_int;

use libloading::os::unix::{Library, RTLD_NOW};

/// Memory of the GPU that programs may still take, in bytes (`torch.cuda.mem_get_info`). `None` where there is no such GPU, or
/// libtorch's CUDA part was not loaded, which brings the library that is asked here.
pub fn free_gpu_bytes(index: usize) -> Option<u64> {
    // RTLD_NOLOAD: only a runtime that libtorch itself uses knows its devices.
    const NO_LOAD: c_int = 4;
    // SAFETY: the library is one that is already loaded; its functions are called as cuda_runtime_api.h declares them, and the
    // pointers are to variables that outlive the call.
    unsafe {
        let runtime = Library::open(Some("libcudart.so.13"), RTLD_NOW | NO_LOAD).ok()?;
        let set_device = runtime.get::<unsafe extern "C" fn(c_int) -> c_int>(b"cudaSetDevice\0").ok()?;
        let memory = runtime.get::<unsafe extern "C" fn(*mut usize, *mut usize) -> c_int>(b"cudaMemGetInfo\0").ok()?;
        let (mut free, mut total) = (0usize, 0usize);
        let found = set_device(c_int::try_from(index).ok()?) == 0 && memory(&raw mut free, &raw mut total) == 0;
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
