//! Runs grouped by dataset and condition.

use std::collections::{HashMap, HashSet};

use polars::prelude::GroupsIndicator;

use crate::roles::{Axis, Factors};
use crate::runs::{Measure, Quantity, Run};
use crate::table::RunTable;

/// The runs of one condition on one dataset.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// Dataset.
    pub dataset: &'a str,
    /// The condition's label, which identifies it on its dataset and says nothing else.
    pub condition: &'a str,
    /// What the condition is.
    pub factors: &'a Factors,
    /// By seed.
    pub runs: Vec<&'a Run>,
}

impl Group<'_> {
    /// The values of the runs that have one, by seed.
    pub fn values(&self, quantity: Quantity) -> Vec<f64> {
        self.runs.iter().filter_map(|run| run.value(quantity)).collect()
    }

    /// Seed and value of the runs that have one, by seed.
    pub(crate) fn seeded(&self, quantity: Quantity) -> Vec<(u64, f64)> {
        self.runs.iter().filter_map(|run| Some((run.seed, run.value(quantity)?))).collect()
    }
}

/// Every group of a table.
#[derive(Clone, Debug)]
pub struct Groups<'a> {
    /// In the order of their first runs.
    pub groups: Vec<Group<'a>>,
    table: &'a RunTable,
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
            let (factors, first) = (&table.factors[rows[0]], &table.runs[rows[0]]);
            let mut runs: Vec<&Run> = rows.into_iter().map(|row| &table.runs[row]).collect();
            runs.sort_by_key(|run| run.seed);
            groups.push(Group { dataset: &first.dataset, condition: &first.condition, factors, runs });
        }
        let index = groups.iter().enumerate().map(|(at, group)| ((group.dataset, group.condition), at)).collect();
        Self { groups, table, index }
    }

    /// What is analysed.
    pub(crate) fn measure(&self) -> &'a Measure {
        &self.table.reading.measure
    }

    /// The factors along which conditions have an order.
    pub(crate) fn axes(&self) -> Vec<Axis> {
        match &self.table.reading.trend_column {
            Some(column) => vec![Axis::Column(column.clone())],
            None => vec![Axis::Line, Axis::Tasks, Axis::LastRate],
        }
    }

    /// The factor whose lowest level is what a condition is naturally compared with.
    pub(crate) fn first_axis(&self, of: &Factors) -> Axis {
        match &self.table.reading.trend_column {
            Some(column) => Axis::Column(column.clone()),
            None if of.x.is_some() => Axis::Line,
            None => Axis::Tasks,
        }
    }

    /// The runs of a condition, where there are any.
    pub fn get(&self, dataset: &str, condition: &str) -> Option<&Group<'a>> {
        self.index.get(&(dataset, condition)).map(|&at| &self.groups[at])
    }

    /// Datasets in the order of their first runs.
    pub fn datasets(&self) -> Vec<&'a str> {
        let mut seen = HashSet::new();
        self.groups.iter().map(|g| g.dataset).filter(|d| seen.insert(*d)).collect()
    }

    /// The conditions of a dataset other than baselines, in the order of their first runs.
    pub fn studied(&self, dataset: &str) -> Vec<&Group<'a>> {
        self.groups.iter().filter(|g| g.dataset == dataset && !g.factors.is_baseline).collect()
    }

    /// The baseline of a condition: the one on its dataset with its network. `None` of a baseline itself, and where there are
    /// none or several.
    pub fn baseline(&self, of: &Group<'_>) -> Option<&Group<'a>> {
        let fits = |g: &&Group<'a>| {
            g.factors.is_baseline && g.dataset == of.dataset && g.factors.network == of.factors.network
        };
        let mut fitting = self.groups.iter().filter(fits);
        let found = fitting.next().filter(|_| !of.factors.is_baseline)?;
        fitting.next().is_none().then_some(found)
    }

    /// Statements on baselines that are too many to be one.
    pub(crate) fn baseline_notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for dataset in self.datasets() {
            let all: Vec<&Group<'_>> =
                self.groups.iter().filter(|g| g.dataset == dataset && g.factors.is_baseline).collect();
            let is_double = |g: &Group<'_>| all.iter().filter(|o| o.factors.network == g.factors.network).count() > 1;
            let double: Vec<String> =
                all.iter().filter(|g| is_double(g)).map(|g| format!("“{}”", g.condition)).collect();
            if !double.is_empty() {
                let list = double.join(", ");
                notes.push(format!(
                    "{dataset} has several baselines of one network, {list}: nothing is compared with a baseline there."
                ));
            }
        }
        notes
    }
}

/// Puts together the conditions that agree in what `key` leaves of their factors, in the order of their first ones.
pub(crate) fn families<'g, 'a>(
    groups: &[&'g Group<'a>],
    key: impl Fn(&Factors) -> Factors,
) -> Vec<(Factors, Vec<&'g Group<'a>>)> {
    let mut families: Vec<(Factors, Vec<&'g Group<'a>>)> = Vec::new();
    for &group in groups {
        let key = key(group.factors);
        match families.iter_mut().find(|family| family.0 == key) {
            Some(family) => family.1.push(group),
            None => families.push((key, vec![group])),
        }
    }
    families
}
