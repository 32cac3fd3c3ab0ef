//! Tables with several rows a run: curves, tasks, measures.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tables::Table;

use super::file::write;
use super::key::{Key, Order, columns, key, same};
use crate::error::InspectError;

/// The rows of several tables, each run's from the first table that has any.
pub(super) struct Details {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Details {
    /// Joins the tables of one name in several folders, runs in the order of those in `runs`; none where no folder has the table. Beside
    /// it what has to be said: which folders lack it.
    ///
    /// # Errors
    /// Where tables have other columns, or say different things of the same run.
    pub(super) fn of(
        folders: &[PathBuf],
        name: &str,
        runs: &[Table],
    ) -> Result<(Option<Self>, Option<String>), InspectError> {
        let (there, lacking): (Vec<_>, Vec<_>) =
            folders.iter().map(|folder| folder.join(name)).partition(|path| path.exists());
        if there.is_empty() {
            return Ok((None, None));
        }
        let tables = there.iter().map(|path| Ok(Table::read(path)?)).collect::<Result<Vec<_>, InspectError>>()?;
        let note = (!lacking.is_empty()).then(|| {
            let lacking: Vec<_> = lacking.iter().map(|path| path.display().to_string()).collect();
            format!(
                "There is no {}: what it would say of its runs is missing from the joined table.",
                lacking.join(", no ")
            )
        });
        Ok((Some(Self::joined(&tables, &Order::of(runs))?), note))
    }

    fn joined(tables: &[Table], order: &Order) -> Result<Self, InspectError> {
        let [first, others @ ..] = tables else { unreachable!("a folder has the table") };
        if let Some(other) = others.iter().find(|table| table.header != first.header) {
            return Err(InspectError::Refused(format!(
                "{} has the columns {}, and {} has {}; make both with one version of this program",
                first.path.display(),
                first.header.join(", "),
                other.path.display(),
                other.header.join(", ")
            )));
        }
        let mut runs: BTreeMap<_, (Key, &Table, Vec<&[String]>)> = BTreeMap::new();
        for table in tables {
            for (key, rows) in by_run(table)? {
                match runs.entry(order.place(&key)) {
                    std::collections::btree_map::Entry::Vacant(vacant) => drop(vacant.insert((key, table, rows))),
                    std::collections::btree_map::Entry::Occupied(known) => {
                        let (_, from, before) = known.get();
                        agree(before, &rows, [from, table], &key)?;
                    }
                }
            }
        }
        let rows = runs.into_values().flat_map(|(_, _, rows)| rows).map(<[String]>::to_vec).collect();
        Ok(Self { header: first.header.clone(), rows })
    }

    /// Writes the table.
    pub(super) fn write(&self, path: &Path) -> Result<(), InspectError> {
        write(path, &self.header, self.rows.iter().map(|row| row.iter().map(String::as_str).collect()))
    }
}

/// The rows of each run, in the table's order.
fn by_run(table: &Table) -> Result<BTreeMap<Key, Vec<&[String]>>, InspectError> {
    let columns = columns(table).ok_or_else(|| {
        InspectError::Refused(format!(
            "{}: it needs the columns dataset, condition and seed, and has {}",
            table.path.display(),
            table.header.join(", ")
        ))
    })?;
    let mut runs: BTreeMap<Key, Vec<&[String]>> = BTreeMap::new();
    for row in &table.rows {
        runs.entry(key(columns.map(|at| row.cells[at].as_str()))).or_default().push(&row.cells);
    }
    Ok(runs)
}

/// Refuses rows of one run that differ between two tables.
fn agree(
    before: &[&[String]],
    again: &[&[String]],
    [first, second]: [&Table; 2],
    [dataset, condition, seed]: &Key,
) -> Result<(), InspectError> {
    let rows_agree = |(a, b): (&&[String], &&[String])| a.iter().zip(*b).all(|(a, b)| same(a, b));
    if before.len() == again.len() && before.iter().zip(again).all(rows_agree) {
        return Ok(());
    }
    Err(InspectError::Refused(format!(
        "dataset {dataset}, condition {condition}, seed {seed}: {} and {} say different things of this run; take the run out of one of \
         the two folders",
        first.path.display(),
        second.path.display()
    )))
}
