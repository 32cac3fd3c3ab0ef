//! Where the factors of a table's runs come from.

use crate::roles::agreement::agree;
use crate::roles::columns;
use crate::roles::factors::Factors;
use crate::roles::labels;
use crate::roles::reading::Reading;
use crate::roles::understood;
use crate::runs::{Cells, Run, TableError};

/// The factors of every run, and how they came about.
pub(crate) struct Roles {
    pub factors: Vec<Factors>,
    /// In words, for people.
    pub notes: Vec<String>,
}

/// Reads the factors of every run.
///
/// # Errors
/// Where a column is missing, a cell is not what its column says, or runs of one condition disagree.
pub(crate) fn read(cells: &Cells, runs: &[Run], reading: &Reading) -> Result<Roles, TableError> {
    let from_columns = columns::are_there(cells);
    let refused = |reason: String| TableError::Role { path: cells.path().to_owned(), reason };
    let (mut factors, mut notes) = if from_columns {
        if let Some(label) = &reading.baseline {
            return Err(refused(format!(
                "the column `is_baseline` says which condition is the baseline; leave out --baseline `{label}`, or the column"
            )));
        }
        let factors = columns::read(cells)?;
        let notes = vec![understood::of_columns(runs, &factors)];
        (factors, notes)
    } else {
        let baseline = reading.baseline.as_deref().unwrap_or(labels::BASELINE);
        if reading.baseline.is_some() && runs.iter().all(|run| run.condition != baseline) {
            let found = understood::conditions(runs.iter()).join("; ");
            return Err(refused(format!("there is no condition `{baseline}` to be the baseline; there are {found}")));
        }
        let factors = of_labels(cells, runs, baseline, reading.trend_column.is_some())?;
        let notes = vec![understood::of_labels(runs, &factors, baseline)];
        (factors, notes)
    };
    if let Some(column) = &reading.trend_column {
        let needed = format!("the column of --trend-column, `{column}`");
        for (row, cell) in cells.column(column, &needed)?.iter().enumerate() {
            let level = || columns::number(cell.as_deref());
            let wrong = || cells.wrong(row, column, cell.as_deref(), "a finite number, or nothing");
            factors[row].level = if cell.is_some() { Some(level().ok_or_else(wrong)?) } else { None };
        }
        let within = match (from_columns, cells.has("path")) {
            (true, _) => "conditions that agree in all other factors",
            (false, true) => "conditions of the same path",
            (false, false) => "all conditions",
        };
        notes.push(format!("The order is that of column “{column}”, among {within}, as --trend-column says."));
    }
    agree(cells, runs, &factors, reading.trend_column.as_deref())?;
    Ok(Roles { factors, notes })
}

/// What labels say: of an order only where the caller names no column for it.
fn of_labels(cells: &Cells, runs: &[Run], baseline: &str, has_trend_column: bool) -> Result<Vec<Factors>, TableError> {
    let mut factors: Vec<Factors> = runs.iter().map(|run| labels::factors(&run.condition, baseline)).collect();
    if has_trend_column {
        let paths = cells.optional("path")?;
        for (row, factors) in factors.iter_mut().enumerate() {
            let path = paths.as_ref().and_then(|paths| paths[row].clone());
            *factors = Factors { is_baseline: factors.is_baseline, path, ..Factors::default() };
        }
    }
    Ok(factors)
}
