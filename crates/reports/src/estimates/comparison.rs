//! A condition against another.

use statistics::{Defined, Equivalence, Estimate, RankTest, TTest};

use crate::conditions::Sides;
use crate::estimates::corrected::Corrected;

/// What counts as no noticeable difference: this fraction of the mean of what is compared with.
pub const NOTICEABLE: f64 = 0.05;

/// What a condition is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Against {
    /// The runs on the target task alone.
    Baseline,
    /// The condition's reference (see [`reference`](crate::reference)).
    Reference,
}

impl Against {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Reference => "reference",
        }
    }
}

/// A condition against another, on what is analysed: differences are the condition's minus the other's.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Dataset.
    pub dataset: String,
    /// Condition.
    pub condition: String,
    /// What it is compared with.
    pub other: String,
    /// What that is to it.
    pub against: Against,
    /// The values.
    pub sides: Sides,
    /// Difference of means (see [`Sides::difference`]).
    pub difference: Defined<f64>,
    /// Welch's test.
    pub welch: Defined<TTest>,
    /// Mann–Whitney test.
    pub mann_whitney: Defined<RankTest>,
    /// Paired t-test on the shared seeds.
    pub paired_t: Defined<TTest>,
    /// Wilcoxon's test on the shared seeds.
    pub wilcoxon: Defined<RankTest>,
    /// Hedges' g.
    pub hedges_g: Defined<Estimate>,
    /// Cliff's delta.
    pub cliff_delta: Defined<Estimate>,
    /// Probability that a run of the condition has the better value: the lower one, or the higher where that is better.
    pub improvement: Defined<Estimate>,
    /// Equivalence within [`NOTICEABLE`] of the other's mean.
    pub equivalence: Defined<Equivalence>,
    /// The difference in an additive model, condition + seed, of all conditions of the dataset.
    pub additive: Defined<TTest>,
    /// The smallest difference that these runs detect with 80 % power.
    pub detectable: Defined<f64>,
    /// Corrected p-values.
    pub holm: Corrected,
}

impl Comparison {
    /// Seeds that only one side has, in words; empty where the sides share all theirs.
    pub fn unpaired_seeds(&self) -> String {
        let side = |name: &str, seeds: &[u64]| match seeds {
            [] => String::new(),
            seeds if seeds.len() > 12 => format!("{} seeds only in {name}", seeds.len()),
            seeds => {
                let list = seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
                format!("seed{} {list} only in {name}", if seeds.len() == 1 { "" } else { "s" })
            }
        };
        let parts = [side(&self.condition, &self.sides.only_x), side(&self.other, &self.sides.only_y)];
        parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("; ")
    }

    /// The corrected p-value of the t-test that decides (see [`Sides::is_paired`]).
    pub fn deciding_p(&self) -> Option<f64> {
        if self.sides.is_paired() { self.holm.paired_t } else { self.holm.welch }
    }

    /// The t-test that decides.
    pub fn deciding(&self) -> Defined<TTest> {
        if self.sides.is_paired() { self.paired_t } else { self.welch }
    }
}
