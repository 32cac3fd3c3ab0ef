//! The other columns of a table, beside the one that is analysed.

use polars::prelude::DataType;

use crate::conditions::Groups;
use crate::estimates::compare::compare;
use crate::estimates::comparison::Comparison;
use crate::estimates::summary::{Summary, summarise, summarise_groups};
use crate::roles::Reading;
use crate::runs::{Measure, Run};
use crate::table::RunTable;

/// The columns, and whether a higher value is the better one.
const COLUMNS: [(&str, bool); 4] =
    [("test_loss", false), ("test_accuracy", true), ("train_loss", false), ("epochs_in_all", false)];

/// The statistics of a column beside the one that is analysed.
#[derive(Clone, Debug)]
pub struct Beside {
    /// The column.
    pub measure: Measure,
    /// Each dataset and condition.
    pub summaries: Vec<Summary>,
    /// Each condition with the baseline and its reference.
    pub comparisons: Vec<Comparison>,
}

/// The columns that every finished run has a number in. `reference` replaces the condition that others are compared with.
pub(crate) fn beside(table: &RunTable, reference: Option<&str>) -> Vec<Beside> {
    let of = |table: RunTable| {
        let groups = Groups::of(&table);
        let (summaries, comparisons) = (summarise_groups(&groups), compare(&groups, reference));
        Beside { measure: table.reading.measure.clone(), summaries, comparisons }
    };
    others(table).map(of).collect()
}

/// The summaries alone.
pub(crate) fn beside_summaries(table: &RunTable) -> Vec<(Measure, Vec<Summary>)> {
    others(table).map(|table| (table.reading.measure.clone(), summarise(&table))).collect()
}

fn others(table: &RunTable) -> impl Iterator<Item = RunTable> {
    COLUMNS.iter().filter(|(column, _)| *column != table.reading.measure.column).filter_map(
        |&(column, higher_is_better)| with_measure(table, &Measure { column: column.to_owned(), higher_is_better }),
    )
}

/// The table with another column as what is analysed, where every finished run has a number there.
fn with_measure(table: &RunTable, measure: &Measure) -> Option<RunTable> {
    let text = table.frame.column(&measure.column).ok()?.cast(&DataType::String).ok()?;
    let numbers = text.str().ok()?.iter().map(|cell| cell?.trim().parse().ok().filter(|v: &f64| v.is_finite()));
    let runs: Option<Vec<Run>> = table
        .runs
        .iter()
        .zip(numbers)
        .map(|(run, number)| match (run.analysed, number) {
            (None, _) => Some(run.clone()),
            (Some(_), None) => None,
            (Some(_), analysed) => Some(Run { analysed, ..run.clone() }),
        })
        .collect();
    Some(RunTable {
        runs: runs?,
        reading: Reading { measure: measure.clone(), ..table.reading.clone() },
        ..table.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accuracy_stands_beside_the_loss() {
        let text = "dataset,condition,seed,status,test_loss,test_accuracy,train_loss\n\
                    d,baseline,0,finished,1,0.6,0.5\nd,baseline,1,finished,1.1,0.62,0.5\n\
                    d,a,0,finished,1.5,0.5,0.4\nd,a,1,finished,1.6,0.55,\nd,a,2,diverged,,,\n";
        let table = RunTable::from_csv(text.into(), std::path::Path::new("runs.csv")).unwrap();
        let found = beside(&table, None);
        // One run lacks its training loss.
        let [accuracy] = &found[..] else { panic!("{found:?}") };
        assert_eq!(accuracy.measure, Measure { column: "test_accuracy".into(), higher_is_better: true });
        assert_eq!(accuracy.summaries[1].mean, Ok(0.525));
        assert_eq!((accuracy.summaries[1].n, accuracy.summaries[1].failed), (2, 1));
        assert!((accuracy.comparisons[0].difference.unwrap() + 0.085).abs() < 1e-12);
        // The lower accuracy is the worse one.
        assert_eq!(accuracy.comparisons[0].improvement.unwrap().value, 0.0);
    }
}
