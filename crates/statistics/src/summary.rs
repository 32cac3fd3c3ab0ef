//! The summary of each condition.

use std::path::Path;

use polars::prelude::{Column, CsvWriter, DataFrame, SerWriter};

use crate::interval::{Interval, mean_and_std, t_interval};
use crate::table::{RunTable, TableError};

/// Test losses of one condition on one dataset. Numbers that the runs do not define are `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Dataset.
    pub dataset: String,
    /// Condition.
    pub condition: String,
    /// Runs with a result.
    pub n: usize,
    /// Runs without one.
    pub failed: usize,
    /// Mean.
    pub mean: Option<f64>,
    /// Sample standard deviation (n − 1).
    pub std: Option<f64>,
    /// Student's 95 % interval of the mean.
    pub mean_interval: Option<Interval>,
    /// Median.
    pub median: Option<f64>,
    /// Smallest.
    pub min: Option<f64>,
    /// Largest.
    pub max: Option<f64>,
}

/// One summary a dataset and condition, in the order of their first runs.
pub fn summarise(table: &RunTable) -> Vec<Summary> {
    let mut groups: Vec<(&str, &str, Vec<Option<f64>>)> = Vec::new();
    let mut index = std::collections::HashMap::new();
    for run in &table.runs {
        let key = (run.dataset.as_str(), run.condition.as_str());
        let at = *index.entry(key).or_insert_with(|| {
            groups.push((key.0, key.1, Vec::new()));
            groups.len() - 1
        });
        groups[at].2.push(run.test_loss);
    }
    groups.into_iter().map(|(dataset, condition, losses)| Summary::of(dataset, condition, &losses)).collect()
}

impl Summary {
    fn of(dataset: &str, condition: &str, losses: &[Option<f64>]) -> Self {
        let mut values: Vec<f64> = losses.iter().copied().flatten().collect();
        values.sort_by(f64::total_cmp);
        let n = values.len();
        let (mean, std) = mean_and_std(&values);
        Self {
            dataset: dataset.to_owned(),
            condition: condition.to_owned(),
            n,
            failed: losses.len() - n,
            mean: (n > 0).then_some(mean),
            std: (n > 1).then_some(std),
            mean_interval: t_interval(&values, 0.95),
            median: (n > 0).then(|| (values[(n - 1) / 2] + values[n / 2]) / 2.0),
            min: values.first().copied(),
            max: values.last().copied(),
        }
    }
}

/// Writes summaries as CSV; a number that is not defined is an empty cell.
///
/// # Errors
/// Where the file cannot be written.
pub fn write_summary(summaries: &[Summary], path: &Path) -> Result<(), TableError> {
    let text =
        |name: &str, get: fn(&Summary) -> &str| Column::new(name.into(), summaries.iter().map(get).collect::<Vec<_>>());
    let count = |name: &str, get: fn(&Summary) -> usize| {
        Column::new(name.into(), summaries.iter().map(|s| get(s) as u32).collect::<Vec<_>>())
    };
    let number = |name: &str, get: fn(&Summary) -> Option<f64>| {
        Column::new(name.into(), summaries.iter().map(get).collect::<Vec<_>>())
    };
    let mut frame = DataFrame::new_infer_height(vec![
        text("dataset", |s| &s.dataset),
        text("condition", |s| &s.condition),
        count("n", |s| s.n),
        count("failed", |s| s.failed),
        number("mean", |s| s.mean),
        number("std", |s| s.std),
        number("mean_ci95_low", |s| s.mean_interval.map(|i| i.low)),
        number("mean_ci95_high", |s| s.mean_interval.map(|i| i.high)),
        number("median", |s| s.median),
        number("min", |s| s.min),
        number("max", |s| s.max),
    ])?;
    let mut bytes = Vec::new();
    CsvWriter::new(&mut bytes).finish(&mut frame)?;
    std::fs::write(path, bytes).map_err(|source| TableError::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_leave_out_what_they_do_not_define() {
        let none = Summary::of("d", "c", &[None, None]);
        assert_eq!((none.n, none.failed, none.mean, none.std), (0, 2, None, None));
        let one = Summary::of("d", "c", &[Some(2.0), None]);
        assert_eq!((one.mean, one.median, one.std, one.mean_interval), (Some(2.0), Some(2.0), None, None));
        let four = Summary::of("d", "c", &[Some(4.0), Some(1.0), Some(2.0), Some(3.0)]);
        assert_eq!((four.median, four.min, four.max), (Some(2.5), Some(1.0), Some(4.0)));
    }

    #[test]
    fn the_summary_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.csv");
        write_summary(&[Summary::of("mnist", "[No, No]", &[Some(1.0)])], &path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "dataset,condition,n,failed,mean,std,mean_ci95_low,mean_ci95_high,median,min,max\n\
             mnist,\"[No, No]\",1,0,1.0,,,,1.0,1.0,1.0\n"
        );
    }
}
