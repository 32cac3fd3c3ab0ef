//! Switches of libtorch's arithmetic that tch does not have: TF32 and deterministic algorithms, both of which concern GPUs, and how
//! much of a GPU's memory is free.
//!
//! libtorch lets cuDNN use TF32 in convolutions of 32-bit floats unless it is told otherwise: ten bits of mantissa instead of 23.
//! So a program whose arithmetic is to be what it says must say it.

#![allow(unsafe_code, reason = "calls into C++")]

mod memory;

pub use memory::free_gpu_bytes;

// libtorch is linked by torch-sys.
use torch_sys as _;

unsafe extern "C" {
    fn arithmetic_allow_tf32(allow: bool);
    fn arithmetic_allows_tf32() -> bool;
    fn arithmetic_be_deterministic(deterministic: bool);
    fn arithmetic_is_deterministic() -> bool;
}

/// Whether products of 32-bit floats may be taken in TF32, in matrix products and in convolutions, on GPUs that have it
/// (`torch.backends.cuda.matmul.allow_tf32` and `torch.backends.cudnn.allow_tf32`). For the whole process.
pub fn allow_tf32(allow: bool) {
    // SAFETY: sets two flags of libtorch's.
    unsafe { arithmetic_allow_tf32(allow) }
}

/// What [`allow_tf32`] last said, or libtorch's own choice.
pub fn allows_tf32() -> bool {
    // SAFETY: reads two flags of libtorch's.
    unsafe { arithmetic_allows_tf32() }
}

/// Whether the same computation on the same GPU has the same bits each time
/// (`torch.use_deterministic_algorithms(True, warn_only=True)`, `torch.backends.cudnn.deterministic`). For the whole process; an
/// operation that has no deterministic form warns. cuBLAS needs `CUBLAS_WORKSPACE_CONFIG` in the environment as well, from before its
/// first use: where it is not set, it becomes `:4096:8` here.
pub fn be_deterministic(deterministic: bool) {
    // SAFETY: sets flags of libtorch's.
    unsafe { arithmetic_be_deterministic(deterministic) }
}

/// What [`be_deterministic`] last said.
pub fn is_deterministic() -> bool {
    // SAFETY: reads flags of libtorch's.
    unsafe { arithmetic_is_deterministic() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_stay_where_they_are_put() {
        for on in [true, false, true, false] {
            allow_tf32(on);
            be_deterministic(on);
            assert_eq!((allows_tf32(), is_deterministic()), (on, on));
        }
    }
}
