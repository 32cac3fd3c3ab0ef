//! The summary of each condition.

use statistics::{
    Defined, Interval, NotDefined, RESAMPLES, Resamples, bca_interval, interquartile_mean, mean, median,
    standard_deviation, t_interval,
};

use crate::conditions::{Group, Groups};
use crate::parallel;
use crate::runs::Quantity;
use crate::table::RunTable;

/// What is analysed, of one condition on one dataset: the test losses, unless another column was asked for.
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
    pub mean: Defined<f64>,
    /// Sample standard deviation (n − 1).
    pub std: Defined<f64>,
    /// Student's 95 % interval of the mean.
    pub mean_interval: Defined<Interval>,
    /// 95 % bias-corrected and accelerated bootstrap interval of the mean: all resamples of up to eight runs, 10,000 beyond.
    pub bootstrap_interval: Defined<Interval>,
    /// Median.
    pub median: Defined<f64>,
    /// Interquartile mean.
    pub interquartile_mean: Defined<f64>,
    /// Smallest.
    pub min: Defined<f64>,
    /// Largest.
    pub max: Defined<f64>,
}

/// One summary a dataset and condition, in the order of their first runs.
pub fn summarise(table: &RunTable) -> Vec<Summary> {
    summarise_groups(&Groups::of(table))
}

pub(crate) fn summarise_groups(groups: &Groups<'_>) -> Vec<Summary> {
    // Samples of one size share their resamples, which are dropped before those of the next size are drawn.
    let with_sizes: Vec<(usize, &Group<'_>)> =
        groups.groups.iter().map(|group| (group.values(Quantity::Analysed).len(), group)).collect();
    let mut sizes: Vec<usize> = with_sizes.iter().map(|pair| pair.0).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut summaries: Vec<Option<Summary>> = vec![None; with_sizes.len()];
    for size in sizes {
        let resamples = if size < 2 { None } else { Resamples::new(size, RESAMPLES) };
        let members: Vec<usize> = (0..with_sizes.len()).filter(|&i| with_sizes[i].0 == size).collect();
        let done = parallel::map(&members, |&i| Summary::of(with_sizes[i].1, resamples.as_ref()));
        for (i, summary) in members.into_iter().zip(done) {
            summaries[i] = Some(summary);
        }
    }
    summaries.into_iter().flatten().collect()
}

impl Summary {
    fn of(group: &Group<'_>, resamples: Option<&Resamples>) -> Self {
        let values = group.values(Quantity::Analysed);
        let extreme = |start: f64, pick: fn(f64, f64) -> f64| {
            if values.is_empty() {
                return Err(NotDefined::TooFew { needed: 1 });
            }
            Ok(values.iter().copied().fold(start, pick))
        };
        Self {
            dataset: group.dataset.to_owned(),
            condition: group.condition.to_owned(),
            n: values.len(),
            failed: group.runs.len() - values.len(),
            mean: mean(&values),
            std: standard_deviation(&values),
            mean_interval: t_interval(&values, 0.95),
            bootstrap_interval: bca_interval(&values, 0.95, resamples),
            median: median(&values),
            interquartile_mean: interquartile_mean(&values),
            min: extreme(f64::INFINITY, f64::min),
            max: extreme(f64::NEG_INFINITY, f64::max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(losses: &[Option<f64>]) -> Summary {
        let row = |(seed, loss): (usize, &Option<f64>)| match loss {
            Some(loss) => format!("mnist,\"[No, No]\",{seed},finished,{loss}\n"),
            None => format!("mnist,\"[No, No]\",{seed},diverged,\n"),
        };
        let rows: String = losses.iter().enumerate().map(row).collect();
        let text = format!("dataset,condition,seed,status,test_loss\n{rows}");
        summarise(&RunTable::from_csv(text.into(), std::path::Path::new("runs.csv")).unwrap()).remove(0)
    }

    #[test]
    fn few_values_leave_out_what_they_do_not_define() {
        let few = NotDefined::TooFew { needed: 2 };
        let none = summary(&[None, None]);
        assert_eq!((none.n, none.failed, none.mean.is_err(), none.std), (0, 2, true, Err(few)));
        let one = summary(&[Some(2.0), None]);
        assert_eq!((one.mean, one.median, one.std, one.mean_interval), (Ok(2.0), Ok(2.0), Err(few), Err(few)));
        let four = summary(&[Some(4.0), Some(1.0), Some(2.0), Some(3.0)]);
        assert_eq!((four.median, four.min, four.max), (Ok(2.5), Ok(1.0), Ok(4.0)));
        assert!(four.bootstrap_interval.unwrap().holds(2.5));
    }
}
