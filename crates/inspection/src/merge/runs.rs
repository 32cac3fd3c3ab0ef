//! Tables of runs, joined by column names.

use std::collections::BTreeMap;
use std::path::Path;

use reports::Factors;
use tables::Table;

use super::file::write;
use super::key::{KEY, Key, Order, key, same, shown};
use crate::error::InspectError;

/// The runs of several tables, each once, in the order in which one table would have them.
pub(super) struct Merged {
    /// The columns of the first table, then those that later ones have besides.
    header: Vec<String>,
    /// A cell a column, none where the run's tables lack it.
    pub(super) rows: Vec<Vec<Option<String>>>,
    /// Runs that were there again.
    pub(super) repeated: usize,
}

impl Merged {
    pub(super) fn of(tables: &[Table]) -> Result<Self, InspectError> {
        let mut header: Vec<String> = Vec::new();
        for name in tables.iter().flat_map(|table| &table.header) {
            if !header.contains(name) {
                header.push(name.clone());
            }
        }
        let mut merged = Self { header, rows: Vec::new(), repeated: 0 };
        let mut places: BTreeMap<Key, (usize, &Table)> = BTreeMap::new();
        for table in tables {
            let columns: Vec<Option<usize>> = merged.header.iter().map(|name| table.column(name)).collect();
            for row in &table.rows {
                let cells: Vec<Option<String>> =
                    columns.iter().map(|column| column.map(|at| row.cells[at].clone())).collect();
                let key = merged.key(&cells);
                match places.get(&key) {
                    Some(&(place, from)) => {
                        merged.add_again(place, cells, [from, table], &key)?;
                        merged.repeated += 1;
                    }
                    None => {
                        places.insert(key, (merged.rows.len(), table));
                        merged.rows.push(cells);
                    }
                }
            }
        }
        let order = Order::of(tables);
        let mut rows = std::mem::take(&mut merged.rows);
        rows.sort_by_cached_key(|cells| order.place(&merged.key(cells)));
        merged.rows = rows;
        Ok(merged)
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    fn key(&self, cells: &[Option<String>]) -> Key {
        let cell = |name| self.column(name).and_then(|at| cells[at].as_deref()).unwrap_or_default();
        key(KEY.map(cell))
    }

    /// Adds to a run what the row of another table has of it.
    fn add_again(
        &mut self,
        place: usize,
        cells: Vec<Option<String>>,
        [first, second]: [&Table; 2],
        [dataset, condition, seed]: &Key,
    ) -> Result<(), InspectError> {
        for ((name, known), cell) in self.header.iter().zip(&mut self.rows[place]).zip(cells) {
            match (&*known, &cell) {
                (Some(known), Some(cell)) if !same(known, cell) => {
                    return Err(InspectError::Refused(format!(
                        "dataset {dataset}, condition {condition}, seed {seed}: `{name}` is {} in {} and {} in {}; take the run \
                         out of one of the two",
                        shown(known),
                        first.path.display(),
                        shown(cell),
                        second.path.display()
                    )));
                }
                (None, _) => *known = cell,
                (Some(_), _) => {}
            }
        }
        Ok(())
    }

    /// Gives the columns that not every table has what can be said of the other tables' runs, and says what cannot.
    pub(super) fn complete(&mut self, tables: &[Table]) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(status) = self.column("status") {
            // A table without the column has runs with results only.
            for row in &mut self.rows {
                row[status].get_or_insert_with(|| "finished".to_owned());
            }
        }
        let lacking = |merged: &Self| -> Vec<String> {
            let lacks = |at: &usize| merged.rows.iter().any(|row| row[*at].is_none());
            (0..merged.header.len()).filter(lacks).map(|at| merged.header[at].clone()).collect()
        };
        // Tables of earlier versions have none of these columns but `tasks`.
        let is_factor = |name: &String| Factors::COLUMNS.contains(&name.as_str());
        for name in lacking(self).iter().filter(|name| is_factor(name)) {
            self.spread(name);
        }
        let (unknown, empty): (Vec<String>, Vec<String>) = lacking(self).into_iter().partition(is_factor);
        if !unknown.is_empty() {
            let without = tables.iter().find(|table| unknown.iter().any(|name| table.column(name).is_none()));
            notes.push(format!(
                "{} does not say what its conditions are in the columns {}, and has conditions that no other table has. These \
                 columns are left out, so a report reads conditions' roles from their labels.",
                without.map_or_else(String::new, |table| table.path.display().to_string()),
                unknown.join(", ")
            ));
            for at in unknown.iter().filter_map(|name| self.column(name)).rev().collect::<Vec<_>>() {
                self.header.remove(at);
                self.rows.iter_mut().for_each(|row| drop(row.remove(at)));
            }
        }
        if !empty.is_empty() {
            notes.push(format!(
                "Not every table has {}; the cells of the other tables' runs are empty.",
                empty.join(", ")
            ));
        }
        notes
    }

    /// Gives every run what another run of its dataset and condition has in a column.
    fn spread(&mut self, name: &str) {
        let place = |name| self.column(name).expect("the column was looked for");
        let (column, dataset, condition) = (place(name), place("dataset"), place("condition"));
        let of = |row: &[Option<String>]| (row[dataset].clone(), row[condition].clone());
        let mut known = BTreeMap::new();
        for row in &self.rows {
            if let Some(cell) = &row[column] {
                known.entry(of(row)).or_insert_with(|| cell.clone());
            }
        }
        for row in &mut self.rows {
            if row[column].is_none() {
                row[column] = known.get(&of(row)).cloned();
            }
        }
    }

    /// Writes the table.
    pub(super) fn write(&self, path: &Path) -> Result<(), InspectError> {
        let rows = self.rows.iter();
        write(path, &self.header, rows.map(|row| row.iter().map(|cell| cell.as_deref().unwrap_or_default()).collect()))
    }
}
