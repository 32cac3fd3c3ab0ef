//! Factors from the columns of a table.

use crate::roles::factors::Factors;
use crate::runs::{Cells, TableError};

/// Whether the table has factor columns.
pub(crate) fn are_there(cells: &Cells) -> bool {
    cells.has("is_baseline")
}

/// The factors of every row. A table has all of [`Factors::COLUMNS`] or, without the first, none that count: other programs may use
/// the other names for anything.
///
/// # Errors
/// Where a column is missing or a cell is not what its column says.
pub(crate) fn read(cells: &Cells) -> Result<Vec<Factors>, TableError> {
    let mut factors = vec![Factors::default(); cells.height()];
    each(cells, "is_baseline", &mut factors, "true or false", |f, cell| {
        f.is_baseline = cell?.to_ascii_lowercase().parse().ok()?;
        Some(())
    })?;
    each(cells, "network", &mut factors, "a network's name", |f, cell| {
        f.network = Some(cell?.to_owned());
        Some(())
    })?;
    each(cells, "path", &mut factors, "a path's name", |f, cell| {
        f.path = Some(cell?.to_owned());
        Some(())
    })?;
    each(cells, "tasks", &mut factors, "a whole number from 1", |f, cell| {
        f.tasks = Some(cell?.parse().ok().filter(|&n| n >= 1)?);
        Some(())
    })?;
    each(cells, "interventions", &mut factors, "text or nothing", |f, cell| {
        f.interventions = Some(cell.unwrap_or_default().to_owned());
        Some(())
    })?;
    type Place = fn(&mut Factors) -> &mut Option<f64>;
    let rates: [(&str, Place); 2] = [("lr_1", |f| &mut f.lr_1), ("lr_2", |f| &mut f.lr_2)];
    for (column, place) in rates {
        each(cells, column, &mut factors, "a learning rate of 0 or more", |f, cell| {
            *place(f) = Some(number(cell).filter(|&rate| rate >= 0.0)?);
            Some(())
        })?;
    }
    let amounts: [(&str, Place); 8] = [
        ("bias_reset_first", |f| &mut f.bias_reset_first),
        ("bias_reset_last", |f| &mut f.bias_reset_last),
        ("source_blur", |f| &mut f.source.blur),
        ("source_contrast", |f| &mut f.source.contrast),
        ("source_shift", |f| &mut f.source.shift),
        ("target_blur", |f| &mut f.target.blur),
        ("target_contrast", |f| &mut f.target.contrast),
        ("target_shift", |f| &mut f.target.shift),
    ];
    for (column, place) in amounts {
        each(cells, column, &mut factors, "a finite number", |f, cell| {
            *place(f) = Some(number(cell)?);
            Some(())
        })?;
    }
    type Text = fn(&mut Factors) -> &mut Option<String>;
    let settings: [(&str, Text); 2] =
        [("source_settings", |f| &mut f.source_settings), ("target_settings", |f| &mut f.target_settings)];
    for (column, place) in settings.into_iter().filter(|(column, _)| cells.has(column)) {
        each(cells, column, &mut factors, "text or nothing", |f, cell| {
            *place(f) = Some(cell.unwrap_or_default().to_owned());
            Some(())
        })?;
    }
    if cells.has("line") && cells.has("x") {
        each(cells, "line", &mut factors, "text or nothing", |f, cell| {
            f.line = cell.filter(|line| !line.is_empty()).map(str::to_owned);
            Some(())
        })?;
        each(cells, "x", &mut factors, "a finite number or nothing", |f, cell| {
            f.x = cell.filter(|cell| !cell.is_empty()).map(|cell| number(Some(cell)).ok_or(())).transpose().ok()?;
            Some(())
        })?;
    }
    Ok(factors)
}

/// A finite number.
pub(crate) fn number(cell: Option<&str>) -> Option<f64> {
    cell?.trim().parse().ok().filter(|value: &f64| value.is_finite())
}

/// Sets a factor of every row from its column's cell.
fn each(
    cells: &Cells,
    column: &str,
    factors: &mut [Factors],
    expected: &'static str,
    set: impl Fn(&mut Factors, Option<&str>) -> Option<()>,
) -> Result<(), TableError> {
    let needed = Factors::COLUMNS.join(", ");
    for (row, (factors, cell)) in factors.iter_mut().zip(cells.column(column, &needed)?).enumerate() {
        set(factors, cell.as_deref()).ok_or_else(|| cells.wrong(row, column, cell.as_deref(), expected))?;
    }
    Ok(())
}
