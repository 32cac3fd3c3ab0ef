//! The cells of a CSV file as text, and the errors that name row and column.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use polars::prelude::{BooleanChunked, CsvReadOptions, DataFrame, DataType, NewChunkedArray, PolarsError, SerReader};

use crate::runs::error::TableError;

/// A CSV file: a row a run, every cell as text, an empty one as `None`.
pub(crate) struct Cells {
    path: PathBuf,
    /// Without rows that are blank.
    pub frame: DataFrame,
    /// The number of each row in the file, the first after the header being 1.
    numbers: Vec<usize>,
}

impl Cells {
    /// Parses a file's bytes; `path` is what errors call it.
    pub fn parse(bytes: Vec<u8>, path: &Path) -> Result<Self, TableError> {
        let header = bytes.split(|&b| b == b'\n').next().unwrap_or_default();
        if !header.contains(&b',') && (header.contains(&b';') || header.contains(&b'\t')) {
            let header = String::from_utf8_lossy(header).trim_end().to_owned();
            return Err(TableError::Separator { path: path.to_owned(), header });
        }
        let ragged = ragged(&bytes);
        let unreadable = |e: PolarsError| TableError::Unreadable {
            path: path.to_owned(),
            reason: ragged.unwrap_or_else(|| e.to_string()),
        };
        let all = CsvReadOptions::default()
            .with_has_header(true)
            // Every column as text: a condition called 1e-3 stays 1e-3.
            .with_infer_schema_length(Some(0))
            .into_reader_with_file_handle(Cursor::new(bytes))
            .finish()
            .map_err(unreadable)?;
        let mut filled = vec![false; all.height()];
        for column in all.columns() {
            for (filled, cell) in filled.iter_mut().zip(column.cast(&DataType::String)?.str()?.iter()) {
                *filled |= cell.is_some();
            }
        }
        let frame = all.filter(&BooleanChunked::from_slice("filled".into(), &filled))?;
        let numbers = filled.iter().enumerate().filter(|(_, filled)| **filled).map(|(at, _)| at + 1).collect();
        Ok(Self { path: path.to_owned(), frame, numbers })
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
            found: cell.map_or("empty".into(), |text| format!("`{text}`")),
            expected,
        }
    }
}

/// Names the first row that has more or fewer cells than the header; the data-frame library says only that there is one.
fn ragged(bytes: &[u8]) -> Option<String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let error = reader.records().find_map(Result::err)?;
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = pos.as_ref().map_or_else(String::new, |pos| format!("line {}: ", pos.line()));
            Some(format!("{line}{len} cells, but the header has {expected_len}; cells with commas need quotes"))
        }
        _ => None,
    }
}
