//! CUDA graphs and streams, as libtorch has them and `tch` does not: work that is noted down once and then given to a GPU in one call,
//! and threads that each have a queue of their own there (`torch.cuda.CUDAGraph`, `torch.cuda.Stream`).
//!
//! A training step of a small network is hundreds of kernels of a few microseconds each, and launching one takes a host as long. A
//! graph of them takes one launch.

#![allow(unsafe_code, reason = "calls into C++")]

mod library;

use std::ffi::{c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::{PoisonError, RwLock};

use tch::Device;

use library::Library;
pub use library::WITHOUT_CUDA;

/// While one thread captures, the others must not wait for the whole device, nor replay: libtorch's generator of random numbers is part
/// of each capture and refuses to be both captured and replayed.
static CAPTURES: RwLock<()> = RwLock::new(());

/// Why this program cannot capture, or have streams of its own; `None` where it can. A GPU must be in use already.
pub fn unavailable() -> Option<String> {
    Library::get().err()
}

/// A stream of its own for the thread that made it; other threads' streams do not wait for it, nor it for them. Dropped, it has done all
/// that it was given, and the thread has the stream that it had before. What one stream made, another may use after
/// [`synchronise`].
pub struct Stream {
    library: &'static Library,
    pointer: *mut c_void,
}

impl Stream {
    /// Makes a stream of its own the calling thread's current one on the GPU `index`.
    ///
    /// # Errors
    /// Where this program cannot, or CUDA refuses.
    pub fn enter(index: usize) -> Result<Self, String> {
        let library = Library::get()?;
        let device = i32::try_from(index).map_err(|_| format!("there is no cuda:{index}"))?;
        let mut pointer = null_mut();
        // SAFETY: the pointer is to a variable that outlives the call.
        finish(unsafe { (library.enter_stream)(device, &raw mut pointer) })?;
        Ok(Self { library, pointer })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: the stream was made by `enter_stream` and is left once. It holds no thread: a raw pointer keeps it in the one it was
        // made in. An error of what it was still doing meets whoever uses the device next.
        let _ = finish(unsafe { (self.library.leave_stream)(self.pointer) });
    }
}

/// Waits until `device` has done all that it was given, by all threads. On a CPU there is nothing to wait for.
///
/// # Errors
/// Where this program cannot, or what the device was doing failed.
pub fn synchronise(device: Device) -> Result<(), String> {
    let Device::Cuda(index) = device else { return Ok(()) };
    let index = i32::try_from(index).map_err(|_| format!("there is no cuda:{index}"))?;
    let _others_do_not_capture = CAPTURES.read().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: it takes a number.
    finish(unsafe { (Library::get()?.synchronise)(index) })
}

/// Work that a GPU does again at one call, on the same memory.
pub struct Graph {
    library: &'static Library,
    pointer: *mut c_void,
}

// SAFETY: a graph is replayed on the stream of whoever replays it, and libtorch frees it from any thread.
unsafe impl Send for Graph {}

impl Graph {
    /// Notes down what `work` gives to the GPU, which does none of it yet. The calling thread must be on a [`Stream`] of its own, and the same
    /// work must have been done before, so that what is only made once is there. `work` must not wait for the device or read
    /// from it, and what it uses must outlive the graph and stay where it is in memory; what it makes is made anew, in the same
    /// place, by each replay.
    ///
    /// # Errors
    /// With the reason, where something cannot be captured. Nothing was done then.
    pub fn capture<T>(work: impl FnOnce() -> T) -> Result<(Self, T), String> {
        let library = Library::get()?;
        let _alone = CAPTURES.write().unwrap_or_else(PoisonError::into_inner);
        let mut pointer = null_mut();
        // SAFETY: the pointer is to a variable that outlives the call.
        finish(unsafe { (library.begin)(&raw mut pointer) })?;
        let graph = Self { library, pointer };
        let done = catch_unwind(AssertUnwindSafe(work));
        // SAFETY: the graph was begun in this thread. It is ended in any case, or the stream would take notes for ever.
        let ended = finish(unsafe { (library.end)(pointer) });
        let done = done.map_err(|panic| libtorch_call::panic_message(&*panic))?;
        ended?;
        Ok((graph, done))
    }

    /// Gives the work to the calling thread's stream.
    ///
    /// # Errors
    /// Where CUDA refuses, or something before it failed.
    pub fn replay(&self) -> Result<(), String> {
        let _others_do_not_capture = CAPTURES.read().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the graph has been captured.
        finish(unsafe { (self.library.replay)(self.pointer) })
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        // SAFETY: the graph was made by `begin` and is freed once.
        unsafe { (self.library.free)(self.pointer) };
    }
}

fn finish(message: *mut c_char) -> Result<(), String> {
    // SAFETY: messages of the library are made by `strdup`, and are nobody else's.
    match unsafe { libtorch_call::message(message) } {
        None => Ok(()),
        Some(text) => Err(text.lines().next().unwrap_or_default().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cpu_is_never_waited_for() {
        assert_eq!(synchronise(Device::Cpu), Ok(()));
    }

    #[test]
    fn without_cuda_it_says_so() {
        // Nothing in this test loads libtorch's CUDA part.
        for reason in [unavailable().unwrap(), Stream::enter(0).err().unwrap(), Graph::capture(|| ()).err().unwrap()] {
            assert_eq!(reason, WITHOUT_CUDA);
        }
    }
}
