//! One test of a claim: on one dataset, of one condition against another.

use statistics::{Defined, Interval, NotDefined};

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
    /// A test of a direction: the two-sided p-value, and whether the estimate has the claimed sign.
    Direction {
        /// Two-sided p-value, not yet corrected.
        p: f64,
        /// Whether the sign is as claimed.
        as_claimed: bool,
    },
    /// A test of any difference: the p-value, and whether the two are shown to be equivalent.
    Difference {
        /// Two-sided p-value, not yet corrected.
        p: f64,
        /// Whether equivalence within the margin is shown.
        equivalent: bool,
    },
    /// A test that needs no correction: its p-value and outcome.
    Settled {
        /// P-value, where there is one.
        p: Option<f64>,
        /// The outcome.
        outcome: Outcome,
    },
    /// The test is not defined for these data.
    NotDefined(NotDefined),
    /// There are no such runs.
    NoData,
}

impl Finding {
    pub(crate) fn p_to_correct(&self) -> Option<f64> {
        match *self {
            Self::Direction { p, .. } | Self::Difference { p, .. } => Some(p),
            _ => None,
        }
    }

    /// The uncorrected p-value.
    pub fn p(&self) -> Option<f64> {
        match *self {
            Self::Settled { p, .. } => p,
            _ => self.p_to_correct(),
        }
    }
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
    /// The estimate.
    pub estimate: Defined<f64>,
    /// Its interval: 95 %, or 90 % for equivalence.
    pub interval: Defined<Interval>,
    /// What was found.
    pub finding: Finding,
    /// The p-value after Holm's correction over the claim's parts.
    pub corrected_p: Option<f64>,
    /// What it says of the claim.
    pub outcome: Outcome,
    /// Seeds a condition that would settle it.
    pub seeds_needed: Option<u64>,
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
            corrected_p: None,
            outcome: Outcome::NoData,
            seeds_needed: None,
        }
    }

    /// The outcome, now that p-values are corrected.
    pub(crate) fn settle(&mut self) {
        let significant = self.corrected_p.is_some_and(|p| p < LEVEL);
        self.outcome = match self.finding {
            Finding::Direction { as_claimed, .. } if significant => {
                if as_claimed {
                    Outcome::Supported
                } else {
                    Outcome::Opposed
                }
            }
            Finding::Difference { .. } if significant => Outcome::Supported,
            Finding::Difference { equivalent: true, .. } => Outcome::Opposed,
            Finding::Settled { outcome, .. } => outcome,
            Finding::NoData => Outcome::NoData,
            Finding::Direction { .. } | Finding::Difference { .. } | Finding::NotDefined(_) => Outcome::Undecided,
        };
        if self.outcome != Outcome::Undecided {
            self.seeds_needed = None;
        }
    }
}
