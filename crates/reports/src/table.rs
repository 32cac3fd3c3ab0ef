//! The table of runs, as read from a CSV file.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use counted::counted;
use polars::prelude::DataFrame;
use tables::Table;

use crate::roles::{Factors, Reading, read};
use crate::runs::{ALLOWED, Cause, Cells, Measure, Run, Status, TableError};

/// Every run of an experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct RunTable {
    /// In the file's order.
    pub runs: Vec<Run>,
    /// What each run's condition is.
    pub(crate) factors: Vec<Factors>,
    /// How the factors came about, in words.
    pub(crate) notes: Vec<String>,
    /// What the caller said of the table.
    pub(crate) reading: Reading,
    /// How many runs have a status other than `finished`, by status.
    pub(crate) unfinished: BTreeMap<String, usize>,
    /// Every column of the file, as text, a row a run.
    pub(crate) frame: DataFrame,
}

impl RunTable {
    /// Reads a CSV file with the columns `dataset`, `condition`, `seed`, `test_loss`, optionally `status`, the columns of
    /// [`Factors`], and any others.
    ///
    /// # Errors
    /// Where the file is no table, a column is missing, a cell is not what its column says, runs of one condition differ in a
    /// factor, or a run appears twice.
    pub fn read_csv(path: &Path) -> Result<Self, TableError> {
        Self::of(Cells::of(Table::read(path)?)?, &Reading::default())
    }

    /// Reads a CSV file of which the caller says what is analysed and what its roles are.
    ///
    /// # Errors
    /// Those of [`RunTable::read_csv`], where the table is not what the caller says, and where there are runs and none has a
    /// result.
    pub fn read_csv_as(path: &Path, reading: &Reading) -> Result<Self, TableError> {
        Self::of(Cells::of(Table::read(path)?)?, reading)?.with_a_result(path)
    }

    /// The table that the bytes of a CSV file hold; `path` is what errors call it.
    ///
    /// # Errors
    /// Those of [`RunTable::read_csv`].
    pub fn from_csv(bytes: Vec<u8>, path: &Path) -> Result<Self, TableError> {
        Self::of(Cells::parse(&bytes, path)?, &Reading::default())
    }

    /// The table that the bytes of a CSV file hold, of which the caller says what is analysed and what its roles are.
    ///
    /// # Errors
    /// Those of [`RunTable::read_csv_as`].
    pub fn from_csv_as(bytes: Vec<u8>, path: &Path, reading: &Reading) -> Result<Self, TableError> {
        Self::of(Cells::parse(&bytes, path)?, reading)?.with_a_result(path)
    }

    fn of(cells: Cells, reading: &Reading) -> Result<Self, TableError> {
        let (runs, unfinished) = runs(&cells, &reading.measure)?;
        let roles = read(&cells, &runs, reading)?;
        let notes = roles.notes.into_iter().chain(trimmed(&cells)).collect();
        Ok(Self { runs, factors: roles.factors, notes, reading: reading.clone(), unfinished, frame: cells.frame })
    }

    /// The same, where there is something to analyse.
    fn with_a_result(self, path: &Path) -> Result<Self, TableError> {
        if self.runs.is_empty() || self.runs.iter().any(|run| run.analysed.is_some()) {
            return Ok(self);
        }
        let status = |(word, number): (&String, &usize)| format!("{} with status {word}", counted(*number, "run"));
        let statuses: Vec<String> = self.unfinished.iter().map(status).collect();
        let (path, runs) = (path.to_owned(), counted(self.runs.len(), "run"));
        Err(TableError::NoResult { path, runs, statuses: statuses.join(", ") })
    }
}

/// Says that labels are not quite as the file has them.
fn trimmed(cells: &Cells) -> Option<String> {
    let of = |column: &str| {
        let (number, first) = cells.trimmed(column)?;
        Some(format!("{} of `{column}`, first in row {first}", counted(number, "cell")))
    };
    let found: Vec<String> = ["dataset", "condition"].into_iter().filter_map(of).collect();
    (!found.is_empty()).then(|| format!("Blanks around labels were taken away: {}.", found.join("; ")))
}

