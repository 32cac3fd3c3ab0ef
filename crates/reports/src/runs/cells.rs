//! The cells of a CSV file as text, and the errors that name row and column.

use std::path::{Path, PathBuf};

use polars::prelude::{Column, DataFrame, DataType};
use tables::Table;

use crate::runs::error::TableError;

/// A CSV file: a row a run, every cell as text, an empty one as `None`.
pub(crate) struct Cells {
    path: PathBuf,
    /// Every column, in the file's order.
    pub frame: DataFrame,
    /// The number of each row in the file, counted in lines below the header.
    numbers: Vec<usize>,
    /// Of each row, the places of the columns whose cells had blanks around them.
    trimmed: Vec<Vec<usize>>,
}

impl Cells {
    /// Parses a file's bytes; `path` is what errors call it.
    pub fn parse(bytes: &[u8], path: &Path) -> Result<Self, TableError> {
        Self::of(Table::parse(bytes, path)?)
    }

    /// The cells of a table.
    pub fn of(table: Table) -> Result<Self, TableError> {
        let mut columns: Vec<Vec<Option<String>>> = vec![Vec::with_capacity(table.rows.len()); table.header.len()];
        let (mut numbers, mut trimmed) = (Vec::new(), Vec::new());
        for row in table.rows {
            numbers.push(row.number);
            trimmed.push(row.trimmed);
            for (column, cell) in columns.iter_mut().zip(row.cells) {
                column.push(Some(cell).filter(|cell| !cell.is_empty()));
            }
        }
        // Every column as text: a condition called 1e-3 stays 1e-3.
        let columns = table.header.into_iter().zip(columns).map(|(name, cells)| Column::new(name.into(), cells));
        let frame = DataFrame::new_infer_height(columns.collect())?;
        Ok(Self { path: table.path, frame, numbers, trimmed })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Rows that are not blank.
    pub fn height(&self) -> usize {
        self.numbers.len()
    }

    /// The number in the file of a row.
    pub fn number(&self, row: usize) -> usize {
        self.numbers[row]
    }

    /// How many cells of a column had blanks around them, and the number of the first such row.
    pub fn trimmed(&self, column: &str) -> Option<(usize, usize)> {
        let place = self.frame.get_column_index(column)?;
        let rows = self.numbers.iter().zip(&self.trimmed).filter(|(_, trimmed)| trimmed.contains(&place));
        let mut rows = rows.map(|(number, _)| *number);
        rows.next().map(|first| (1 + rows.count(), first))
    }

    /// The columns' names.
    pub fn names(&self) -> Vec<&str> {
        self.frame.get_column_names().into_iter().map(|name| name.as_str()).collect()
    }

    /// Whether there is such a column.
    pub fn has(&self, column: &str) -> bool {
        self.frame.column(column).is_ok()
    }

    /// The cells of a column; `needed` is what the error says that a table must have.
    pub fn column(&self, column: &str, needed: &str) -> Result<Vec<Option<String>>, TableError> {
        let missing = |_| TableError::Column {
            path: self.path.clone(),
            column: column.to_owned(),
            needed: needed.to_owned(),
            found: self.names().join(", "),
        };
        let text = self.frame.column(column).map_err(missing)?.cast(&DataType::String)?;
        Ok(text.str()?.iter().map(|cell| cell.map(str::to_owned)).collect())
    }

    /// The cells of a column that a table need not have.
    pub fn optional(&self, column: &str) -> Result<Option<Vec<Option<String>>>, TableError> {
        if self.has(column) { self.column(column, column).map(Some) } else { Ok(None) }
    }

    /// What is said of a cell that is not what its column needs.
    pub fn wrong(&self, row: usize, column: &str, cell: Option<&str>, expected: &'static str) -> TableError {
        TableError::Cell {
            path: self.path.clone(),
            row: self.number(row),
            column: column.to_owned(),
            found: match cell {
                Some(text) if has_decimal_comma(text) => format!("`{text}`, with a decimal comma"),
                Some(text) => format!("`{text}`"),
                None => "empty".into(),
            },
            expected,
        }
    }
}

/// Whether a cell is a number with a comma for its point.
fn has_decimal_comma(text: &str) -> bool {
    text.split_once(',')
        .is_some_and(|(whole, part)| !part.is_empty() && format!("{whole}.{part}").parse::<f64>().is_ok())
}
