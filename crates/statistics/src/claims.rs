//! The claims under test, and how each is decided.
//!
//! Everything here was fixed before data were looked at: which runs speak to a claim, by which test, and what makes it
//! reproduced or contradicted. The rules, at the 5 % level throughout:
//!
//! - A *direction* (this condition ends lower than that one; this trend falls) is supported where the test's p-value, two-sided
//!   and Holm-corrected within the parts of the claim, is below 0.05 and the sign is the claimed one; it is opposed where the
//!   sign is the other one. The test is the paired t-test or Welch's ([`Sides::is_paired`](crate::Sides::is_paired)), for
//!   trends Page's or Jonckheere's ([`Trend::deciding`](crate::Trend::deciding)).
//! - *No noticeable change* is supported where two one-sided tests place the difference within a margin (p < 0.05, each part
//!   on its own, as all must hold), and opposed where the 95 % interval lies beyond the margin altogether. *No rise* uses
//!   the upper of the two tests. The margin is 5 % of the mean test loss of what is compared with.
//! - A claim is *reproduced* where every part with data is supported and *contradicted* where one is opposed, unless it says
//!   otherwise ("most", "some"); it is *inconclusive* in every other case, and the number of seeds a condition that would
//!   settle it, if the truth is what was observed, comes from the power of the t-test at 80 %.

mod fig3;
mod fig4;
mod fig5;
mod fig6;
mod findings;
mod part;
mod verdict;

use std::collections::BTreeMap;

use crate::groups::Groups;
use crate::holm::holm;
use crate::table::RunTable;

pub use part::{Finding, Outcome, Part};
pub use verdict::Verdict;

/// The level of every test.
pub(crate) const LEVEL: f64 = 0.05;

/// A claim as data.
#[derive(Clone, Copy)]
pub struct Claim {
    /// Its number: the figure, and a letter.
    pub id: &'static str,
    /// What is claimed.
    pub statement: &'static str,
    /// What is tested.
    pub hypothesis: &'static str,
    /// The figures whose runs speak to it.
    pub figures: &'static [u8],
    /// What makes it reproduced or contradicted.
    pub rule: &'static str,
    parts: fn(&Evidence<'_>) -> Vec<Part>,
    decide: fn(&[Part]) -> Verdict,
}

/// A claim with its verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// The claim's number.
    pub id: &'static str,
    /// What is claimed.
    pub statement: &'static str,
    /// What is tested.
    pub hypothesis: &'static str,
    /// What makes it reproduced or contradicted.
    pub rule: &'static str,
    /// The figures whose runs speak to it.
    pub figures: &'static [u8],
    /// The tests, with their outcomes.
    pub parts: Vec<Part>,
    /// The verdict.
    pub verdict: Verdict,
}

/// The tables of runs at hand, by figure, at one scale.
pub struct Evidence<'a> {
    figures: BTreeMap<u8, Groups<'a>>,
}

impl<'a> Evidence<'a> {
    /// Groups the runs of each figure's table.
    pub fn of(tables: &'a BTreeMap<u8, RunTable>) -> Self {
        Self { figures: tables.iter().map(|(&number, table)| (number, Groups::of(table))).collect() }
    }

    pub(crate) fn figure(&self, number: u8) -> Option<&Groups<'a>> {
        self.figures.get(&number)
    }
}

/// Every claim, in order.
pub fn claims() -> Vec<Claim> {
    [fig3::CLAIMS, fig4::CLAIMS, fig5::CLAIMS, fig6::CLAIMS].concat()
}

/// Decides every claim on the evidence.
pub fn rule(evidence: &Evidence<'_>) -> Vec<Ruling> {
    claims().into_iter().map(|claim| claim.rule_on(evidence)).collect()
}

impl Claim {
    /// Decides the claim on the evidence.
    pub fn rule_on(&self, evidence: &Evidence<'_>) -> Ruling {
        let mut parts = (self.parts)(evidence);
        let tested: Vec<(usize, f64)> =
            parts.iter().enumerate().filter_map(|(i, part)| Some((i, part.finding.p_to_correct()?))).collect();
        let corrected = holm(&tested.iter().map(|pair| pair.1).collect::<Vec<_>>());
        for ((index, _), p) in tested.into_iter().zip(corrected) {
            parts[index].corrected_p = Some(p);
        }
        for part in &mut parts {
            part.settle();
        }
        Ruling {
            id: self.id,
            statement: self.statement,
            hypothesis: self.hypothesis,
            rule: self.rule,
            figures: self.figures,
            verdict: (self.decide)(&parts),
            parts,
        }
    }
}
