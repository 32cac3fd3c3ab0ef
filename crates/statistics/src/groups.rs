//! Runs grouped by dataset and condition, and paired by seed.

use std::collections::HashMap;

use polars::prelude::GroupsIndicator;

use crate::equivalence::{Equivalence, equivalence_paired, equivalence_welch};
use crate::moments::{differences, moments};
use crate::not_defined::{Defined, NotDefined};
use crate::paired_t::paired_t;
use crate::power::{detectable_independent, detectable_paired, pairs_needed, values_needed};
use crate::table::{Quantity, Run, RunTable};
use crate::welch::{TTest, welch};

/// The runs of one condition on one dataset.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// Dataset.
    pub dataset: &'a str,
    /// Condition.
    pub condition: &'a str,
    /// By seed.
    pub runs: Vec<&'a Run>,
}

impl Group<'_> {
    /// The values of the runs that have one, by seed.
    pub fn values(&self, quantity: Quantity) -> Vec<f64> {
        self.runs.iter().filter_map(|run| run.value(quantity)).collect()
    }

    fn seeded(&self, quantity: Quantity) -> Vec<(u64, f64)> {
        self.runs.iter().filter_map(|run| Some((run.seed, run.value(quantity)?))).collect()
    }
}

/// Every group of a table.
#[derive(Clone, Debug)]
pub struct Groups<'a> {
    /// In the order of their first runs.
    pub groups: Vec<Group<'a>>,
    index: HashMap<(&'a str, &'a str), usize>,
}

impl<'a> Groups<'a> {
    /// Groups the runs of a table.
    pub fn of(table: &'a RunTable) -> Self {
        let grouped =
            table.frame.group_by_stable(["dataset", "condition"]).expect("a table that was read has both columns");
        let mut groups: Vec<Group<'a>> = Vec::new();
        for positions in grouped.get_groups().iter() {
            let rows: Vec<usize> = match positions {
                GroupsIndicator::Idx((_, rows)) => rows.iter().map(|&row| row as usize).collect(),
                GroupsIndicator::Slice([first, length]) => (first as usize..(first + length) as usize).collect(),
            };
            let runs: Vec<&Run> = rows.into_iter().map(|row| &table.runs[row]).collect();
            groups.push(Group { dataset: &runs[0].dataset, condition: &runs[0].condition, runs });
        }
        let index = groups.iter().enumerate().map(|(at, group)| ((group.dataset, group.condition), at)).collect();
        groups.iter_mut().for_each(|group| group.runs.sort_by_key(|run| run.seed));
        Self { groups, index }
    }

    /// The runs of a condition, where there are any.
    pub fn get(&self, dataset: &str, condition: &str) -> Option<&Group<'a>> {
        self.index.get(&(dataset, condition)).map(|&at| &self.groups[at])
    }

    /// Datasets in the order of their first runs.
    pub fn datasets(&self) -> Vec<&'a str> {
        let mut seen = std::collections::HashSet::new();
        self.groups.iter().map(|g| g.dataset).filter(|d| seen.insert(*d)).collect()
    }

    /// Conditions of a dataset in the order of their first runs.
    pub fn conditions(&self, dataset: &str) -> Vec<&'a str> {
        self.groups.iter().filter(|g| g.dataset == dataset).map(|g| g.condition).collect()
    }
}

/// Two groups side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Sides {
    /// Values of the first, every seed.
    pub x: Vec<f64>,
    /// Values of the second, every seed.
    pub y: Vec<f64>,
    /// Values of the first whose seeds the second has too.
    pub x_shared: Vec<f64>,
    /// The second's values for the same seeds.
    pub y_shared: Vec<f64>,
    /// Seeds that only the first has.
    pub only_x: Vec<u64>,
    /// Seeds that only the second has.
    pub only_y: Vec<u64>,
}

