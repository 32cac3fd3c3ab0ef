//! Trends over conditions that have an order.

use std::collections::BTreeMap;

use statistics::{
    Correlation, Defined, Estimate, PValues, RankTest, TTest, concordance, jonckheere, mean_rank_correlation, page,
    paired_t, spearman,
};

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
    /// What it measures, from −1 to 1.
    pub concordance: Defined<Estimate>,
    /// Page's test, shared seeds.
    pub page: Defined<RankTest>,
    /// What it measures, from −1 to 1.
    pub rank_correlation: Defined<Estimate>,
    /// Of two conditions, the paired t-test of the second less the first.
    pub paired_t: Option<Defined<TTest>>,
    /// Spearman's correlation of level and value, all runs.
    pub spearman: Defined<Correlation>,
}

impl Trend {
    /// The test that decides, by a rule that looks at the seeds alone: where at least three seeds are shared and they are at least
    /// four fifths of the largest condition, Page's, or the paired t-test of two conditions; Jonckheere's otherwise.
    pub fn deciding(&self) -> TrendTest {
        let largest = self.sizes.iter().copied().max().unwrap_or(0);
        let shares = self.shared >= 3 && 5 * self.shared >= 4 * largest;
        match self.paired_t {
            Some(test) if shares => TrendTest {
                name: "paired t",
                measure: "difference of means",
                p: test.map(|t| t.p),
                estimate: test.map(|t| Estimate { value: t.difference, interval: Ok(t.interval) }),
            },
            None if shares => TrendTest {
                name: "Page",
                measure: "mean Spearman's ρ of a seed with the order",
                p: self.page.map(|t| t.p),
                estimate: self.rank_correlation,
            },
            _ => TrendTest {
                name: "Jonckheere–Terpstra",
                measure: "concordance with the order",
                p: self.jonckheere.map(|t| t.p),
                estimate: self.concordance,
            },
        }
    }
}

/// The test that decides a trend, with its own estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrendTest {
    /// The test.
    pub name: &'static str,
    /// What the estimate is.
    pub measure: &'static str,
    /// P-values; `greater` is a rise.
    pub p: Defined<PValues>,
    /// The estimate with its interval.
    pub estimate: Defined<Estimate>,
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
        concordance: concordance(&slices, 0.95),
        page: page(&rows),
        rank_correlation: mean_rank_correlation(&rows, 0.95),
        paired_t: (values.len() == 2).then(|| {
            let side = |column: usize| rows.iter().map(|row| row[column]).collect::<Vec<_>>();
            paired_t(&side(1), &side(0), 0.95)
        }),
        spearman: spearman(&levels, &all, 0.95),
        sequence,
    }
}
