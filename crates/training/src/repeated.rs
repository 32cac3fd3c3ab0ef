//! Work that a device is given again and again: operation by operation, or on a GPU noted down once and replayed.

use cuda_graph::{Graph, Stream};
use tch::{Device, Tensor};

/// Times that work is done as it is before it is captured, so that what is made at first use is there.
const WARM_UP: usize = 3;

/// The calling thread's own queue of work on `device`, for as long as it is kept: threads that share one wait for each other. `None` on a
/// CPU, which has none, and where this program cannot make any ([`capture_refused`] says why): then all share one.
///
/// # Errors
/// Where the GPU refuses.
pub fn own_stream(device: Device) -> Result<Option<Stream>, String> {
    match device {
        Device::Cuda(index) if cuda_graph::unavailable().is_none() => Stream::enter(index).map(Some),
        _ => Ok(None),
    }
}

/// Waits until `device` has done all that it was given by all threads. What one thread made there, threads with other streams may use
/// from then on.
///
/// # Errors
/// Where something that the device was doing failed.
pub fn synchronise(device: Device) -> Result<(), String> {
    match device {
        Device::Cuda(index) if cuda_graph::unavailable().is_some() => {
            tch::Cuda::synchronize(index as i64);
            Ok(())
        }
        _ => cuda_graph::synchronise(device),
    }
}

/// Why steps on `device` are given to it operation by operation by this program; `None` where they can be captured, and on a CPU, which
/// would gain nothing.
pub fn capture_refused(device: Device) -> Option<String> {
    matches!(device, Device::Cuda(_)).then(cuda_graph::unavailable).flatten()
}

/// Work on memory that stays in its place, which ends with one tensor.
#[derive(Default)]
pub struct Repeated(How);

#[derive(Default)]
enum How {
    /// Operation by operation, always.
    #[default]
    AsItIs,
    /// So many times more operation by operation, then captured.
    Warming(usize),
    /// By one call. The tensor is what each replay ends with, in the same memory.
    Captured(Recording, Tensor),
}

enum Recording {
    Graph(Graph),
    /// A stand-in where there is no GPU: the work is done again, and its end put where the first one's is.
    #[cfg(test)]
    Again,
    /// The same before anything was "captured".
    #[cfg(test)]
    Nothing,
}

impl Repeated {
    /// Captured after a few times if `capture` is wanted and `device` and program can.
    pub fn new(device: Device, capture: bool) -> Self {
        let can = matches!(device, Device::Cuda(_)) && cuda_graph::unavailable().is_none();
        Self(if can && capture { How::Warming(WARM_UP) } else { How::AsItIs })
    }

    /// Whether the work must find all that it uses where it was the last time.
    pub fn needs_fixed_memory(&self) -> bool {
        !matches!(self.0, How::AsItIs)
    }

    /// Does the work once. The tensor is a new one each time. Where capture fails, the work is done as it is from then on, and `refused`
    /// is given the reason.
    ///
    /// # Panics
    /// With libtorch's message, as tch's operations do.
    pub fn run(&mut self, mut work: impl FnMut() -> Tensor, refused: impl FnOnce(&str)) -> Tensor {
        match &mut self.0 {
            How::AsItIs => return work(),
            How::Warming(left @ 1..) => {
                *left -= 1;
                return work();
            }
            How::Warming(0) => match Graph::capture(&mut work) {
                Ok((graph, end)) => self.0 = How::Captured(Recording::Graph(graph), end),
                Err(reason) => {
                    self.0 = How::AsItIs;
                    refused(&reason);
                    return work();
                }
            },
            How::Captured(..) => {}
        }
        let How::Captured(recording, end) = &mut self.0 else { unreachable!("it has been captured") };
        match recording {
            Recording::Graph(graph) => graph.replay().unwrap_or_else(|reason| panic!("{reason}")),
            #[cfg(test)]
            Recording::Nothing => (*recording, *end) = (Recording::Again, work()),
            #[cfg(test)]
            Recording::Again => end.copy_(&work()),
        }
        end.copy()
    }

    /// Does what a captured piece of work does with memory, without a GPU.
    #[cfg(test)]
    pub(crate) fn pretending() -> Self {
        Self(How::Captured(Recording::Nothing, Tensor::new()))
    }
}
