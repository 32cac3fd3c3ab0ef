//! Convolutions of channels-last images on a CPU, for networks with few channels and small images: direct, in less time than
//! oneDNN's there.
//!
//! oneDNN's convolutions are made for images of some size. A narrow ResNet ends in images of 4×4, 2×2 and 1×1 pixels, for which
//! most of the kernel falls on padding, and between its layers weights are reordered at every use. Here a pixel of several images
//! is a row of a matrix product, what falls on padding is left out, and sums stay in registers. Every output is one chain of fused
//! multiply-adds whose order depends on shapes alone, so that every processor with AVX2 gives the same bits, for any number of
//! threads. Where a 3×3 kernel goes over more pixels and channels, Winograd's algorithm takes 16 multiplications instead of 36, and the
//! same holds. There are no second derivatives.

#![allow(unsafe_code, reason = "calls into C++")]

use std::ffi::c_char;

use tch::Tensor;
use torch_sys::C_tensor;

/// Convolves `x` (B×I×H×W) with `weight` (O×I×k×k), both of one floating type: `torch.nn.functional.conv2d` without a bias. Padding
/// is with zeros, on all sides. Tensors that these kernels are not for (other than float32 in channels-last memory on a CPU with
/// AVX2, channels that are no multiple of 8) are left to libtorch.
///
/// # Panics
/// Where shapes, types or devices do not fit together, with libtorch's message, as tch's operations do.
pub fn conv2d(x: &Tensor, weight: &Tensor, stride: i64, padding: i64) -> Tensor {
    // SAFETY: the tensors outlive the call, which changes neither; a message comes from `strdup`, and a tensor is new.
    unsafe { libtorch_call::tensor(|result| convolution_forward(x.as_ptr(), weight.as_ptr(), stride, padding, result)) }
}

/// The ReLU of [`conv2d`] with a `bias` (O) added to every pixel, in one pass over the images.
///
/// # Panics
/// Those of [`conv2d`].
pub fn conv2d_bias_relu(x: &Tensor, weight: &Tensor, bias: &Tensor, stride: i64, padding: i64) -> Tensor {
    let (x, weight, bias) = (x.as_ptr(), weight.as_ptr(), bias.as_ptr());
    // SAFETY: as in `conv2d`.
    unsafe { libtorch_call::tensor(|result| convolution_bias_relu_forward(x, weight, bias, stride, padding, result)) }
}

/// Whether [`conv2d`] of float32 tensors of these sizes on a CPU goes Winograd's way, forwards or backwards: what it gives is then rounded
/// otherwise than by other versions of this crate and other kernels.
pub fn is_winograd(x: [i64; 4], weight: [i64; 4], stride: i64, padding: i64) -> bool {
    // SAFETY: both hold four numbers.
    unsafe { convolution_is_winograd(x.as_ptr(), weight.as_ptr(), stride, padding) }
}

/// [`conv2d`], with a bias (O) where there is one, by operations of libtorch alone, which can be differentiated twice.
///
/// # Panics
/// Those of [`conv2d`].
pub fn conv2d_of_libtorch(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>, stride: i64, padding: i64) -> Tensor {
    let (x, weight, bias) = (x.as_ptr(), weight.as_ptr(), bias.map_or(std::ptr::null(), Tensor::as_ptr));
    // SAFETY: as in `conv2d`; null is no bias.
    unsafe { libtorch_call::tensor(|result| convolution_plain(x, weight, bias, stride, padding, result)) }
}

