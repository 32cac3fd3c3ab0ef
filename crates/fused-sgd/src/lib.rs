//! A step of SGD over all parameters in one call, on CPUs and GPUs: libtorch's own (`torch.optim.SGD(fused=True)`), which `tch` has
//! no function for. One pass over parameter, gradient and momentum, where separate operations make four; on a GPU some launches of
//! kernels in all, where they make four a parameter.

#![allow(unsafe_code, reason = "calls into C++")]

use std::ffi::c_char;

use tch::Tensor;
use torch_sys::C_tensor;

/// What stays the same from step to step.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// μ.
    pub momentum: f64,
    /// λ.
    pub weight_decay: f64,
}

/// For each parameter p with its gradient g and its momentum buffer v: g ← g + λ·p, v ← μ·v + g, p ← p − η·v. All are float32 and on one
/// device, η too, which is one number: so a step that a GPU replays finds there what it is to be. Nothing is recorded for gradients.
///
/// # Panics
/// Where the lists differ in length, or where shapes, types or devices do not fit together, with libtorch's message.
pub fn step(parameters: &[Tensor], gradients: &[Tensor], momentum: &[&Tensor], learning_rate: &Tensor, rates: Rates) {
    assert_eq!((gradients.len(), momentum.len()), (parameters.len(), parameters.len()), "a tensor a parameter");
    let pointers: [Vec<*const C_tensor>; 3] = [
        parameters.iter().map(Tensor::as_ptr).collect(),
        gradients.iter().map(Tensor::as_ptr).collect(),
        momentum.iter().map(|tensor| tensor.as_ptr()).collect(),
    ];
    let [parameters, gradients, momentum] = &pointers;
    // SAFETY: the lists hold as many pointers to tensors as is said, which outlive the call; a message comes from `strdup`.
    unsafe {
        libtorch_call::finish(fused_sgd_step(
            parameters.as_ptr(),
            gradients.as_ptr(),
            momentum.as_ptr(),
            parameters.len() as i64,
            learning_rate.as_ptr(),
            rates.momentum,
            rates.weight_decay,
        ));
    }
}

/// The Euclidean norm over all elements of `tensors`, which are on one device: one number there (`torch.nn.utils.get_total_norm`). One pass,
/// where `tch` would need some operations a tensor.
///
/// # Panics
/// With libtorch's message, where there are no tensors or they are on several devices.
pub fn norm(tensors: &[Tensor]) -> Tensor {
    let pointers: Vec<*const C_tensor> = tensors.iter().map(Tensor::as_ptr).collect();
    // SAFETY: as in `step`; the tensor that is made is new.
    unsafe { libtorch_call::tensor(|result| fused_sgd_norm(pointers.as_ptr(), pointers.len() as i64, result)) }
}

