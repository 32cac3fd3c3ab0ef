//! Batch normalisation of channels-last tensors on a CPU, with the ReLU that may follow it: the bits of ATen's kernels, in less
//! time.
//!
//! ATen's channels-last kernels (`aten/src/ATen/native/cpu/batch_norm_kernel.cpp`, libtorch 2.11) keep their sums in memory and
//! go element by element where a pixel has fewer channels than a vector has places, which a narrow ResNet's pixels have. Here the
//! sums stay in registers; they are taken in the same order, so that nothing that was trained before differs. A ReLU costs no
//! pass of its own. (Without a ReLU, ATen sums a gradient that is not channels-last in another order; here it is copied.) There
//! are no second derivatives.

#![allow(unsafe_code, reason = "calls into C++")]

use std::ffi::c_char;

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

/// What is done to the normalised tensor.
#[derive(Clone, Copy)]
pub enum Then<'a> {
    /// Nothing.
    Nothing,
    /// `torch.nn.functional.relu`.
    Relu,
    /// This tensor, of the same shape and type, is added, and then comes the ReLU: the end of a residual block.
    AddAndRelu(&'a Tensor),
}

/// Normalises `x` (B×C×H×W, any floating type) over B, H and W, then multiplies by `weight` and adds `bias` (float32, one value a
/// channel): `torch.nn.functional.batch_norm`. `eps` is added to the variance. What comes `then` is done, too.
///
/// # Panics
/// Where shapes, types or devices do not fit together, with libtorch's message, as tch's operations do.
pub fn batch_norm(
    x: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    statistics: Statistics<'_>,
    eps: f64,
    then: Then<'_>,
) -> Tensor {
    let (shortcut, relu) = match then {
        Then::Nothing => (std::ptr::null(), false),
        Then::Relu => (std::ptr::null(), true),
        Then::AddAndRelu(shortcut) => (shortcut.as_ptr(), true),
    };
    let (running, training, momentum) = match statistics {
        Statistics::Batch { running, momentum } => (running, true, momentum),
        Statistics::Given(mean, variance) => (Some((mean, variance)), false, 0.0),
    };
    let (mean, variance) = running.map_or((std::ptr::null(), std::ptr::null()), |(m, v)| (m.as_ptr(), v.as_ptr()));
    // SAFETY: the tensors outlive the call, which changes none of them but the running statistics' values; a message comes from
    // `strdup`, and a tensor is new.
    unsafe {
        libtorch_call::tensor(|result| {
            batch_norm_forward(
                x.as_ptr(),
                weight.as_ptr(),
                bias.as_ptr(),
                mean,
                variance,
                training,
                momentum,
                eps,
                shortcut,
                relu,
                result,
            )
        })
    }
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
        shortcut: *const C_tensor,
        relu: bool,
        result: *mut *mut C_tensor,
    ) -> *mut c_char;
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    const MOMENTUM: f64 = 0.1;
    const EPS: f64 = 1e-5;

    /// Output, gradients of input, weight, bias and shortcut, and the running statistics afterwards.
    type Results = [Tensor; 7];

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Next {
        Nothing,
        Relu,
        AddAndRelu,
    }

    const NEXT: [Next; 3] = [Next::Nothing, Next::Relu, Next::AddAndRelu];

    struct Case {
        x: Tensor,
        shortcut: Tensor,
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
                shortcut: image(-0.2).set_requires_grad(true),
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
                // A tensor that the output does not depend on has a gradient of zeros.
                let loss = &y * &self.gradient + &self.shortcut * 0.0;
                Tensor::run_backward(&[loss], &[&self.x, &self.weight, &self.bias, &self.shortcut], false, false)
            } else {
                std::iter::repeat_with(Tensor::new).take(4).collect()
            };
            let [dx, dw, db, ds] = gradients.try_into().unwrap();
            [y.detach(), dx, dw, db, ds, mean, variance]
        }

        fn by_aten(&self, mean: &Tensor, variance: &Tensor, training: bool, next: Next) -> Tensor {
            let (weight, bias) = (Some(&self.weight), Some(&self.bias));
            let mut y = self.x.batch_norm(weight, bias, Some(mean), Some(variance), training, MOMENTUM, EPS, true);
            match next {
                Next::Nothing => y,
                Next::Relu => y.relu_(),
                Next::AddAndRelu => (y + &self.shortcut).relu_(),
            }
        }

        fn by_us(&self, statistics: Statistics<'_>, next: Next) -> Tensor {
            let then = match next {
                Next::Nothing => Then::Nothing,
                Next::Relu => Then::Relu,
                Next::AddAndRelu => Then::AddAndRelu(&self.shortcut),
            };
            batch_norm(&self.x, &self.weight, &self.bias, statistics, EPS, then)
        }
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
    const SHAPES: [[i64; 4]; 11] = [
        [4, 8, 32, 32],
        [3, 16, 16, 16],
        [5, 24, 7, 5],
        [2, 32, 8, 8],
        [7, 56, 3, 3],
        [2, 64, 32, 32],
        [3, 512, 4, 4],
        // Single pixels, which ATen takes for contiguous.
        [64, 128, 1, 1],
        [33, 24, 1, 1],
        [4, 64, 1, 1],
        // Not for these kernels: an odd number of channels.
        [4, 12, 6, 6],
    ];

    #[test]
    fn training_has_the_bits_of_aten() {
        for threads in [1, 2, 3] {
            tch::set_num_threads(threads);
            for (kind, shape, next) in cases() {
                let case = Case::new(shape, kind);
                let ours = case.results(|case, mean, variance| {
                    case.by_us(Statistics::Batch { running: Some((mean, variance)), momentum: MOMENTUM }, next)
                });
                let theirs = case.results(|case, mean, variance| case.by_aten(mean, variance, true, next));
                for (at, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
                    let what = format!("result {at} of {shape:?} in {kind:?}, {next:?}, with {threads} threads");
                    assert_same_bits(ours, theirs, &what);
                }
            }
        }
    }

    /// Their strides say little about where they lie, and yet ATen goes by them.
    #[test]
    fn single_pixels_have_the_bits_and_strides_of_aten_whatever_their_own_are() {
        let formats = [false, true];
        let cases = [[64, 128, 1, 1], [33, 24, 1, 1]].into_iter().flat_map(|shape| NEXT.map(|next| (shape, next)));
        for (shape, next) in cases {
            for (contiguous, permuted) in formats.iter().flat_map(|&x| formats.map(|gradient| (x, gradient))) {
                let mut case = Case::new(shape, Kind::Float);
                if contiguous {
                    case.x = case.x.detach().flatten(1, -1).view(shape).set_requires_grad(true);
                    assert_eq!(case.x.stride(), [shape[1], 1, 1, 1]);
                }
                let found = |forward: &dyn Fn(&Case, &Tensor, &Tensor) -> Tensor| {
                    let floats = |value: f64| Tensor::full([shape[1]], value, (Kind::Float, Device::Cpu));
                    let y = forward(&case, &floats(0.3), &floats(1.7));
                    let loss = if permuted {
                        // A gradient that comes back through a permutation has the strides of channels-last memory.
                        y.permute([0, 2, 3, 1]) * case.gradient.permute([0, 2, 3, 1]).contiguous()
                    } else {
                        &y * &case.gradient
                    };
                    let loss = loss.sum(Kind::Float) + case.shortcut.sum(Kind::Float) * 0.0;
                    let inputs = [&case.x, &case.weight, &case.bias, &case.shortcut];
                    let mut results = Tensor::run_backward(&[loss], &inputs, false, false);
                    results.insert(0, y.detach());
                    results
                };
                let ours = found(&|case, mean, variance| {
                    let running = Some((mean, variance));
                    case.by_us(Statistics::Batch { running, momentum: MOMENTUM }, next)
                });
                let theirs = found(&|case, mean, variance| case.by_aten(mean, variance, true, next));
                for (at, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
                    let what = format!("result {at} of {shape:?}, {next:?}, {contiguous}, {permuted}");
                    assert_same_bits(ours, theirs, &what);
                    assert_eq!(ours.stride(), theirs.stride(), "{what}");
                }
            }
        }
    }

    #[test]
    fn a_single_image_of_ambiguous_strides_has_its_gradient_in_place() {
        let mut case = Case::new([1, 16, 6, 5], Kind::Float);
        // Channels-last, but with the stride of a first dimension that was added later.
        case.x = case.x.detach().as_strided([1, 16, 6, 5], [16, 1, 80, 16], 0);
        case.x = case.x.set_requires_grad(true);
        let running = |case: &Case, mean: &Tensor, variance: &Tensor| {
            case.by_us(Statistics::Batch { running: Some((mean, variance)), momentum: MOMENTUM }, Next::Relu)
        };
        let ours = case.results(running);
        let theirs = case.results(|case, mean, variance| case.by_aten(mean, variance, true, Next::Relu));
        for (at, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            let difference = (ours - theirs).abs().max().double_value(&[]);
            assert!(difference < 1e-5, "result {at}: {difference}");
        }
    }

    #[test]
    fn evaluation_has_the_bits_of_aten() {
        for (kind, shape, next) in cases() {
            let case = Case::new(shape, kind);
            let given =
                |case: &Case, mean: &Tensor, variance: &Tensor| case.by_us(Statistics::Given(mean, variance), next);
            let aten = |case: &Case, mean: &Tensor, variance: &Tensor| case.by_aten(mean, variance, false, next);
            let (ours, theirs) = tch::no_grad(|| (case.results(given), case.results(aten)));
            assert_same_bits(&ours[0], &theirs[0], &format!("{shape:?} in {kind:?}, {next:?}"));
            for (ours, theirs) in case.results(given).iter().zip(&case.results(aten)) {
                assert_same_bits(ours, theirs, &format!("with gradients, {shape:?} in {kind:?}, {next:?}"));
            }
        }
    }

    #[test]
    fn running_statistics_stay_where_there_are_none() {
        let case = Case::new(SHAPES[0], Kind::BFloat16);
        let y = case.by_us(Statistics::Batch { running: None, momentum: MOMENTUM }, Next::Nothing);
        let theirs = case.results(|case, mean, variance| case.by_aten(mean, variance, true, Next::Nothing));
        assert_same_bits(&y, &theirs[0], "output");
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        // Infinity less infinity is not a number either, and has the other sign.
        for (kind, value) in [Kind::BFloat16, Kind::Float].into_iter().flat_map(|k| [(k, f64::NAN), (k, f64::INFINITY)])
        {
            let mut case = Case::new(SHAPES[0], kind);
            case.x = case.x.detach().copy();
            let _ = case.x.select(1, 0).fill_(value);
            case.x = case.x.set_requires_grad(true);
            for next in NEXT {
                // The gradients of the bias and of the shortcut, which a ReLU lets through where it has no number.
                let running = |case: &Case, mean: &Tensor, variance: &Tensor| {
                    case.by_us(Statistics::Batch { running: Some((mean, variance)), momentum: MOMENTUM }, next)
                };
                let ours = case.results(running);
                let theirs = case.results(|case, mean, variance| case.by_aten(mean, variance, true, next));
                for at in [3, 4] {
                    assert_same_bits(&ours[at], &theirs[at], &format!("gradient {at} in {kind:?}, {next:?}, {value}"));
                }
                let y = &ours[0];
                let not_a_number = y.isnan().sum_dim_intlist([0, 2, 3].as_slice(), false, Kind::Int64);
                let counts = Vec::<i64>::try_from(not_a_number).unwrap();
                assert_eq!(counts[0], y.numel() as i64 / 8, "{next:?} in {kind:?}");
                assert!(counts[1..].iter().all(|&count| count == 0));
            }
        }
    }

    #[test]
    #[should_panic(expected = "64")]
    fn what_does_not_fit_panics_with_libtorchs_message() {
        let case = Case::new(SHAPES[0], Kind::Float);
        let wrong = Tensor::zeros([64], (Kind::Float, Device::Cpu));
        let statistics = Statistics::Batch { running: None, momentum: MOMENTUM };
        let _ = batch_norm(&case.x, &wrong, &wrong, statistics, EPS, Then::Nothing);
    }

    fn cases() -> impl Iterator<Item = (Kind, [i64; 4], Next)> {
        let kinds = [Kind::BFloat16, Kind::Float].into_iter();
        kinds.flat_map(|kind| {
            SHAPES.into_iter().flat_map(move |shape| NEXT.into_iter().map(move |next| (kind, shape, next)))
        })
    }
}
