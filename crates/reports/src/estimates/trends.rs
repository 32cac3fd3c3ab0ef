//! Trends over conditions that have an order.

use std::collections::BTreeMap;

use statistics::{Correlation, Defined, RankTest, jonckheere, page, spearman};

use crate::conditions::{Groups, Sequence, sequences};
use crate::runs::Quantity;

/// A trend of what is analysed; `greater` in every test is a rising value.
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
    /// Spearman's correlation of level and value, all runs.
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

/// Every trend of a table.
pub fn trends(groups: &Groups<'_>) -> Vec<Trend> {
    let of_dataset = |dataset: &str| {
        let found = sequences(groups, dataset).into_iter().flatten();
        found.map(|sequence| trend(groups, dataset, sequence)).collect::<Vec<_>>()
    };
    groups.datasets().into_iter().flat_map(of_dataset).collect()
}

/// The trend of what is analysed along a sequence.
pub fn trend(groups: &Groups<'_>, dataset: &str, sequence: Sequence) -> Trend {
    let mut losses: Vec<BTreeMap<u64, f64>> = Vec::new();
    for condition in &sequence.conditions {
        let runs = groups.get(dataset, condition).map(|group| &group.runs[..]).unwrap_or_default();
        losses.push(runs.iter().filter_map(|run| Some((run.seed, run.value(Quantity::Analysed)?))).collect());
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
