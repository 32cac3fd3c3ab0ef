//! The device that a run computes on.

use std::str::FromStr;

use tch::Device;

/// What `--device` asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// The first GPU where there is one, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The GPU of this index.
    Cuda(usize),
}

impl DeviceChoice {
    /// The device, with its libraries loaded.
    ///
    /// # Errors
    /// Where a GPU is asked for that is not there.
    pub fn resolve(self) -> Result<Device, String> {
        match self {
            Self::Cpu => Ok(Device::Cpu),
            Self::Auto => {
                crate::cuda::load_libraries();
                Ok(if tch::Cuda::is_available() { Device::Cuda(0) } else { Device::Cpu })
            }
            Self::Cuda(index) => {
                let loaded = crate::cuda::load_libraries();
                let count = tch::Cuda::device_count().max(0) as usize;
                if index < count {
                    return Ok(Device::Cuda(index));
                }
                Err(match (loaded, count) {
                    (false, _) => format!(
                        "cuda:{index} was asked for, but this libtorch has no CUDA; run `cargo xtask setup --cuda`, or use \
                         --device cpu"
                    ),
                    (true, 0) => format!("cuda:{index} was asked for, but no GPU is usable here; use --device cpu"),
                    (true, n) => format!("cuda:{index} was asked for, but there are only cuda:0 to cuda:{}", n - 1),
                })
            }
        }
    }
}

impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            _ => text
                .strip_prefix("cuda:")
                .and_then(|index| index.parse().ok())
                .map(Self::Cuda)
                .ok_or_else(|| format!("unknown device `{text}`; allowed: auto, cpu, cuda:N")),
        }
    }
}
