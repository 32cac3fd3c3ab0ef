//! A claim, and what is decided of it.

use std::collections::BTreeMap;

use statistics::holm;

use crate::claims::part::Part;
use crate::claims::role::Role;
use crate::claims::verdict::Verdict;
use crate::conditions::{Group, Groups};
use crate::table::RunTable;

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
    /// Its tests on the evidence.
    pub(crate) parts: fn(&Evidence<'_>) -> Vec<Part>,
    /// From their outcomes to the verdict.
    pub(crate) decide: fn(&[Part]) -> Verdict,
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

    /// The conditions of a figure on a dataset, without baselines; empty where there are no runs.
    pub(crate) fn studied(&self, figure: u8, dataset: &str) -> Vec<&Group<'a>> {
        self.figures.get(&figure).map(|groups| groups.studied(dataset)).unwrap_or_default()
    }

    /// The baseline of a figure's condition.
    pub(crate) fn baseline(&self, figure: u8, of: &Role<'_, '_>) -> Role<'_, 'a> {
        let found = of.group.and_then(|group| self.figures.get(&figure)?.baseline(group));
        found.map_or_else(|| Role::missing("baseline"), Role::of)
    }

    pub(crate) fn figure(&self, number: u8) -> Option<&Groups<'a>> {
        self.figures.get(&number)
    }
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
