//! What calls of this project's C++ give back: nothing, or libtorch's message of what went wrong.

#![allow(unsafe_code, reason = "calls into C++")]

use std::ffi::{CStr, c_char};

use tch::Tensor;
use torch_sys::C_tensor;

/// Ends a call that gives back a message where it failed, and null where it did not.
///
/// # Safety
/// A message must end with a null byte, come from C's `malloc`, and be freed by nobody else.
///
/// # Panics
/// With the message, as tch's operations do.
pub unsafe fn finish(message: *mut c_char) {
    // SAFETY: as the caller says.
    if let Some(text) = unsafe { self::message(message) } {
        panic!("{text}");
    }
}

/// What a panic said, such as one of tch's operations: the first line, as libtorch's messages carry a C++ backtrace after it.
pub fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.and_then(|text| text.lines().next()).unwrap_or("libtorch failed without a message").to_owned()
}

/// The message of a call that gives one back where it failed, and null where it did not.
///
/// # Safety
/// As of [`finish`].
pub unsafe fn message(message: *mut c_char) -> Option<String> {
    if message.is_null() {
        return None;
    }
    // SAFETY: as the caller says.
    let text = unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned();
    unsafe { free(message.cast()) };
    Some(text)
}

/// The tensor that a call has made: `call` is given the place for it.
///
/// # Safety
/// The message that `call` gives back must be as [`finish`] wants it. Where there is none, a tensor must lie in the place that
/// nobody else owns.
///
/// # Panics
/// With the message, as tch's operations do.
pub unsafe fn tensor(call: impl FnOnce(*mut *mut C_tensor) -> *mut c_char) -> Tensor {
    let mut result = std::ptr::null_mut();
    // SAFETY: as the caller says.
    unsafe { finish(call(&raw mut result)) };
    assert!(!result.is_null(), "there was no memory for libtorch's message");
    // SAFETY: as the caller says.
    unsafe { Tensor::from_ptr(result) }
}

unsafe extern "C" {
    fn free(pointer: *mut std::ffi::c_void);
}
