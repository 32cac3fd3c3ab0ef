//! What a measure is.

use std::fmt;
use std::str::FromStr;

use datasets::ImageSet;
use tch::{Kind, Tensor};

use crate::network::Network;

/// When a stage's network is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// As the task before left it, or as it was initialised.
    Received,
    /// After the interventions, before the first step.
    Start,
    /// After this epoch, from 1.
    Epoch(usize),
    /// With the weights that are tested and handed on.
    End,
}

/// What a measure may look at. Nothing of it may be changed.
pub struct View<'a> {
    /// The network as it is now.
    pub network: &'a dyn Network,
    /// Its parameters before all training, in their order.
    pub initial: &'a [Tensor],
    /// Its parameters as the stage received them, in their order.
    pub received: &'a [Tensor],
    /// Standard test images to look at activations with, B×C×H×W in the compute type.
    pub images: &'a Tensor,
    /// The images that the stage trains on.
    pub train: &'a ImageSet,
    /// What the steps of the epoch that has just ended did; only at [`Moment::Epoch`].
    pub updates: Option<&'a Updates>,
}

/// One number that a measure has found.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is of: a parameter, a non-linearity, or "network".
    pub subject: String,
    /// What it is, in the field's term.
    pub name: &'static str,
    /// The number, in the unit that the measure's documentation gives; what is not finite is kept as such.
    pub value: f64,
}

/// A way of looking at a network. Its numbers are kept beside a stage and are no part of the stage's identity: a measure that is
/// added later invalidates nothing.
pub trait Measure: Sync {
    /// Its name: lower-case letters and hyphens.
    fn name(&self) -> &'static str;

    /// Raised when its numbers mean something else.
    fn version(&self) -> u32;

    /// Whether it is taken at this moment.
    ///
    /// One that is taken both after epochs and at the end depends on the weights alone: what it found after the epoch whose
    /// weights are handed on is what it finds at the end, and is not computed twice. In the same way, one that is taken as
    /// received and at the start finds the same there where no intervention changed the parameters.
    fn is_taken(&self, at: Moment) -> bool;

    /// Its numbers, in the same order at every moment.
    fn take(&self, view: &View<'_>) -> Vec<Value>;

    /// Name and version, such as "norms@1".
    fn id(&self) -> String {
        format!("{}@{}", self.name(), self.version())
    }
}

/// Sums over the steps of the running epoch, which stay on the device.
pub struct Updates {
    /// Sum of the Euclidean norms of the steps' changes of the parameters: float64, one number.
    pub(crate) path_length: Tensor,
}

impl Updates {
    pub(crate) fn zero(device: tch::Device) -> Self {
        Self { path_length: Tensor::zeros([], (Kind::Double, device)) }
    }

    /// Adds a step whose change of the parameters has this norm (float32, one number).
    pub(crate) fn add(&mut self, norm: &Tensor) {
        let _ = self.path_length.g_add_(norm);
    }

    /// Σ‖Δθ‖ over the epoch's steps.
    pub fn path_length(&self) -> f64 {
        self.path_length.double_value(&[])
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Received => f.write_str("received"),
            Self::Start => f.write_str("start"),
            Self::Epoch(epoch) => write!(f, "{epoch}"),
            Self::End => f.write_str("end"),
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "received" => Ok(Self::Received),
            "start" => Ok(Self::Start),
            "end" => Ok(Self::End),
            epoch => epoch
                .parse()
                .map(Self::Epoch)
                .map_err(|_| format!("`{text}` is no moment; allowed: received, start, an epoch's number, end")),
        }
    }
}

/// Rows of numbers, fetched from their device at once.
pub(super) fn numbers<const N: usize>(rows: &[Tensor]) -> Vec<[f64; N]> {
    if rows.is_empty() {
        return Vec::new();
    }
    let all = Tensor::stack(rows, 0).to_device(tch::Device::Cpu).flatten(0, -1);
    let all = Vec::<f64>::try_from(&all).expect("float64 numbers");
    all.chunks_exact(N).map(|row| row.try_into().expect("a chunk has as many numbers as a row")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_back_and_are_in_order() {
        let moments = [Moment::Received, Moment::Start, Moment::Epoch(2), Moment::Epoch(12), Moment::End];
        for moment in moments {
            assert_eq!(moment.to_string().parse(), Ok(moment));
        }
        assert!(moments.is_sorted());
        assert!("later".parse::<Moment>().unwrap_err().contains("received"));
    }
}
