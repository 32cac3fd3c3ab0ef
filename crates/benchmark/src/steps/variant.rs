//! The ways in which PyTorch takes the steps.

use clap::ValueEnum;
use tch::Device;

/// A way to write a training step in PyTorch, and to start it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Variant {
    /// Eager, contiguous tensors, one process: what people write
    Contiguous,
    /// Eager, channels-last tensors, one process: what experts write
    ChannelsLast,
    /// torch.compile with channels-last tensors, on a GPU tuned at most ("max-autotune"), one process
    Compiled,
    /// A whole step captured by hand as a CUDA graph, channels-last tensors, one process; on GPUs only
    Captured,
    /// Eager, channels-last tensors, several processes of one thread: what experts do who have several seeds to train
    ChannelsLastSideBySide,
    /// torch.compile with channels-last tensors, several processes of one thread
    CompiledSideBySide,
}

impl Variant {
    pub fn name(self) -> &'static str {
        match self {
            Self::Contiguous => "PyTorch eager, contiguous",
            Self::ChannelsLast => "PyTorch eager, channels-last",
            Self::Compiled => "PyTorch compiled, channels-last",
            Self::Captured => "PyTorch captured, channels-last",
            Self::ChannelsLastSideBySide => "PyTorch eager, channels-last, side by side",
            Self::CompiledSideBySide => "PyTorch compiled, channels-last, side by side",
        }
    }

    /// As `bench/steps.py` calls it.
    pub fn how(self) -> &'static str {
        match self {
            Self::Contiguous | Self::ChannelsLast | Self::ChannelsLastSideBySide => "eager",
            Self::Compiled | Self::CompiledSideBySide => "compiled",
            Self::Captured => "captured",
        }
    }

    pub fn exists_on(self, device: Device) -> bool {
        self != Self::Captured || device != Device::Cpu
    }

    pub fn is_side_by_side(self) -> bool {
        matches!(self, Self::ChannelsLastSideBySide | Self::CompiledSideBySide)
    }
}
