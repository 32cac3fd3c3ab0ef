//! The table of runs, as read from a CSV file.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use polars::prelude::{CsvReadOptions, DataFrame, DataType, PolarsError, SerReader};

/// Why a table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read as CSV.
    #[error("{path} cannot be read as a table: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A column is missing.
    #[error("{path} has no column `{column}`; needed are dataset, condition, seed and test_loss, found are {found}")]
    Column {
        /// The file.
        path: PathBuf,
        /// The missing column.
        column: &'static str,
        /// The columns that are there.
        found: String,
    },
    /// A cell is empty or of the wrong type.
    #[error("{path}, row {row}: `{column}` is {found}, expected {expected}")]
    Cell {
        /// The file.
        path: PathBuf,
        /// The row, the first after the header being 1.
        row: usize,
        /// The column.
        column: &'static str,
        /// What is there.
        found: String,
        /// What should be.
        expected: &'static str,
    },
    /// A run appears twice.
    #[error("{path}, row {row}: dataset {dataset}, condition {condition}, seed {seed} appears a second time")]
    Duplicate {
        /// The file.
        path: PathBuf,
        /// The row of the second appearance.
        row: usize,
        /// Its dataset.
        dataset: String,
        /// Its condition.
        condition: String,
        /// Its seed.
        seed: u64,
    },
    /// A result cannot be computed or written.
    #[error("{0}")]
    Frame(#[from] PolarsError),
    /// The result cannot be written.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// A run: its condition, and its result where it has one.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Dataset.
    pub dataset: String,
    /// Condition.
    pub condition: String,
    /// Seed.
    pub seed: u64,
    /// Loss on the standard test images; `None` where the run failed (`status` is not `finished`).
    pub test_loss: Option<f64>,
    /// Loss on the training images, where the table has it.
    pub train_loss: Option<f64>,
    /// Epochs until the lowest validation loss, where the table has them.
    pub best_epoch: Option<f64>,
}

/// A column of numbers that runs are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// `test_loss`.
    TestLoss,
    /// `train_loss`.
    TrainLoss,
    /// `best_epoch`.
    BestEpoch,
}

impl Run {
    /// The run's value, where it has one.
    pub fn value(&self, quantity: Quantity) -> Option<f64> {
        match quantity {
            Quantity::TestLoss => self.test_loss,
            Quantity::TrainLoss => self.train_loss,
            Quantity::BestEpoch => self.best_epoch,
        }
    }
}

/// Every run of an experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct RunTable {
    /// In the file's order.
    pub runs: Vec<Run>,
    /// Every column of the file, as text, a row a run.
    pub(crate) frame: DataFrame,
}

impl RunTable {
    /// Reads a CSV file with the columns `dataset`, `condition`, `seed`, `test_loss`, optionally `status` and any others.
    ///
    /// # Errors
    /// Where a column is missing, a cell is not what its column says, or a run appears twice.
    pub fn read_csv(path: &Path) -> Result<Self, TableError> {
        // Read rather than mapped: a file that another program cuts short meanwhile would end the process.
        let bytes =
            std::fs::read(path).map_err(|e| TableError::Unreadable { path: path.to_owned(), reason: e.to_string() })?;
        Self::from_csv(bytes, path)
    }

    /// The table that the bytes of a CSV file hold; `path` is what errors call it.
    ///
    /// # Errors
    /// Those of [`RunTable::read_csv`].
    pub fn from_csv(bytes: Vec<u8>, path: &Path) -> Result<Self, TableError> {
        let unreadable = |e: PolarsError| TableError::Unreadable { path: path.to_owned(), reason: e.to_string() };
        let frame = CsvReadOptions::default()
            .with_has_header(true)
            // Every column as text: a condition called 1e-3 stays 1e-3.
            .with_infer_schema_length(Some(0))
            .into_reader_with_file_handle(Cursor::new(bytes))
            .finish()
            .map_err(unreadable)?;
        let cells = |column: &'static str| -> Result<Vec<Option<String>>, TableError> {
            let found = || frame.get_column_names().iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
            let missing = |_| TableError::Column { path: path.to_owned(), column, found: found() };
            let text = frame.column(column).map_err(missing)?.cast(&DataType::String)?;
            Ok(text.str()?.iter().map(|cell| cell.map(str::to_owned)).collect())
        };
        let (datasets, conditions, seeds, losses) =
            (cells("dataset")?, cells("condition")?, cells("seed")?, cells("test_loss")?);
        let optional =
            |column: &'static str| if frame.column(column).is_ok() { cells(column).map(Some) } else { Ok(None) };
        let (train_losses, best_epochs) = (optional("train_loss")?, optional("best_epoch")?);
        let statuses = if frame.column("status").is_ok() { Some(cells("status")?) } else { None };