unsafe extern "C" {
    fn fused_sgd_norm(tensors: *const *const C_tensor, count: i64, result: *mut *mut C_tensor) -> *mut c_char;

    fn fused_sgd_step(
        parameters: *const *const C_tensor,
        gradients: *const *const C_tensor,
        momentum: *const *const C_tensor,
        count: i64,
        learning_rate: *const C_tensor,
        momentum_factor: f64,
        weight_decay: f64,
    ) -> *mut c_char;
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::{Device, Kind};

    const LEARNING_RATE: f32 = 0.1;
    const RATES: Rates = Rates { momentum: 0.9, weight_decay: 0.01 };

    fn step(parameter: &Tensor, gradient: &Tensor, momentum: &Tensor, rates: Rates) {
        super::step(
            &[parameter.shallow_clone()],
            &[gradient.shallow_clone()],
            &[momentum],
            &Tensor::from(LEARNING_RATE),
            rates,
        );
    }

    fn number(tensor: &Tensor) -> f64 {
        tensor.double_value(&[])
    }

    #[test]
    fn a_step_is_its_formula() {
        let parameter = Tensor::from(2.0f32).set_requires_grad(true);
        let (gradient, momentum) = (Tensor::from(0.5f32), Tensor::from(3.0f32));
        step(&parameter, &gradient, &momentum, RATES);
        assert!((number(&momentum) - (0.9 * 3.0 + 0.5 + 0.01 * 2.0)).abs() < 1e-6);
        assert!((number(&parameter) - (2.0 - 0.1 * number(&momentum))).abs() < 1e-6);
        assert!(parameter.requires_grad());
    }

    #[test]
    fn a_gradient_may_lie_in_memory_otherwise() {
        let values = Tensor::arange(24, (Kind::Float, Device::Cpu)).view([2, 3, 2, 2]);
        let channels_last = |tensor: &Tensor| tensor.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]);
        let parameter = channels_last(&values);
        let momentum = parameter.zeros_like();
        step(&parameter, &values, &momentum, RATES);
        assert!(((values * (1.0 - 0.1 * 1.01)) - parameter).abs().max().double_value(&[]) < 1e-5);
    }

    #[test]
    fn autograd_notices_that_a_parameter_has_changed() {
        let parameter = Tensor::from_slice(&[2.0f32, 3.0]).set_requires_grad(true);
        let loss = parameter.square().sum(Kind::Float);
        step(&parameter, &parameter.zeros_like(), &parameter.zeros_like(), RATES);
        let panic = std::panic::catch_unwind(|| loss.backward()).unwrap_err();
        let message = libtorch_call::panic_message(&*panic);
        assert!(message.contains("modified by an inplace operation"), "{message}");
    }

    #[test]
    fn the_norm_is_that_of_all_numbers_together() {
        let values = |count: i64| (Tensor::arange(count, (Kind::Float, Device::Cpu)) * 0.7).sin() * 3.0;
        let ordinary = vec![values(5), values(9000).view([3, 3000]), values(64).view([8, 8]).tr(), values(1).squeeze()];
        // Of another type and with gaps, which take the other way.
        let others = vec![values(40).to_kind(Kind::Double), values(40).slice(0, 0, 40, 3)];
        for tensors in [ordinary, others] {
            let squares: f64 =
                tensors.iter().map(|t| t.to_kind(Kind::Double).square().sum(Kind::Double).double_value(&[])).sum();
            assert!((number(&norm(&tensors)) / squares.sqrt() - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    #[should_panic(expected = "otherwise than its parameter")]
    fn a_momentum_buffer_that_does_not_fit_is_refused() {
        let parameter = Tensor::zeros([4, 3], (Kind::Float, Device::Cpu));
        let momentum = Tensor::zeros([3, 4], (Kind::Float, Device::Cpu)).tr();
        step(&parameter, &parameter, &momentum, RATES);
    }

    #[test]
    fn without_momentum_the_buffer_keeps_the_last_direction() {
        let (parameter, gradient, momentum) = (Tensor::from(2.0f32), Tensor::from(0.5f32), Tensor::from(3.0f32));
        step(&parameter, &gradient, &momentum, Rates { momentum: 0.0, ..RATES });
        assert!((number(&momentum) - (0.5 + 0.01 * 2.0)).abs() < 1e-6);
        assert!((number(&parameter) - (2.0 - 0.1 * 0.52)).abs() < 1e-6);
    }

    /// Rows of the same length, so that strides are alike.
    #[test]
    #[should_panic(expected = "a parameter of shape [4, 3] has a gradient of [2, 3]")]
    fn a_gradient_of_fewer_elements_is_refused() {
        let zeros = |rows: i64| Tensor::zeros([rows, 3], (Kind::Float, Device::Cpu));
        step(&zeros(4), &zeros(2), &zeros(4), RATES);
    }

    #[test]
    #[should_panic(expected = "one float32 number")]
    fn a_learning_rate_of_another_type_is_refused() {
        let number = Tensor::from(1.0f32);
        super::step(&[number.copy()], &[number.copy()], &[&number.copy()], &Tensor::from(0.1f64), RATES);
    }

    #[test]
    #[should_panic(expected = "no tensors")]
    fn the_norm_of_nothing_is_refused() {
        let _ = norm(&[]);
    }
}