/// The runs, and the statuses of those that did not finish.
fn runs(cells: &Cells, measure: &Measure) -> Result<(Vec<Run>, BTreeMap<String, usize>), TableError> {
    let needed = format!("dataset, condition, seed and {}", measure.column);
    let column = |name: &str| cells.column(name, &needed);
    let (datasets, conditions, seeds, values) =
        (column("dataset")?, column("condition")?, column("seed")?, column(&measure.column)?);
    let [test_losses, train_losses, best_epochs] =
        [cells.optional(Measure::TEST_LOSS)?, cells.optional("train_loss")?, cells.optional("best_epoch")?];
    let [test_accuracies, epochs_in_all] = [cells.optional("test_accuracy")?, cells.optional("epochs_in_all")?];
    let causes: Vec<Option<Vec<Option<String>>>> =
        Cause::ALL.iter().map(|cause| cells.optional(cause.column())).collect::<Result<_, _>>()?;
    let statuses = cells.optional("status")?;

    let mut runs = Vec::with_capacity(cells.height());
    let (mut seen, mut unfinished) = (HashSet::new(), BTreeMap::new());
    for row in 0..cells.height() {
        let wrong = |column: &str, cell: &Option<String>, expected| cells.wrong(row, column, cell.as_deref(), expected);
        let text = |column, cell: &Option<String>| cell.clone().ok_or_else(|| wrong(column, cell, "a name"));
        let (dataset, condition) = (text("dataset", &datasets[row])?, text("condition", &conditions[row])?);
        let seed = seeds[row].as_deref().and_then(tables::whole);
        let seed = seed.ok_or_else(|| wrong("seed", &seeds[row], "a whole number"))?;
        let status = statuses.as_ref().map_or(Ok(Status::Finished), |statuses| {
            let cell = &statuses[row];
            cell.as_deref().and_then(Status::read).ok_or_else(|| wrong("status", cell, ALLOWED))
        })?;
        let finished = status == Status::Finished;
        if let Status::Unfinished(word) = status {
            *unfinished.entry(word.to_owned()).or_insert(0) += 1;
        }
        let value = finite(&values[row]);
        if finished && value.is_none() {
            return Err(wrong(&measure.column, &values[row], "a finite number"));
        }
        let optional = |column: &str, cells: &Option<Vec<Option<String>>>| -> Result<Option<f64>, TableError> {
            let cell = cells.as_ref().map(|cells| &cells[row]).filter(|cell| finished && cell.is_some());
            cell.map(|cell| finite(cell).ok_or_else(|| wrong(column, cell, "a finite number, or nothing"))).transpose()
        };
        let run = Run {
            analysed: value.filter(|_| finished),
            test_loss: optional(Measure::TEST_LOSS, &test_losses)?,
            test_accuracy: optional("test_accuracy", &test_accuracies)?,
            epochs_in_all: optional("epochs_in_all", &epochs_in_all)?,
            train_loss: optional("train_loss", &train_losses)?,
            best_epoch: optional("best_epoch", &best_epochs)?,
            causes: {
                let mut found = [None; Cause::ALL.len()];
                for (place, (cause, cells)) in found.iter_mut().zip(Cause::ALL.iter().zip(&causes)) {
                    *place = optional(cause.column(), cells)?;
                }
                found
            },
            dataset,
            condition,
            seed,
        };
        if !seen.insert((run.dataset.clone(), run.condition.clone(), seed)) {
            return Err(TableError::Duplicate {
                path: cells.path().to_owned(),
                row: cells.number(row),
                dataset: run.dataset,
                condition: run.condition,
                seed,
            });
        }
        runs.push(run);
    }
    Ok((runs, unfinished))
}

fn finite(cell: &Option<String>) -> Option<f64> {
    cell.as_ref()?.trim().parse().ok().filter(|value: &f64| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Quantity;

    fn read(text: &str) -> Result<RunTable, TableError> {
        RunTable::from_csv(text.into(), Path::new("runs.csv"))
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
        assert_eq!((table.runs[0].test_loss, table.runs[0].analysed), (Some(1.25), Some(1.25)));
        assert_eq!((table.runs[1].test_loss, table.runs[1].analysed), (None, None));
        assert_eq!(table.unfinished, BTreeMap::from([("diverged".to_owned(), 1)]));
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
    fn another_column_can_be_analysed() {
        let measure = Measure { column: "accuracy".into(), higher_is_better: true };
        let reading = Reading { measure, ..Reading::default() };
        let text = "dataset,condition,seed,accuracy\na,b,1,0.5\n";
        let table = RunTable::from_csv_as(text.into(), Path::new("runs.csv"), &reading).unwrap();
        assert_eq!((table.runs[0].analysed, table.runs[0].test_loss), (Some(0.5), None));
        let message = read(text).unwrap_err().to_string();
        assert!(message.contains("no column `test_loss`"), "{message}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let message = |text| read(text).unwrap_err().to_string();
        assert!(message("dataset,condition,seed\na,b,1\n").contains("no column `test_loss`"));
        let duplicate = message("dataset,condition,seed,test_loss\na,b,1,1\na,b,1,2\n");
        assert!(duplicate.contains("row 2") && duplicate.contains("second time"), "{duplicate}");
        let cell = message("dataset,condition,seed,test_loss\na,b,1,1\n\na,b,2,x\n");
        assert!(cell.contains("row 3") && cell.contains("`x`"), "{cell}");
        assert!(message("dataset,condition,seed,test_loss\na,b,-1,1\n").contains("whole number"));
        assert!(message("dataset,condition,seed,test_loss\na,b,1.5,1\n").contains("whole number"));
        assert!(message("dataset,condition,seed,test_loss\na,b,1,\n").contains("empty"));
        assert!(message("dataset,condition,seed,test_loss\na,b,1,\"1,25\"\n").contains("with a decimal comma"));
        let status = message("dataset,condition,seed,test_loss,status\na,b,1,1,finished\na,b,2,1,fine\n");
        assert!(status.contains("row 2: `status` is `fine`") && status.contains("diverged, failed"), "{status}");
    }

    #[test]
    fn blanks_around_labels_are_said() {
        let table = read("dataset,condition,seed,test_loss\na, b ,1, 1\na,b,2,1\na ,b,3,1\n").unwrap();
        assert!(table.runs.iter().all(|run| (run.dataset.as_str(), run.condition.as_str()) == ("a", "b")));
        let note = "1 cell of `dataset`, first in row 3; 1 cell of `condition`, first in row 1";
        assert!(table.notes.iter().any(|said| said.contains(note)), "{:?}", table.notes);
    }

    #[test]
    fn without_a_result_there_is_nothing_to_analyse() {
        let text = "dataset,condition,seed,test_loss,status\na,b,1,,failed\na,b,2,,KILLED\na,b,3,,failed\n";
        // The tables of one's own experiments may be drawn all the same.
        assert_eq!(read(text).unwrap().runs.len(), 3);
        let refused = RunTable::from_csv_as(text.into(), Path::new("runs.csv"), &Reading::default()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "runs.csv: none of 3 runs has a result: 2 runs with status failed, 1 run with status killed"
        );
    }
}