        let mut runs = Vec::with_capacity(frame.height());
        let mut seen = std::collections::HashSet::new();
        for row in 0..frame.height() {
            let wrong = |column, cell: &Option<String>, expected| TableError::Cell {
                path: path.to_owned(),
                row: row + 1,
                column,
                found: cell.as_ref().map_or("empty".into(), |text| format!("`{text}`")),
                expected,
            };
            let text = |column, cell: &Option<String>| cell.clone().ok_or_else(|| wrong(column, cell, "a name"));
            let (dataset, condition) = (text("dataset", &datasets[row])?, text("condition", &conditions[row])?);
            let seed = seeds[row].as_ref().and_then(|s| s.parse::<u64>().ok());
            let seed = seed.ok_or_else(|| wrong("seed", &seeds[row], "a whole number"))?;
            let finished = statuses.as_ref().is_none_or(|status| status[row].as_deref() == Some("finished"));
            let loss = losses[row].as_ref().and_then(|l| l.parse::<f64>().ok()).filter(|l| l.is_finite());
            if finished && loss.is_none() {
                return Err(wrong("test_loss", &losses[row], "a finite number"));
            }
            let optional =
                |column: &'static str, cells: &Option<Vec<Option<String>>>| -> Result<Option<f64>, TableError> {
                    let Some(cell) = cells.as_ref().map(|cells| &cells[row]).filter(|cell| finished && cell.is_some())
                    else {
                        return Ok(None);
                    };
                    let value = cell.as_ref().and_then(|c| c.parse::<f64>().ok()).filter(|v| v.is_finite());
                    value.map(Some).ok_or_else(|| wrong(column, cell, "a finite number, or nothing"))
                };
            let (train_loss, best_epoch) =
                (optional("train_loss", &train_losses)?, optional("best_epoch", &best_epochs)?);
            if !seen.insert((dataset.clone(), condition.clone(), seed)) {
                return Err(TableError::Duplicate { path: path.to_owned(), row: row + 1, dataset, condition, seed });
            }
            runs.push(Run { dataset, condition, seed, test_loss: loss.filter(|_| finished), train_loss, best_epoch });
        }
        Ok(Self { runs, frame })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<RunTable, TableError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        RunTable::read_csv(file.path())
    }

    #[test]
    fn conditions_with_commas_and_failed_runs_are_read() {
        let table = read(
            "dataset,condition,seed,status,test_loss\n\
             mnist,\"[No, Yes]\",0,finished,1.25\n\
             mnist,\"[No, Yes]\",1,diverged,\n",
        )
        .unwrap();
        assert_eq!(table.runs[0].condition, "[No, Yes]");
        assert_eq!(table.runs[0].test_loss, Some(1.25));
        assert_eq!(table.runs[1].test_loss, None);
    }

    #[test]
    fn optional_columns_are_read_where_they_are() {
        let table = read(
            "dataset,condition,seed,test_loss,train_loss,best_epoch,note\n\
             mnist,a,0,1.25,0.5,7,x\n\
             mnist,a,1,1.5,,8,y\n",
        )
        .unwrap();
        assert_eq!((table.runs[0].train_loss, table.runs[0].best_epoch), (Some(0.5), Some(7.0)));
        assert_eq!(table.runs[1].value(Quantity::TrainLoss), None);
        let wrong = read("dataset,condition,seed,test_loss,train_loss\na,b,1,1,x\n").unwrap_err().to_string();
        assert!(wrong.contains("`train_loss`") && wrong.contains("`x`"), "{wrong}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let message = |text| read(text).unwrap_err().to_string();
        assert!(message("dataset,condition,seed\na,b,1\n").contains("no column `test_loss`"));
        let duplicate = message("dataset,condition,seed,test_loss\na,b,1,1\na,b,1,2\n");
        assert!(duplicate.contains("row 2") && duplicate.contains("second time"), "{duplicate}");
        let cell = message("dataset,condition,seed,test_loss\na,b,1,1\na,b,2,x\n");
        assert!(cell.contains("row 2") && cell.contains("`x`"), "{cell}");
        assert!(message("dataset,condition,seed,test_loss\na,b,-1,1\n").contains("whole number"));
        assert!(message("dataset,condition,seed,test_loss\na,b,1,\n").contains("empty"));
    }
}