impl Sides {
    /// Pairs two groups by seed.
    pub fn of(x: &Group<'_>, y: &Group<'_>, quantity: Quantity) -> Self {
        let (a, b) = (x.seeded(quantity), y.seeded(quantity));
        let other: HashMap<u64, f64> = b.iter().copied().collect();
        let own: HashMap<u64, f64> = a.iter().copied().collect();
        let shared: Vec<(f64, f64)> = a.iter().filter_map(|(seed, v)| Some((*v, *other.get(seed)?))).collect();
        Self {
            x_shared: shared.iter().map(|p| p.0).collect(),
            y_shared: shared.iter().map(|p| p.1).collect(),
            only_x: a.iter().map(|p| p.0).filter(|seed| !other.contains_key(seed)).collect(),
            only_y: b.iter().map(|p| p.0).filter(|seed| !own.contains_key(seed)).collect(),
            x: a.into_iter().map(|p| p.1).collect(),
            y: b.into_iter().map(|p| p.1).collect(),
        }
    }

    /// Which test decides, by a rule that looks at the seeds alone: the paired one where at least three seeds are shared and
    /// they are at least four fifths of the larger side, the one for independent samples otherwise.
    pub fn is_paired(&self) -> bool {
        let shared = self.x_shared.len();
        shared >= 3 && 5 * shared >= 4 * self.x.len().max(self.y.len())
    }

    /// The t-test that decides.
    ///
    /// # Errors
    /// As for the paired test or Welch's.
    pub fn t_test(&self, confidence: f64) -> Defined<TTest> {
        if self.is_paired() {
            paired_t(&self.x_shared, &self.y_shared, confidence)
        } else {
            welch(&self.x, &self.y, confidence)
        }
    }

    /// Equivalence by the t-test that decides.
    ///
    /// # Errors
    /// As for the tests of equivalence.
    pub fn equivalence(&self, margin: f64) -> Defined<Equivalence> {
        if self.is_paired() {
            equivalence_paired(&self.x_shared, &self.y_shared, margin)
        } else {
            equivalence_welch(&self.x, &self.y, margin)
        }
    }

    /// What the deciding test measures differences by: the standard deviation of the differences, or the root of the mean
    /// of the two variances.
    fn deviation(&self) -> Defined<f64> {
        let variance = if self.is_paired() {
            moments(&differences(&self.x_shared, &self.y_shared)?)?.variance
        } else {
            (moments(&self.x)?.variance + moments(&self.y)?.variance) / 2.0
        };
        if variance > 0.0 { Ok(variance.sqrt()) } else { Err(NotDefined::ZeroVariance) }
    }

    /// The smallest difference of means that these numbers of runs, with this spread, detect with 80 % power at 5 %.
    ///
    /// # Errors
    /// Where there is no spread to go by.
    pub fn detectable(&self) -> Defined<f64> {
        let unit = self.deviation()?;
        let effect = if self.is_paired() {
            detectable_paired(self.x_shared.len(), 0.05)
        } else {
            detectable_independent(self.x.len(), self.y.len(), 0.05)
        };
        Ok(effect? * unit)
    }

    /// Seeds a condition that would detect a difference of means of this size with 80 % power, with this spread.
    ///
    /// # Errors
    /// Where there is no spread to go by, and for a difference of zero.
    pub fn seeds_needed(&self, difference: f64, level: f64) -> Defined<u64> {
        let effect = difference.abs() / self.deviation()?;
        if self.is_paired() { pairs_needed(effect, level) } else { values_needed(effect, level) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(condition: &str, seed: u64, test_loss: Option<f64>) -> Run {
        let (dataset, condition) = ("d".to_owned(), condition.to_owned());
        Run { dataset, condition, seed, test_loss, train_loss: None, best_epoch: None }
    }

    #[test]
    fn seeds_without_a_partner_are_named() {
        let (a, b) = (
            [run("a", 0, Some(1.0)), run("a", 1, Some(2.0)), run("a", 2, None)],
            [run("b", 1, Some(5.0)), run("b", 2, Some(6.0))],
        );
        let x = Group { dataset: "d", condition: "a", runs: a.iter().collect() };
        let y = Group { dataset: "d", condition: "b", runs: b.iter().collect() };
        let sides = Sides::of(&x, &y, Quantity::TestLoss);
        assert_eq!((sides.x_shared, sides.y_shared), (vec![2.0], vec![5.0]));
        assert_eq!((sides.only_x, sides.only_y), (vec![0], vec![2]));
        assert_eq!((sides.x.len(), sides.y.len()), (2, 2));
    }
}
