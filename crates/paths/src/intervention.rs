//! What is done to a model between two tasks, as data. The crate `interventions` does it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::identified::identified;

/// A change made to a model before a task, or while it learns it.
///
/// The paper's two other interventions need no such change: the learning rate is a field of
/// [`LearningProcess`](crate::LearningProcess), and discretization is the number of steps of a
/// [`LearningPath`](crate::LearningPath).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Intervention {
    /// Adds a constant to every bias of the network (the paper's Figure 6).
    BiasReset(BiasReset),
}

identified! {
    /// Adds a constant to every bias: those of convolutions and linear layers, the shifts of normalisations, and the
    /// classifier's.
    #[derive(Copy)]
    pub struct BiasReset {
        /// What is added; the paper uses 0.01.
        #[serde(deserialize_with = "crate::values::amount")]
        amount: f64 = 0.01;
    }
}

impl Intervention {
    /// A bias reset by `amount`.
    pub fn bias_reset(amount: f64) -> Self {
        Self::BiasReset(BiasReset { amount })
    }
}

/// The name in experiment files and the parameters, such as "bias_reset 0.01".
impl fmt::Display for Intervention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BiasReset(BiasReset { amount }) => write!(f, "bias_reset {amount}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_may_be_left_out() {
        let read = |text: &str| serde_json::from_str::<Intervention>(text);
        assert_eq!(read(r#"{"bias_reset":{}}"#).unwrap(), Intervention::bias_reset(0.01));
        assert_eq!(read(r#"{"bias_reset":{"amount":0.5}}"#).unwrap(), Intervention::bias_reset(0.5));
        assert!(read(r#"{"bias_reset":{"amount":1e31}}"#).is_err());
        let unknown = read(r#"{"weight_reset":{}}"#).unwrap_err().to_string();
        assert!(unknown.contains("bias_reset"), "{unknown}");
    }
}
