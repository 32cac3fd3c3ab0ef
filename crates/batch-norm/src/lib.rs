//! Batch normalisation of channels-last tensors on a CPU, with the bits of ATen's kernels and in less time.
//!
//! ATen's channels-last kernels (`aten/src/ATen/native/cpu/batch_norm_kernel.cpp`, libtorch 2.11) keep their sums in memory and
//! go element by element where a pixel has fewer channels than a vector has places, which a narrow ResNet's pixels have. Here the
//! sums stay in registers; they are taken in the same order, so that nothing that was trained before differs.

#![warn(missing_docs)]

use std::ffi::{CStr, c_char};

use tch::Tensor;
use torch_sys::C_tensor;

/// What an input is normalised by.
#[derive(Clone, Copy)]
pub enum Statistics<'a> {
    /// Its own mean and variance in each channel. Running ones, where they are given, move by `momentum` towards them.
    Batch {
        /// Mean and variance, float32, one value a channel.
        running: Option<(&'a Tensor, &'a Tensor)>,
        /// 0 to 1.
        momentum: f64,
    },
    /// This mean and variance, float32, one value a channel.
    Given(&'a Tensor, &'a Tensor),
}

/// Normalises `x` (B×C×H×W, any floating type) over B, H and W, then multiplies by `weight` and adds `bias` (float32, one value a
/// channel): `torch.nn.functional.batch_norm`. `eps` is added to the variance.
///
/// # Panics
/// Where shapes, types or devices do not fit together, with libtorch's message, as tch's operations do.
pub fn batch_norm(x: &Tensor, weight: &Tensor, bias: &Tensor, statistics: Statistics<'_>, eps: f64) -> Tensor {
    let (running, training, momentum) = match statistics {
        Statistics::Batch { running, momentum } => (running, true, momentum),
        Statistics::Given(mean, variance) => (Some((mean, variance)), false, 0.0),
    };
    let (mean, variance) = running.map_or((std::ptr::null(), std::ptr::null()), |(m, v)| (m.as_ptr(), v.as_ptr()));
    let mut result = std::ptr::null_mut();
    // SAFETY: the tensors outlive the call, which changes none of them but the running statistics' values.
    let message = unsafe {
        batch_norm_forward(
            x.as_ptr(),
            weight.as_ptr(),
            bias.as_ptr(),
            mean,
            variance,
            training,
            momentum,
            eps,
            &mut result,
        )
    };
    if !message.is_null() {
        // SAFETY: a message ends with a null byte, and is freed by nobody else.
        let text = unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned();
        unsafe { free(message.cast()) };
        panic!("{text}");
    }
    // SAFETY: without a message there is a result, whose owner is now this tensor.
    unsafe { Tensor::from_ptr(result) }
}

