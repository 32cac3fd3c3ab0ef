//! What a test on ranks finds.

use crate::distributions::PValues;
use crate::ranks::tails;

/// Where a rank test's p-values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Every arrangement of the values at hand.
    Exact,
    /// Seeded random arrangements, the observed one counted among them.
    Permutations {
        /// How many were drawn.
        drawn: usize,
    },
    /// The normal distribution.
    Normal,
}

impl Method {
    /// In a word or two.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Permutations { .. } => "permutations",
            Self::Normal => "normal approximation",
        }
    }
}

/// A test on ranks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankTest {
    /// The statistic: U of the first side, the sum of the positive ranks, or what the test says of itself.
    pub statistic: f64,
    /// P-values.
    pub p: PValues,
    /// Where they come from.
    pub method: Method,
    /// The smallest two-sided p-value that values with these ranks can have, however they are arranged; zero where p-values come
    /// from the normal distribution.
    pub smallest_p: f64,
}

impl RankTest {
    /// From how often each value of an integer statistic occurs among all arrangements.
    pub(crate) fn exact(statistic: f64, counts: &[f64], observed: usize) -> Self {
        let (less, greater) = tails(counts, observed);
        let all: f64 = counts.iter().sum();
        let occurs = |count: &&f64| **count > 0.0;
        let (first, last) = (counts.iter().find(occurs), counts.iter().rev().find(occurs));
        let extreme = first.zip(last).map_or(all, |(first, last)| first.min(*last));
        Self {
            statistic,
            p: PValues::of_tails(less, greater),
            method: Method::Exact,
            smallest_p: (2.0 * extreme / all).min(1.0),
        }
    }

    /// From the normal distribution.
    pub(crate) fn normal(statistic: f64, p: PValues) -> Self {
        Self { statistic, p, method: Method::Normal, smallest_p: 0.0 }
    }
}
