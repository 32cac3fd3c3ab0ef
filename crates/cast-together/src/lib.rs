//! Casts of many tensors in one call and as one node of autograd, on CPUs and GPUs: libtorch's `_foreach_copy_`, which `tch` has no
//! function for. A training in bfloat16 casts each of its weights at every step, and each of their gradients back; one by one these are two
//! launches of kernels a weight on a GPU, where together they are a few for all of them.

#![allow(unsafe_code, reason = "calls into C++")]

use std::ffi::c_char;

use tch::Tensor;
use torch_sys::C_tensor;

/// `tensors`, which are of one type and on one device, as bfloat16, each with its strides (`torch.Tensor.bfloat16`). Gradients go back to them,
/// in their own type; there are no second derivatives.
///
/// # Panics
/// With libtorch's message, as tch's operations do.
pub fn to_bfloat16(tensors: &[Tensor]) -> Vec<Tensor> {
    let pointers: Vec<*const C_tensor> = tensors.iter().map(Tensor::as_ptr).collect();
    let mut results = vec![std::ptr::null_mut(); tensors.len()];
    // SAFETY: the lists hold as many places as is said, and what they point to outlives the call; a message comes from `strdup`, and the
    // tensors are new.
    unsafe {
        libtorch_call::finish(cast_together(pointers.as_ptr(), pointers.len() as i64, results.as_mut_ptr()));
        results.into_iter().map(|result| Tensor::from_ptr(result)).collect()
    }
}

unsafe extern "C" {
    fn cast_together(tensors: *const *const C_tensor, count: i64, results: *mut *mut C_tensor) -> *mut c_char;
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::{Device, Kind};

    /// A matrix, a bias, kernels in channels-last memory, and one number.
    fn tensors() -> Vec<Tensor> {
        let values = |size: &[i64]| {
            let values = Tensor::arange(size.iter().product::<i64>(), (Kind::Float, Device::Cpu));
            ((values * 0.37).sin() * 3.0).view(size)
        };
        let kernels = values(&[4, 3, 3, 2]).permute([0, 3, 1, 2]);
        [values(&[5, 7]), values(&[11]), kernels, values(&[])].map(|tensor| tensor.set_requires_grad(true)).into()
    }

    /// A sum in which each element of each of `cast` counts otherwise.
    fn loss(cast: &[Tensor]) -> Tensor {
        let of = |tensor: &Tensor| (tensor.square() * tensor.cos()).sum(Kind::Float);
        cast.iter().map(of).fold(Tensor::from(0.0f32), |sum, loss| sum + loss)
    }

    #[test]
    fn casts_and_gradients_have_the_bits_and_strides_of_single_casts() {
        let tensors = tensors();
        let together = to_bfloat16(&tensors);
        let singly: Vec<Tensor> = tensors.iter().map(|tensor| tensor.to_kind(Kind::BFloat16)).collect();
        let gradients = |cast: &[Tensor]| Tensor::run_backward(&[loss(cast)], &tensors, false, false);
        let alike = |ours: &[Tensor], theirs: &[Tensor]| {
            assert_eq!(ours.len(), theirs.len());
            for (ours, theirs) in ours.iter().zip(theirs) {
                assert_eq!((ours.kind(), ours.stride()), (theirs.kind(), theirs.stride()));
                assert!(ours.equal(theirs));
            }
        };
        alike(&together, &singly);
        let ours = gradients(&together);
        assert!(ours.iter().all(|gradient| gradient.kind() == Kind::Float));
        alike(&ours, &gradients(&singly));
    }

    #[test]
    fn what_is_not_used_needs_no_gradient() {
        let tensors = tensors();
        let cast = to_bfloat16(&tensors);
        let used = [&tensors[0], &tensors[2]];
        let gradients =
            Tensor::run_backward(&[loss(&[cast[0].shallow_clone(), cast[2].shallow_clone()])], &used, false, false);
        assert!(gradients.iter().all(|gradient| gradient.abs().max().double_value(&[]) > 0.0));
    }

    #[test]
    fn nothing_is_recorded_where_nothing_learns() {
        let tensors = tensors();
        assert!(tch::no_grad(|| to_bfloat16(&tensors)).iter().all(|cast| !cast.requires_grad()));
        assert!(to_bfloat16(&[]).is_empty());
    }

    #[test]
    #[should_panic(expected = "several types")]
    fn several_types_are_refused() {
        to_bfloat16(&[Tensor::from(1.0f32), Tensor::from(1.0f64)]);
    }
}
