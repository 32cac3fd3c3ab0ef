//! Every condition of a dataset in one model.

use std::collections::HashMap;

use statistics::{Additive, Cell, Defined, NotDefined, TTest};

use crate::conditions::{Group, Groups};
use crate::runs::Quantity;

/// The additive model, condition + seed with one spread for all, of each dataset.
pub(crate) struct AdditiveModels<'a> {
    of: HashMap<&'a str, (HashMap<&'a str, usize>, Defined<Additive>)>,
}

impl<'a> AdditiveModels<'a> {
    /// Fits them. Conditions with the very same runs, as two-task paths of several orders have, are one group: they are no further
    /// evidence of the spread.
    pub fn of(groups: &Groups<'a>) -> Self {
        let of_dataset = |dataset: &'a str| {
            let (mut numbers, mut distinct, mut blocks, mut cells) =
                (HashMap::new(), HashMap::new(), HashMap::new(), Vec::new());
            for group in groups.groups.iter().filter(|group| group.dataset == dataset) {
                let runs = group.seeded(Quantity::Analysed);
                let bits: Vec<(u64, u64)> = runs.iter().map(|(seed, value)| (*seed, value.to_bits())).collect();
                let next = distinct.len();
                let number = *distinct.entry(bits).or_insert(next);
                numbers.insert(group.condition, number);
                if number == next {
                    cells.extend(runs.into_iter().map(|(seed, value)| {
                        let next = blocks.len();
                        Cell { group: number, block: *blocks.entry(seed).or_insert(next), value }
                    }));
                }
            }
            (numbers, Additive::fit(&cells))
        };
        Self { of: groups.datasets().into_iter().map(|dataset| (dataset, of_dataset(dataset))).collect() }
    }

    /// The difference of two conditions of a dataset.
    pub fn difference(&self, x: &Group<'_>, y: &Group<'_>) -> Defined<TTest> {
        let (numbers, model) = self.of.get(x.dataset).ok_or(NotDefined::NoData)?;
        let number = |group: &Group<'_>| numbers.get(group.condition).copied().ok_or(NotDefined::NoData);
        let (x, y) = (number(x)?, number(y)?);
        if x == y {
            return Err(NotDefined::NoDifference);
        }
        model.as_ref().map_err(|reason| *reason)?.difference(x, y, 0.95)
    }
}
