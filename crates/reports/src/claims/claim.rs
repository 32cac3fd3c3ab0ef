//! A claim, and what is decided of it.

use std::collections::BTreeMap;

use statistics::holm;

use crate::claims::need::Seeds;
use crate::claims::part::{Finding, Part, SidedP};
use crate::claims::role::Role;
use crate::claims::verdict::{Quorum, Verdict, corrected_level};
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
    /// How many of them it needs.
    pub quorum: Quorum,
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
    /// How many of the tests it needs.
    pub quorum: Quorum,
    /// The tests, with their outcomes.
    pub parts: Vec<Part>,
    /// The verdict.
    pub verdict: Verdict,
}

impl Ruling {
    /// Seeds a condition that would decide the claim, of one that is inconclusive.
    pub fn seeds(&self) -> Seeds {
        self.quorum.seeds(&self.parts)
    }

    /// Seeds a condition that would settle one of its parts by itself, where it is undecided and there is a number.
    pub fn seeds_of(&self, part: &Part) -> Option<Seeds> {
        part.seeds(corrected_level(&self.parts))
    }
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
        let tested: Vec<(usize, f64, f64)> = parts
            .iter()
            .enumerate()
            .filter_map(|(index, part)| match part.finding {
                Finding::Tested { support, oppose } => Some((index, support, oppose)),
                _ => None,
            })
            .collect();
        // Each side is a family: a verdict against the claim must be as hard to get as one for it.
        let support = holm(&tested.iter().map(|test| test.1).collect::<Vec<_>>());
        let oppose = holm(&tested.iter().map(|test| test.2).collect::<Vec<_>>());
        for ((index, ..), (support, oppose)) in tested.into_iter().zip(support.into_iter().zip(oppose)) {
            parts[index].corrected = Some(SidedP { support, oppose });
        }
        parts.iter_mut().for_each(Part::settle);
        Ruling {
            id: self.id,
            statement: self.statement,
            hypothesis: self.hypothesis,
            rule: self.rule,
            figures: self.figures,
            quorum: self.quorum,
            verdict: self.quorum.decide(&parts),
            parts,
        }
    }
}
