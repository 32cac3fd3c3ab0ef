//! Runs of one condition agree in what the condition is.

use std::collections::HashMap;

use crate::roles::factors::Factors;
use crate::runs::{Cells, Run, TableError};

/// Refuses runs of one condition that differ in a factor.
///
/// # Errors
/// Names the row and the column of the first that differs.
pub(crate) fn agree(
    cells: &Cells,
    runs: &[Run],
    factors: &[Factors],
    trend_column: Option<&str>,
) -> Result<(), TableError> {
    let mut firsts: HashMap<(&str, &str), usize> = HashMap::new();
    for (row, run) in runs.iter().enumerate() {
        let first = *firsts.entry((&run.dataset, &run.condition)).or_insert(row);
        if factors[row] == factors[first] {
            continue;
        }
        let own = factors[row].named().zip(factors[first].named());
        let differing = own.map(|((column, found), (_, expected))| (column, found, expected)).find(|d| d.1 != d.2);
        let level = |row: usize| factors[row].level.map(|v| v.to_string()).unwrap_or_default();
        let (column, found, expected) = differing.map_or_else(
            || (trend_column.unwrap_or_default().to_owned(), level(row), level(first)),
            |(column, found, expected)| (column.to_owned(), found, expected),
        );
        let shown = |text: String| if text.is_empty() { "empty".to_owned() } else { format!("`{text}`") };
        let reason = format!(
            "{}, but {} in row {}, which is the same condition `{}` on {}",
            shown(found),
            shown(expected),
            cells.number(first),
            run.condition,
            run.dataset
        );
        return Err(TableError::Disagreement { path: cells.path().to_owned(), row: cells.number(row), column, reason });
    }
    Ok(())
}
