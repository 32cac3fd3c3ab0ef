//! Which run a row is about.

use std::collections::HashMap;

use tables::Table;

/// What tells runs of an experiment apart.
pub(super) const KEY: [&str; 3] = ["dataset", "condition", "seed"];

/// A run's dataset, condition and seed, the seed in one way of writing.
pub(super) type Key = [String; 3];

/// The key in cells of a row.
pub(super) fn key([dataset, condition, seed]: [&str; 3]) -> Key {
    let seed = tables::whole(seed).map_or_else(|| seed.to_owned(), |number| number.to_string());
    [dataset.to_owned(), condition.to_owned(), seed]
}

/// The order in which a single table would have runs: datasets and conditions as they come, then seeds by their number.
#[derive(Default)]
pub(super) struct Order {
    datasets: HashMap<String, usize>,
    conditions: HashMap<String, usize>,
}

impl Order {
    /// That of the runs of tables.
    pub(super) fn of(tables: &[Table]) -> Self {
        let mut order = Self::default();
        for table in tables {
            let Some(columns) = columns(table) else { continue };
            for row in &table.rows {
                let [dataset, condition, _] = columns.map(|at| row.cells[at].clone());
                let (datasets, conditions) = (order.datasets.len(), order.conditions.len());
                order.datasets.entry(dataset).or_insert(datasets);
                order.conditions.entry(condition).or_insert(conditions);
            }
        }
        order
    }

    /// The place of a run.
    pub(super) fn place(&self, [dataset, condition, seed]: &Key) -> (usize, usize, u64, String) {
        let place = |of: &HashMap<String, usize>, name| of.get(name).copied().unwrap_or(usize::MAX);
        let number = tables::whole(seed).unwrap_or(u64::MAX);
        (place(&self.datasets, dataset), place(&self.conditions, condition), number, seed.clone())
    }
}

/// Where a table has the columns of the key.
pub(super) fn columns(table: &Table) -> Option<[usize; 3]> {
    let [dataset, condition, seed] = KEY.map(|name| table.column(name));
    Some([dataset?, condition?, seed?])
}

/// A cell, for a person.
pub(super) fn shown(cell: &str) -> &str {
    if cell.is_empty() { "empty" } else { cell }
}

/// Whether two cells say the same: other programs write `0.50` and `True`.
pub(super) fn same(a: &str, b: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    a.eq_ignore_ascii_case(b) || number(a).is_some_and(|value| number(b) == Some(value))
}
