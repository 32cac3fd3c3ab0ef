//! Max-pooling of channels-last images on a CPU: the values of ATen's kernels, in less time.
//!
//! ATen's kernels (`aten/src/ATen/native/cpu/MaxPoolKernel.cpp`, libtorch 2.11) keep the largest value of a window and its index in
//! memory while they go through it, write indices of eight bytes each, and scatter gradients one by one. Here both stay in registers, an
//! index takes one byte, and every pixel collects its gradient, adding in the order in which ATen does, so that all bits are the same.
//! There are no second derivatives.

#![allow(unsafe_code, reason = "calls into C++")]

use std::ffi::c_char;

use tch::Tensor;
use torch_sys::C_tensor;

/// The largest values of the windows of `kernel`×`kernel` pixels of `x` (B×C×H×W, any floating type), `stride` pixels apart, where
/// images have `padding` pixels more on each side that are never the largest: `torch.nn.functional.max_pool2d`. Tensors that these
/// kernels are not for (other than float32 in channels-last memory on a CPU with AVX2, channels that are no multiple of 8) are left to
/// libtorch.
///
/// # Panics
/// Where a window does not fit, with libtorch's message, as tch's operations do.
pub fn max_pool2d(x: &Tensor, kernel: i64, stride: i64, padding: i64) -> Tensor {
    // SAFETY: the tensor outlives the call, which does not change it; a message comes from `strdup`, and a tensor is new.
    unsafe { libtorch_call::tensor(|result| max_pool_forward(x.as_ptr(), kernel, stride, padding, result)) }
}

unsafe extern "C" {
    fn max_pool_forward(
        x: *const C_tensor,
        kernel: i64,
        stride: i64,
        padding: i64,
        result: *mut *mut C_tensor,
    ) -> *mut c_char;
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    /// Images, channels, height and width; kernel, stride and padding. The stem of a ResNet first; the last are not for these kernels.
    const CASES: [([i64; 4], [i64; 3]); 9] = [
        ([5, 16, 16, 16], [3, 2, 1]),
        ([3, 8, 14, 14], [3, 2, 1]),
        ([2, 24, 7, 5], [3, 1, 1]),
        ([2, 8, 9, 6], [2, 2, 0]),
        ([1, 40, 8, 8], [5, 3, 2]),
        ([2, 8, 5, 5], [1, 2, 0]),
        ([2, 8, 20, 20], [15, 4, 7]),
        ([2, 12, 8, 8], [3, 2, 1]),
        ([4, 16, 1, 1], [3, 2, 1]),
    ];

    fn image([b, c, h, w]: [i64; 4]) -> Tensor {
        tch::manual_seed(b + c * h);
        // Rounded, so that windows have several largest values, as after a ReLU.
        (Tensor::randn([b, h, w, c], (Kind::Float, Device::Cpu)) * 2.0).round().relu().permute([0, 3, 1, 2])
    }

    fn by_aten(x: &Tensor, [kernel, stride, padding]: [i64; 3]) -> Tensor {
        x.max_pool2d([kernel; 2], [stride; 2], [padding; 2], [1, 1], false)
    }

    fn ours(x: &Tensor, [kernel, stride, padding]: [i64; 3]) -> Tensor {
        max_pool2d(x, kernel, stride, padding)
    }

    /// The output, and the gradient of the input of a sum with another weight for each output.
    fn results(x: &Tensor, pool: impl Fn(&Tensor) -> Tensor) -> [Tensor; 2] {
        let x = x.detach().set_requires_grad(true);
        let y = pool(&x);
        let weights =
            (Tensor::arange(y.numel() as i64, (Kind::Float, Device::Cpu)) * 0.7).sin().view(y.size().as_slice());
        let mut gradient = Tensor::run_backward(&[(&y * weights).sum(Kind::Float)], &[&x], false, false);
        [y.detach(), gradient.remove(0)]
    }

    fn bits(tensor: &Tensor) -> Vec<u32> {
        let values = Vec::<f32>::try_from(tensor.to_kind(Kind::Float).contiguous().view(-1)).unwrap();
        values.into_iter().map(f32::to_bits).collect()
    }

    #[track_caller]
    fn assert_same(ours: &[Tensor; 2], aten: &[Tensor; 2], what: &str) {
        for (part, (ours, aten)) in ["output", "gradient"].iter().zip(ours.iter().zip(aten)) {
            assert_eq!(ours.size(), aten.size());
            assert!(bits(ours) == bits(aten), "{part} of {what}");
        }
    }

    #[test]
    fn values_and_gradients_have_the_bits_of_aten() {
        for threads in [1, 2, 3] {
            tch::set_num_threads(threads);
            for (size, window) in CASES {
                for kind in [Kind::Float, Kind::BFloat16] {
                    let x = image(size).to_kind(kind);
                    let [ours, aten] = [results(&x, |x| ours(x, window)), results(&x, |x| by_aten(x, window))];
                    assert_same(&ours, &aten, &format!("{size:?} {window:?} {kind:?}"));
                }
            }
        }
    }

    #[test]
    fn without_gradients_values_are_the_same() {
        for (size, window) in CASES {
            let x = image(size);
            assert_eq!(bits(&ours(&x, window)), bits(&by_aten(&x, window)), "{size:?} {window:?}");
        }
    }

    #[test]
    fn what_is_not_finite_is_as_in_aten() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0] {
            let (size, window) = CASES[0];
            let x = image(size);
            let _ = x.narrow(2, 3, 5).fill_(value);
            let _ = x.narrow(3, 4, 1).fill_(0.0);
            let [ours, aten] = [results(&x, |x| ours(x, window)), results(&x, |x| by_aten(x, window))];
            assert_same(&ours, &aten, &format!("{value}"));
        }
    }

    #[test]
    fn however_images_and_gradients_lie_the_values_are_the_same() {
        let (size, window) = CASES[0];
        let whole = image([9, size[1], size[2], size[3]]);
        for x in [whole.contiguous(), whole.narrow(0, 3, 5), whole.narrow(2, 1, 13), whole.unsqueeze(0).select(1, 2)] {
            let x = if x.dim() == 3 { x.unsqueeze(0) } else { x };
            let nhwc = |pool: &dyn Fn(&Tensor) -> Tensor| results(&x, |x| pool(x).permute([0, 2, 3, 1]));
            let [ours, aten] = [nhwc(&|x| ours(x, window)), nhwc(&|x| by_aten(x, window))];
            assert_same(&ours, &aten, &format!("{:?} {:?}", x.size(), x.stride()));
        }
    }

    #[test]
    #[should_panic(expected = "second derivative")]
    fn second_derivatives_are_refused() {
        let x = image(CASES[0].0).set_requires_grad(true);
        let y = ours(&x, CASES[0].1).square().sum(Kind::Float);
        let _ = Tensor::run_backward(&[y], &[&x], true, true);
    }

    #[test]
    #[should_panic(expected = "pad")]
    fn a_window_that_does_not_fit_panics_with_libtorchs_message() {
        let _ = max_pool2d(&image(CASES[0].0), 3, 2, 2);
    }
}
