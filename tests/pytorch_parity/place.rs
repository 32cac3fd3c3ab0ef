//! Where the numbers are computed that are held against PyTorch's.

use tch::Device;

/// A device, and how much more its rounding may differ than a CPU's, which is what the fixtures are from.
#[derive(Clone, Copy)]
pub struct Place {
    pub device: Device,
    pub slack: f64,
}

/// The CPU.
pub const CPU: Place = Place { device: Device::Cpu, slack: 1.0 };
