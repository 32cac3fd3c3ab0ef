//! One test of a claim: on one dataset, of one condition against another.

use statistics::{Defined, Interval, NotDefined};

use crate::claims::need::{Need, Seeds};

/// The level of every test.
pub(crate) const LEVEL: f64 = 0.05;

/// What a part says of its claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds here.
    Supported,
    /// The opposite holds here.
    Opposed,
    /// The data do not say.
    Undecided,
    /// It is a size and no test.
    Estimated,
    /// There are no data.
    NoData,
}

/// The direction that is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claimed {
    Lower,
    Higher,
}

/// What was found, before the correction over the parts of a claim.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Finding {
    /// Two tests, either of which can decide.
    Tested {
        /// P-value for the claim.
        support: f64,
        /// P-value against it, for the opposite.
        oppose: f64,
    },
    /// A size without a test.
    Estimated,
    /// The test is not defined for these data.
    NotDefined(NotDefined),
    /// There are no such runs.
    NoData,
}

impl Finding {
    /// Of a two-sided test: its p-value is for the side on which the estimate is.
    pub(crate) fn of_direction(p: f64, as_claimed: bool) -> Self {
        if as_claimed { Self::Tested { support: p, oppose: 1.0 } } else { Self::Tested { support: 1.0, oppose: p } }
    }
}

/// P-values after Holm's correction over the parts of a claim, each side a family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SidedP {
    /// For the claim.
    pub support: f64,
    /// Against it.
    pub oppose: f64,
}

/// One test of a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The dataset.
    pub dataset: String,
    /// What is compared.
    pub what: String,
    /// The test.
    pub test: String,
    /// Runs on each side.
    pub sizes: Vec<usize>,
    /// What the estimate is.
    pub measure: &'static str,
    /// The estimate, the test's own.
    pub estimate: Defined<f64>,
    /// Its interval: 95 %, or 90 % for equivalence.
    pub interval: Defined<Interval>,
    /// What was found.
    pub finding: Finding,
    /// The p-values after Holm's correction, where there is a test.
    pub corrected: Option<SidedP>,
    /// What it says of the claim.
    pub outcome: Outcome,
    /// What a reader must know of it: that tests disagree, or that the same runs are elsewhere.
    pub remarks: Vec<String>,
    /// What its power depends on.
    pub(crate) need: Option<Need>,
}

impl Part {
    pub(crate) fn new(dataset: &str, what: String, test: &str, measure: &'static str) -> Self {
        Self {
            dataset: dataset.to_owned(),
            what,
            test: test.to_owned(),
            sizes: Vec::new(),
            measure,
            estimate: Err(NotDefined::NoData),
            interval: Err(NotDefined::NoData),
            finding: Finding::NoData,
            corrected: None,
            outcome: Outcome::NoData,
            remarks: Vec::new(),
            need: None,
        }
    }

    /// Whether the opposite is the likelier of the two.
    pub fn leans_against(&self) -> bool {
        matches!(self.finding, Finding::Tested { support, oppose } if oppose < support)
    }

    /// Seeds a condition that would settle it by itself at `level`, where it is undecided and there is a number.
    pub(crate) fn seeds(&self, level: f64) -> Option<Seeds> {
        let need = self.need.filter(|_| self.outcome == Outcome::Undecided)?;
        Some(Seeds::of(|n, shift| {
            let power = need.power(n, level, shift);
            power.support.max(power.oppose)
        }))
    }

    /// The outcome, now that p-values are corrected.
    pub(crate) fn settle(&mut self) {
        self.outcome = match (self.finding, self.corrected) {
            (Finding::Tested { .. }, Some(p)) if p.support < LEVEL => Outcome::Supported,
            (Finding::Tested { .. }, Some(p)) if p.oppose < LEVEL => Outcome::Opposed,
            (Finding::Tested { .. } | Finding::NotDefined(_), _) => Outcome::Undecided,
            (Finding::Estimated, _) => Outcome::Estimated,
            (Finding::NoData, _) => Outcome::NoData,
        };
    }
}
