//! What a measure is.

use super::moment::Moment;
use super::view::View;

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

impl Value {
    /// A number of the whole network.
    pub fn of_network(name: &'static str, value: f64) -> Self {
        Self { subject: "network".to_owned(), name, value }
    }
}

/// A way of looking at a network. Its numbers are kept beside a stage and are no part of the stage's identity: a measure that is
/// added later invalidates nothing.
pub trait Measure: Sync {
    /// Its name: lower-case letters and hyphens.
    fn name(&self) -> &'static str;

    /// Raised when its numbers mean something else.
    fn version(&self) -> u32 {
        1
    }

    /// Whether it is taken at this moment.
    fn is_taken(&self, at: Moment) -> bool;

    /// Its numbers, in the same order at every moment of a kind.
    fn take(&self, view: &View<'_>) -> Vec<Value>;

    /// Whether it depends on the network's parameters and buffers alone, and not on when it is taken or what came before.
    ///
    /// One that does is not computed twice: what it found after the epoch whose weights are handed on is what it finds at the end,
    /// and what it found as received is what it finds at the start where no intervention changed the network.
    fn is_of_weights_alone(&self) -> bool {
        true
    }

    /// Whether it is taken only where it is asked for, because it costs much.
    fn is_on_request(&self) -> bool {
        false
    }

    /// Name and version, such as "norms@1".
    fn id(&self) -> String {
        format!("{}@{}", self.name(), self.version())
    }
}

/// Whether a measure that costs something is taken after this epoch: after the 1st, 2nd, 4th, 8th and so on, as most happens early.
pub(super) fn is_sparse_epoch(at: Moment) -> bool {
    matches!(at, Moment::Epoch(epoch) if epoch.is_power_of_two())
}

/// The same of one that costs much: after the 1st, 4th, 16th, 64th and so on.
pub(super) fn is_rare_epoch(at: Moment) -> bool {
    matches!(at, Moment::Epoch(epoch) if epoch.is_power_of_two() && epoch.trailing_zeros() % 2 == 0)
}