unsafe extern "C" {
    fn convolution_is_winograd(x: *const i64, weight: *const i64, stride: i64, padding: i64) -> bool;

    fn convolution_plain(
        x: *const C_tensor,
        weight: *const C_tensor,
        bias: *const C_tensor,
        stride: i64,
        padding: i64,
        result: *mut *mut C_tensor,
    ) -> *mut c_char;

    fn convolution_forward(
        x: *const C_tensor,
        weight: *const C_tensor,
        stride: i64,
        padding: i64,
        result: *mut *mut C_tensor,
    ) -> *mut c_char;

    fn convolution_bias_relu_forward(
        x: *const C_tensor,
        weight: *const C_tensor,
        bias: *const C_tensor,
        stride: i64,
        padding: i64,
        result: *mut *mut C_tensor,
    ) -> *mut c_char;
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    struct Case {
        x: Tensor,
        weight: Tensor,
        stride: i64,
        padding: i64,
    }

    /// Images, channels, height and width; outputs, kernel, stride and padding.
    type Shape = [i64; 8];

    /// The shapes of narrow ResNets and of All-CNN, and some that end within a group of images, a run or a vector.
    const SHAPES: [Shape; 33] = [
        [5, 3, 32, 32, 16, 7, 2, 3],
        [2, 1, 28, 28, 8, 7, 2, 3],
        [3, 3, 32, 32, 8, 3, 1, 1],
        [13, 16, 8, 8, 16, 3, 1, 1],
        [64, 16, 8, 8, 32, 3, 2, 1],
        [7, 16, 8, 8, 32, 1, 2, 0],
        [30, 32, 4, 4, 32, 3, 1, 1],
        [9, 64, 2, 2, 64, 3, 1, 1],
        [11, 64, 2, 2, 128, 3, 2, 1],
        [65, 128, 1, 1, 128, 3, 1, 1],
        [2, 8, 32, 32, 8, 3, 1, 1],
        [2, 16, 32, 32, 32, 3, 2, 1],
        [3, 24, 7, 5, 40, 3, 1, 1],
        [2, 8, 9, 9, 24, 3, 1, 0],
        [2, 32, 8, 8, 8, 1, 1, 0],
        [1, 56, 3, 3, 72, 3, 2, 1],
        [2, 8, 5, 6, 8, 5, 3, 2],
        [2, 8, 6, 6, 16, 2, 1, 1],
        // Eight channels into eight, with an even and an odd number of columns; the last do not see all of the kernel.
        [3, 8, 14, 14, 8, 3, 1, 1],
        [5, 8, 5, 7, 8, 3, 1, 1],
        [3, 8, 3, 2, 8, 3, 1, 1],
        [4, 8, 3, 1, 8, 3, 1, 1],
        [4, 8, 1, 3, 8, 3, 1, 1],
        // Not for these kernels: another number of channels.
        [2, 12, 6, 6, 16, 3, 1, 1],
        [2, 16, 6, 6, 10, 3, 1, 1],
        [40, 12, 7, 5, 20, 1, 2, 0],
        // Few channels, of which no gradient is asked for.
        [40, 4, 8, 8, 8, 1, 2, 0],
        // For Winograd's way, with tiles that end beyond the image, channels that end within a vector or a panel, and several blocks.
        [2, 32, 32, 32, 32, 3, 1, 1],
        [3, 24, 15, 14, 40, 3, 1, 1],
        [9, 16, 16, 16, 16, 3, 1, 1],
        [4, 72, 7, 8, 136, 3, 1, 1],
        [33, 256, 4, 4, 256, 3, 1, 1],
        [1, 40, 9, 9, 32, 3, 1, 1],
    ];

    impl Case {
        fn new([images, inputs, height, width, outputs, kernel, stride, padding]: Shape) -> Self {
            tch::manual_seed(images + inputs * height);
            let random = |size: [i64; 4]| {
                let values = Tensor::randn([size[0], size[2], size[3], size[1]], (Kind::Float, Device::Cpu));
                values.permute([0, 3, 1, 2]).set_requires_grad(true)
            };
            let mut x = random([images, inputs, height, width]);
            if inputs < 8 {
                x = x.detach();
            }
            Self { x, weight: random([outputs, inputs, kernel, kernel]), stride, padding }
        }

        fn ours(&self) -> Tensor {
            conv2d(&self.x, &self.weight, self.stride, self.padding)
        }

        /// libtorch's in double precision.
        fn expected(&self) -> Tensor {
            let [x, weight] = [&self.x, &self.weight].map(|tensor| tensor.to_kind(Kind::Double));
            x.conv2d::<Tensor>(&weight, None, [self.stride; 2], [self.padding; 2], [1, 1], 1)
        }

        /// A bias for each output.
        fn bias(&self) -> Tensor {
            let bias = Tensor::arange(self.weight.size()[0], (Kind::Float, Device::Cpu));
            ((bias * 0.7).sin() * 0.5).set_requires_grad(true)
        }

        /// The output, and the gradients of weight and input of a sum with other weights for each output.
        fn results(&self, y: &Tensor) -> Vec<Tensor> {
            self.results_and(y, None)
        }

        /// The same, and the gradient of `other`.
        fn results_and(&self, y: &Tensor, other: Option<&Tensor>) -> Vec<Tensor> {
            let factors =
                Tensor::arange(y.numel() as i64, (Kind::Float, Device::Cpu)).cos().view_as(y).to_kind(y.kind());
            let mut of = vec![&self.weight];
            of.extend(self.x.requires_grad().then_some(&self.x));
            of.extend(other);
            let mut results = vec![y.detach()];
            results.extend(Tensor::run_backward(&[(y * factors).sum(y.kind())], &of, false, false));
            results
        }
    }

    fn relative(ours: &Tensor, expected: &Tensor) -> f64 {
        let norm = |tensor: &Tensor| tensor.to_kind(Kind::Double).square().sum(Kind::Double).sqrt().double_value(&[]);
        norm(&(ours - expected)) / norm(expected)
    }

    #[test]
    fn outputs_and_gradients_are_those_of_libtorch() {
        for shape in SHAPES {
            let case = Case::new(shape);
            let (ours, expected) = (case.results(&case.ours()), case.results(&case.expected()));
            assert_eq!(ours.len(), expected.len());
            for (at, (ours, expected)) in ours.iter().zip(&expected).enumerate() {
                assert_eq!(ours.size(), expected.size());
                let error = relative(ours, expected);
                assert!(error < 1e-6, "result {at} of {shape:?} differs by {error:e}");
            }
        }
    }

    /// oneDNN's own gradient of such a weight writes beyond its memory on processors without AVX-512.
    #[test]
    fn libtorch_is_given_a_strided_kernel_of_one_pixel_as_one_without_stride() {
        let case = Case::new([40, 4, 8, 8, 8, 1, 2, 0]);
        let bias = case.bias();
        for with in [None, Some(&bias)] {
            let mut expected = case.expected();
            if let Some(bias) = with {
                expected += bias.to_kind(Kind::Double).view([1, -1, 1, 1]);
            }
            let found = conv2d_of_libtorch(&case.x, &case.weight, with, case.stride, case.padding);
            let expected = case.results_and(&expected, with);
            for (ours, expected) in case.results_and(&found, with).iter().zip(&expected) {
                assert_eq!(ours.size(), expected.size());
                assert!(relative(ours, expected) < 1e-5);
            }
        }
    }

    #[test]
    fn a_bias_and_a_relu_are_those_of_libtorch() {
        for shape in SHAPES {
            let case = Case::new(shape);
            let bias = case.bias();
            let ours = || conv2d_bias_relu(&case.x, &case.weight, &bias, case.stride, case.padding);
            let found = case.results_and(&ours(), Some(&bias));
            let plain = conv2d(&case.x, &case.weight, case.stride, case.padding) + bias.view([1, -1, 1, 1]);
            let expected = case.results_and(&plain.relu(), Some(&bias));
            assert_eq!(found.len(), expected.len());
            for (at, (ours, expected)) in found.iter().zip(&expected).enumerate() {
                let error = relative(ours, expected);
                assert!(error < 1e-6, "result {at} of {shape:?} differs by {error:e}");
            }
            assert!(tch::no_grad(ours).equal(&found[0]), "{shape:?}");
        }
    }

    /// Against double precision, as rounding decides no sign here. Gradients of a bias are small sums of large numbers.
    #[test]
    fn with_a_bias_results_are_those_of_double_precision_where_all_outputs_are_positive() {
        let case = Case::new([6, 8, 32, 32, 16, 3, 1, 1]);
        let bias = (case.bias() + 40.0).detach().set_requires_grad(true);
        let y = conv2d_bias_relu(&case.x, &case.weight, &bias, 1, 1);
        assert!(y.min().double_value(&[]) > 0.0);
        let found = case.results_and(&y, Some(&bias));
        let expected = case.expected() + bias.to_kind(Kind::Double).view([1, -1, 1, 1]);
        for (at, (ours, expected)) in found.iter().zip(case.results_and(&expected, Some(&bias))).enumerate() {
            let error = relative(ours, &expected);
            assert!(error < if at == 3 { 1e-4 } else { 1e-6 }, "result {at} differs by {error:e}");
        }
    }

    #[test]
    fn threads_and_other_images_beside_it_change_no_bit() {
        let ours = |shape: &Shape| shape[4] % 8 == 0 && (shape[1] % 8 == 0 || shape[1] < 8);
        for shape in SHAPES.into_iter().filter(ours) {
            let case = Case::new(shape);
            let bias = case.bias();
            let results = || {
                let mut all = case.results(&case.ours());
                let biased = conv2d_bias_relu(&case.x, &case.weight, &bias, case.stride, case.padding);
                all.extend(case.results_and(&biased, Some(&bias)));
                all
            };
            tch::set_num_threads(1);
            let alone = results();
            for threads in [2, 3] {
                tch::set_num_threads(threads);
                for (one, several) in alone.iter().zip(results()) {
                    assert!(one.equal(&several), "{shape:?} with {threads} threads");
                }
            }
            let first = conv2d(&case.x.narrow(0, 0, 1), &case.weight, case.stride, case.padding);
            assert!(first.equal(&alone[0].narrow(0, 0, 1)), "{shape:?}");
        }
    }

    /// The numbers are those of every processor: with `ATEN_CPU_CAPABILITY=avx2` the same come from the other kernels.
    #[test]
    fn every_processor_gives_the_same_bits() {
        let exact = |size: &[i64]| {
            let values = Tensor::arange(size.iter().product::<i64>(), (Kind::Int64, Device::Cpu)).remainder(97);
            ((values.to_kind(Kind::Float) - 48.0) / 7.0).view(size)
        };
        let channels_last = |[b, c, h, w]: [i64; 4]| exact(&[b, h, w, c]).permute([0, 3, 1, 2]).set_requires_grad(true);
        let mut found = Vec::new();
        for [side, inputs, outputs, stride] in [
            [8, 16, 16, 1],
            [16, 8, 24, 2],
            [2, 64, 32, 1],
            [16, 8, 8, 1],
            [9, 8, 8, 1],
            [16, 16, 24, 1],
            [9, 40, 32, 1],
        ] {
            let (x, weight) = (channels_last([14, inputs, side, side]), channels_last([outputs, inputs, 3, 3]));
            let y = conv2d(&x, &weight, stride, 1);
            let factors = exact(&[y.numel() as i64]).view_as(&y);
            let gradients = Tensor::run_backward(&[(&y * factors).sum(Kind::Float)], &[&x, &weight], false, false);
            for result in [&y.detach(), &gradients[0], &gradients[1]] {
                let values = Vec::<f32>::try_from(result.contiguous().view(-1)).unwrap();
                found.push(values.iter().fold(0u32, |hash, value| hash.rotate_left(5) ^ value.to_bits()));
            }
        }
        let expected = [
            [1524570295, 4254542802, 1797175376],
            [3332329443, 2338131626, 3606856581],
            [4109641749, 279747708, 972213294],
            [1053907286, 3217924733, 819344617],
            [2708063542, 3562865564, 490428574],
            // By Winograd.
            [596554160, 4269249785, 3205765867],
            [1505113487, 739915591, 1905201607],
        ]
        .concat();
        assert_eq!(found, expected);
    }

    #[test]
    fn weights_in_any_layout_and_no_gradients_give_the_same() {
        for shape in SHAPES {
            let case = Case::new(shape);
            let ours = case.ours();
            let contiguous = case.weight.detach().contiguous().set_requires_grad(true);
            assert!(tch::no_grad(|| case.ours()).equal(&ours), "{shape:?}");
            assert!(conv2d(&case.x, &contiguous, case.stride, case.padding).equal(&ours), "{shape:?}");
        }
    }

    #[test]
    fn what_is_not_a_number_stays_so_where_the_kernel_reaches_it() {
        for channels in [8, 16] {
            let case = Case::new([3, channels, 8, 8, channels, 3, 1, 1]);
            let x = case.x.detach().copy();
            let _ = x.get(1).select(1, 0).select(1, 0).fill_(f64::NAN);
            let y = conv2d(&x, &case.weight, 1, 1);
            assert_eq!(y.isnan().sum(Kind::Int64).int64_value(&[]), channels * 4);
            let y = conv2d_bias_relu(&x, &case.weight, &case.bias(), 1, 1);
            assert_eq!(y.isnan().sum(Kind::Int64).int64_value(&[]), channels * 4);
        }
    }

    #[test]
    fn what_libtorch_refuses_is_refused() {
        let case = Case::new([3, 16, 4, 4, 16, 3, 1, 1]);
        let small = case.x.detach().narrow(2, 0, 1);
        for (x, stride, padding) in [(&case.x, 0, 1), (&case.x, 1, -1), (&small, 2, 0)] {
            assert!(
                std::panic::catch_unwind(|| conv2d(x, &case.weight, stride, padding)).is_err(),
                "{stride} {padding}"
            );
        }
    }

    #[test]
    #[should_panic(expected = "channels")]
    fn what_does_not_fit_panics_with_libtorchs_message() {
        let case = Case::new(SHAPES[3]);
        let _ = conv2d(&case.x, &case.weight.narrow(1, 0, 8), 1, 1);
    }
}
