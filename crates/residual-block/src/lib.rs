//! Basic blocks of residual networks (He et al. 2016) on a CPU, each as one operation: what the crates `convolution` and `batch-norm`
//! give, to the bit, with less around it.
//!
//! In a narrow network on small images a step of training spends a tenth of its time on the bookkeeping of autograd: a node for each layer,
//! its inputs and outputs noted and checked, the gradients of shortcuts added up. Here a block is one node. There are no second derivatives.

#![allow(unsafe_code, reason = "calls into C++")]

use std::ffi::c_char;

use tch::Tensor;
use torch_sys::C_tensor;
// Their C++ is called by that of this crate.
use {batch_norm as _, convolution as _};

/// A convolution without bias and the batch normalisation behind it; everything float32.
#[derive(Clone, Copy)]
pub struct Layer<'a> {
    /// Of the convolution: outputs × inputs × k × k.
    pub weight: &'a Tensor,
    /// γ, PyTorch's `weight` of the normalisation, one value a channel.
    pub scale: &'a Tensor,
    /// β, its `bias`.
    pub shift: &'a Tensor,
    /// The running mean.
    pub running_mean: &'a Tensor,
    /// The running variance.
    pub running_var: &'a Tensor,
}

/// Two 3×3 convolutions, the first with `stride`, each normalised; in between a ReLU, and another once the shortcut is added.
pub struct BasicBlock<'a> {
    /// The first convolution and its normalisation.
    pub first: Layer<'a>,
    /// The second.
    pub second: Layer<'a>,
    /// A 1×1 convolution with the same stride; `None` where the shortcut is the input itself.
    pub shortcut: Option<Layer<'a>>,
    /// Of the first convolution and of the shortcut's.
    pub stride: i64,
}

/// What the block's inputs are normalised by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistics {
    /// The batch's own, towards which the running ones move by this share.
    Moving(f64),
    /// The batch's own; the running ones stay.
    Batch,
    /// The running ones. Nothing may learn.
    Running,
}

/// The block's output and that of the ReLU within, for `x` (B×C×H×W); `eps` is added to variances. `None` where these kernels are not for the
/// block: `x` is not float32 in channels-last memory on a CPU with AVX2, a layer is better left to libtorch, or running statistics are asked
/// for where something learns. Gradients go back from the output alone.
///
/// # Panics
/// With libtorch's message, as tch's operations do.
pub fn basic_block(x: &Tensor, block: &BasicBlock<'_>, statistics: Statistics, eps: f64) -> Option<[Tensor; 2]> {
    let of = |layer: &Layer<'_>| {
        let tensors = [layer.weight, layer.scale, layer.shift, layer.running_mean, layer.running_var];
        tensors.map(|tensor| tensor.as_ptr())
    };
    let shortcut = block.shortcut.as_ref().map_or([std::ptr::null(); 5], of);
    let tensors = [of(&block.first), of(&block.second), shortcut];
    let (of_batch, moves, momentum) = match statistics {
        Statistics::Moving(momentum) => (true, true, momentum),
        Statistics::Batch => (true, false, 0.0),
        Statistics::Running => (false, false, 0.0),
    };
    let mut outputs = [std::ptr::null_mut(); 2];
    // SAFETY: the tensors outlive the call, which changes none of them but the running statistics' values; `tensors` holds fifteen pointers
    // and `outputs` has two places; a message comes from `strdup`, and the tensors are new.
    unsafe {
        libtorch_call::finish(residual_block_forward(
            x.as_ptr(),
            tensors.as_flattened().as_ptr(),
            block.stride,
            of_batch,
            moves,
            momentum,
            eps,
            outputs.as_mut_ptr(),
        ));
        (!outputs[0].is_null()).then(|| outputs.map(|output| Tensor::from_ptr(output)))
    }
}

unsafe extern "C" {
    fn residual_block_forward(
        x: *const C_tensor,
        tensors: *const *const C_tensor,
        stride: i64,
        of_batch: bool,
        moves: bool,
        momentum: f64,
        eps: f64,
        outputs: *mut *mut C_tensor,
    ) -> *mut c_char;
}

#[cfg(test)]
mod tests;