unsafe extern "C" {
    fn batch_norm_forward(
        x: *const C_tensor,
        weight: *const C_tensor,
        bias: *const C_tensor,
        running_mean: *const C_tensor,
        running_var: *const C_tensor,
        training: bool,
        momentum: f64,
        eps: f64,
        result: *mut *mut C_tensor,
    ) -> *mut c_char;
    fn free(pointer: *mut std::ffi::c_void);
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    const MOMENTUM: f64 = 0.1;
    const EPS: f64 = 1e-5;

    /// Output, gradients of input, weight and bias, and the running statistics afterwards.
    type Results = [Tensor; 6];

    struct Case {
        x: Tensor,
        gradient: Tensor,
        weight: Tensor,
        bias: Tensor,
    }

    impl Case {
        fn new([b, c, h, w]: [i64; 4], kind: Kind) -> Self {
            tch::manual_seed(b + c * h);
            let random = |size: &[i64]| Tensor::randn(size, (Kind::Float, Device::Cpu));
            let image = |offset: f64| (random(&[b, h, w, c]) * 3.0 + offset).to_kind(kind).permute([0, 3, 1, 2]);
            let parameter = |offset: f64| (random(&[c]) + offset).set_requires_grad(true);
            Self {
                x: image(0.7).set_requires_grad(true),
                gradient: image(0.1),
                weight: parameter(1.0),
                bias: parameter(0.0),
            }
        }

        fn results(&self, forward: impl Fn(&Self, &Tensor, &Tensor) -> Tensor) -> Results {
            let channels = self.weight.size();
            let (mean, variance) =
                (Tensor::full(channels.as_slice(), 0.3, (Kind::Float, Device::Cpu)), self.weight.exp().detach());
            let y = forward(self, &mean, &variance);
            let gradients = if y.requires_grad() {
                Tensor::run_backward(&[&y * &self.gradient], &[&self.x, &self.weight, &self.bias], false, false)
            } else {
                vec![Tensor::new(), Tensor::new(), Tensor::new()]
            };
            let [dx, dw, db] = gradients.try_into().unwrap();
            [y.detach(), dx, dw, db, mean, variance]
        }
    }

    fn by_aten(case: &Case, mean: &Tensor, variance: &Tensor, training: bool) -> Tensor {
        let (weight, bias) = (Some(&case.weight), Some(&case.bias));
        case.x.batch_norm(weight, bias, Some(mean), Some(variance), training, MOMENTUM, EPS, true)
    }

    /// Says how many values differ rather than all of them.
    #[track_caller]
    fn assert_same_bits(ours: &Tensor, theirs: &Tensor, what: &str) {
        let (ours, theirs) = (bits(ours), bits(theirs));
        assert_eq!(ours.len(), theirs.len(), "{what}");
        let different = ours.iter().zip(&theirs).filter(|(a, b)| a.to_bits() != b.to_bits()).count();
        assert_eq!(different, 0, "of {} values: {what}", ours.len());
    }

    fn bits(tensor: &Tensor) -> Vec<f32> {
        if tensor.defined() {
            Vec::try_from(tensor.to_kind(Kind::Float).contiguous().view(-1)).unwrap()
        } else {
            Vec::new()
        }
    }

    /// The shapes of a ResNet's layers, and some that end within a thread's part, a tile or a vector.
    const SHAPES: [[i64; 4]; 9] = [
        [4, 8, 32, 32],
        [3, 16, 16, 16],
        [5, 24, 7, 5],
        [2, 32, 8, 8],
        [7, 56, 3, 3],
        [2, 64, 32, 32],
        [3, 512, 4, 4],
        // Not for these kernels: an odd number of channels, and pixels that ATen takes for contiguous.
        [4, 12, 6, 6],
        [4, 64, 1, 1],
    ];

    #[test]
    fn training_has_the_bits_of_aten() {
        for threads in [1, 2, 3] {
            tch::set_num_threads(threads);
            for kind in [Kind::BFloat16, Kind::Float] {
                for shape in SHAPES {
                    let case = Case::new(shape, kind);
                    let ours = case.results(|case, mean, variance| {
                        let statistics = Statistics::Batch { running: Some((mean, variance)), momentum: MOMENTUM };
                        batch_norm(&case.x, &case.weight, &case.bias, statistics, EPS)
                    });
                    let theirs = case.results(|case, mean, variance| by_aten(case, mean, variance, true));
                    for (at, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
                        let what = format!("result {at} of {shape:?} in {kind:?} with {threads} threads");
                        assert_same_bits(ours, theirs, &what);
                    }
                }
            }
        }
    }

    #[test]
    fn evaluation_has_the_bits_of_aten() {
        for kind in [Kind::BFloat16, Kind::Float] {
            for shape in SHAPES {
                let case = Case::new(shape, kind);
                let given = |case: &Case, mean: &Tensor, variance: &Tensor| {
                    batch_norm(&case.x, &case.weight, &case.bias, Statistics::Given(mean, variance), EPS)
                };
                let aten = |case: &Case, mean: &Tensor, variance: &Tensor| by_aten(case, mean, variance, false);
                let (ours, theirs) = tch::no_grad(|| (case.results(given), case.results(aten)));
                assert_same_bits(&ours[0], &theirs[0], &format!("{shape:?} in {kind:?}"));
                // With gradients.
                let (ours, theirs) = (case.results(given), case.results(aten));
                for (ours, theirs) in ours.iter().zip(&theirs) {
                    assert_same_bits(ours, theirs, &format!("with gradients, {shape:?} in {kind:?}"));
                }
            }
        }
    }

    #[test]
    fn running_statistics_stay_where_there_are_none() {
        let case = Case::new(SHAPES[0], Kind::BFloat16);
        let statistics = Statistics::Batch { running: None, momentum: MOMENTUM };
        let y = batch_norm(&case.x, &case.weight, &case.bias, statistics, EPS);
        let theirs = case.results(|case, mean, variance| by_aten(case, mean, variance, true));
        assert_same_bits(&y, &theirs[0], "output");
    }

    #[test]
    #[should_panic(expected = "64")]
    fn what_does_not_fit_panics_with_libtorchs_message() {
        let case = Case::new(SHAPES[0], Kind::Float);
        let wrong = Tensor::zeros([64], (Kind::Float, Device::Cpu));
        let statistics = Statistics::Batch { running: None, momentum: MOMENTUM };
        let _ = batch_norm(&case.x, &wrong, &wrong, statistics, EPS);
    }
}
