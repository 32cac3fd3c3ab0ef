//! Trends over conditions that have an order: learning rates, numbers of tasks.

use std::collections::BTreeMap;

use crate::groups::Groups;
use crate::jonckheere::jonckheere;
use crate::labels::{learning_rates, rate_conditions, steps};
use crate::mann_whitney::RankTest;
use crate::not_defined::Defined;
use crate::page::page;
use crate::spearman::{Correlation, spearman};
use crate::table::Quantity;

/// Conditions in an order.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// What runs through them.
    pub name: String,
    /// The conditions, from the lowest level up.
    pub conditions: Vec<String>,
    /// Their levels.
    pub levels: Vec<f64>,
}

/// A trend of the test loss; `greater` in every test is a rising loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// Dataset.
    pub dataset: String,
    /// What runs through the conditions, and which they are.
    pub sequence: Sequence,
    /// Runs a condition.
    pub sizes: Vec<usize>,
    /// Seeds that every condition has.
    pub shared: usize,
    /// Jonckheere–Terpstra test, all runs.
    pub jonckheere: Defined<RankTest>,
    /// Page's test, shared seeds.
    pub page: Defined<RankTest>,
    /// Spearman's correlation of level and loss, all runs.
    pub spearman: Defined<Correlation>,
}

impl Trend {
    /// The test that decides, by a rule that looks at the seeds alone: Page's where at least three seeds are shared and they
    /// are at least four fifths of the largest condition, Jonckheere's otherwise.
    pub fn deciding(&self) -> (&'static str, Defined<RankTest>) {
        let largest = self.sizes.iter().copied().max().unwrap_or(0);
        if self.shared >= 3 && 5 * self.shared >= 4 * largest && self.sizes.len() >= 3 {
            ("Page", self.page)
        } else {
            ("Jonckheere–Terpstra", self.jonckheere)
        }
    }
}

/// The orders that the labels of conditions say.
pub fn sequences(conditions: &[&str]) -> Vec<Sequence> {
    let mut by_path: Vec<(&str, BTreeMap<u32, &str>)> = Vec::new();
    for (label, (name, tasks)) in conditions.iter().filter_map(|c| Some((*c, steps(c)?))) {
        let at = by_path.iter().position(|path| path.0 == name).unwrap_or_else(|| {
            by_path.push((name, BTreeMap::new()));
            by_path.len() - 1
        });
        by_path[at].1.insert(tasks, label);
    }
    let mut found: Vec<Sequence> = by_path
        .into_iter()
        .filter(|(_, members)| members.len() > 1)
        .map(|(name, members)| Sequence {
            name: format!("{name}, number of tasks"),
            conditions: members.values().map(|c| (*c).to_owned()).collect(),
            levels: members.keys().map(|n| f64::from(*n)).collect(),
        })
        .collect();
    let pairs = conditions.iter().any(|c| learning_rates(c).is_some());
    if let Some(rates) = rate_conditions(conditions).filter(|_| pairs) {
        found.push(rate_sequence(&[rates.base_half, rates.base_base, rates.base_double]));
    }
    found
}

/// Conditions with a rising second learning rate; the levels are relative to the first rate.
pub(crate) fn rate_sequence(conditions: &[&str; 3]) -> Sequence {
    Sequence {
        name: "second learning rate".into(),
        conditions: conditions.iter().map(|c| (*c).to_owned()).collect(),
        levels: vec![0.5, 1.0, 2.0],
    }
}

/// Every trend of a table.
pub fn trends(groups: &Groups<'_>) -> Vec<Trend> {
    let of_dataset = |dataset: &str| {
        let found = sequences(&groups.conditions(dataset));
        found.into_iter().map(|sequence| trend(groups, dataset, sequence)).collect::<Vec<_>>()
    };
    groups.datasets().into_iter().flat_map(of_dataset).collect()
}

/// The trend of the test loss along a sequence.
pub fn trend(groups: &Groups<'_>, dataset: &str, sequence: Sequence) -> Trend {
    let mut losses: Vec<BTreeMap<u64, f64>> = Vec::new();
    for condition in &sequence.conditions {
        let runs = groups.get(dataset, condition).map(|group| &group.runs[..]).unwrap_or_default();
        losses.push(runs.iter().filter_map(|run| Some((run.seed, run.value(Quantity::TestLoss)?))).collect());
    }
    let values: Vec<Vec<f64>> = losses.iter().map(|of| of.values().copied().collect()).collect();
    let slices: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
    let seeds = losses.first().map(|of| of.keys().copied().collect::<Vec<u64>>()).unwrap_or_default();
    let rows: Vec<Vec<f64>> =
        seeds.iter().filter_map(|seed| losses.iter().map(|of| of.get(seed).copied()).collect()).collect();
    let (mut levels, mut all): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    for (level, values) in sequence.levels.iter().zip(&values) {
        levels.extend(std::iter::repeat_n(*level, values.len()));
        all.extend(values);
    }
    Trend {
        dataset: dataset.to_owned(),
        sizes: values.iter().map(Vec::len).collect(),
        shared: rows.len(),
        jonckheere: jonckheere(&slices),
        page: page(&rows),
        spearman: spearman(&levels, &all, 0.95),
        sequence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_from_labels() {
        let found = sequences(&["baseline", "blur N=5", "blur N=2", "blur N=10", "shift N=2", "[No, No]"]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].conditions, ["blur N=2", "blur N=5", "blur N=10"]);
        assert_eq!(found[0].levels, [2.0, 5.0, 10.0]);
        // Five names are no learning rates.
        assert!(sequences(&["a", "b", "c", "d", "e"]).is_empty());
    }
}
