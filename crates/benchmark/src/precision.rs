//! Whether bf16 leads to other test losses than fp32: the same experiment in both, compared by seed.

use clap::Args;
use datasets::Library;
use paths::{DatasetName, Experiment, ExperimentFile, Precision, SeedList, SettingsPatch, Stem};
use sequence::{Plan, RunRow, Store, results};
use serde::{Deserialize, Serialize};
use statistics::{mean, paired_t, standard_deviation};
use training::compute_kind;

use crate::error::BenchError;
use crate::events::timed_execution;
use crate::images::made_up;
use crate::outcome::Tables;
use crate::session::Session;
use crate::table::markdown;

const CONFIDENCE: f64 = 0.95;
/// Memory for prepared images.
const BUDGET_BYTES: usize = 2 << 30;

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Options {
    /// Seeds: a number of them, a list or a range; 5 or more say something [default: those of bench/precision.toml]
    #[arg(long, value_parser = SeedList::parse)]
    pub seeds: Option<SeedList>,

    /// Change a setting of bench/precision.toml; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = SettingsPatch::parse_assignment)]
    pub set: Vec<SettingsPatch>,
}

/// The comparison, condition by condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Precisions {
    /// Seconds that the whole experiment took: fp32, bf16.
    pub seconds: [f64; 2],
    pub conditions: Vec<Comparison>,
}

/// Final test losses of a condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Comparison {
    pub dataset: DatasetName,
    pub condition: String,
    pub pairs: Vec<Pair>,
    /// Seeds without a result in either.
    pub failed: usize,
    pub mean_fp32: Option<f64>,
    pub mean_bf16: Option<f64>,
    /// Standard deviation over seeds in fp32: the noise that a difference is to be seen against.
    pub deviation_fp32: Option<f64>,
    /// bf16 less fp32, where there are two pairs or more and they differ.
    pub difference: Option<Difference>,
}

/// A seed's test losses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pair {
    pub seed: u64,
    pub fp32: f64,
    pub bf16: f64,
}

/// A mean paired difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Difference {
    pub mean: f64,
    /// Ends of the 95 % interval.
    pub low: f64,
    pub high: f64,
    /// Two-sided, of the paired t-test.
    pub p: f64,
}

pub(crate) fn measure(session: &Session, options: &Options) -> Result<Precisions, BenchError> {
    let progress = session.progress("precision", 2);
    let mut rows = Vec::new();
    let mut seconds = [0.0; 2];
    for (precision, seconds) in [Precision::Fp32, Precision::Bf16].into_iter().zip(&mut seconds) {
        let experiment = experiment(session, options, precision)?;
        let (plan, folder) = (Plan::new(&experiment), session.folder()?);
        let store = Store::open(folder.path())?;
        let library =
            Library::new(session.data.clone(), compute_kind(precision), session.device, BUDGET_BYTES, |text| {
                terminal::err(text)
            });
        if session.quick {
            library.preload(made_up(DatasetName::Mnist, 200, 50));
        }
        *seconds = timed_execution(&plan, &store, &library, session.jobs(), session.device)?;
        rows.push(results(&plan, &store)?.0);
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(Precisions { seconds, conditions: compare(&rows[0], &rows[1]) })
}

fn experiment(session: &Session, options: &Options, precision: Precision) -> Result<Experiment, BenchError> {
    let path = session.file("precision.toml");
    let text = std::fs::read_to_string(&path).map_err(BenchError::io(&path))?;
    let mut patches = options.set.clone();
    if session.quick {
        patches.push(SettingsPatch {
            datasets: Some(vec![DatasetName::Mnist]),
            seeds: Some(SeedList::first(3)),
            baseline_seeds: Some(SeedList::first(3)),
            train_images: Some(paths::Count::AtMost(100)),
            test_images: Some(paths::Count::AtMost(50)),
            width: Some(paths::Width::Number(2)),
            stem: Some(Stem::Conv7),
            max_epochs: Some(1),
            ..SettingsPatch::default()
        });
    }
    patches.push(SettingsPatch {
        precision: Some(precision),
        seeds: options.seeds.clone(),
        baseline_seeds: options.seeds.clone(),
        ..SettingsPatch::default()
    });
    let experiment = ExperimentFile::parse(&text).and_then(|file| file.resolve(None, &patches));
    experiment.map_err(|source| BenchError::Experiment { path, source })
}

fn compare(fp32: &[RunRow], bf16: &[RunRow]) -> Vec<Comparison> {
    let mut groups: Vec<(DatasetName, &str)> = fp32.iter().map(|row| (row.dataset, row.condition.as_str())).collect();
    groups.dedup();
    groups
        .into_iter()
        .map(|(dataset, condition)| {
            let loss = |rows: &[RunRow], seed| {
                let same =
                    |row: &&RunRow| (row.dataset, row.condition.as_str(), row.seed) == (dataset, condition, seed);
                rows.iter().find(same).and_then(|row| row.test_loss)
            };
            let seeds = fp32.iter().filter(|row| (row.dataset, row.condition.as_str()) == (dataset, condition));
            let found: Vec<Option<Pair>> = seeds
                .map(|row| Some(Pair { seed: row.seed, fp32: row.test_loss?, bf16: loss(bf16, row.seed)? }))
                .collect();
            let failed = found.iter().filter(|pair| pair.is_none()).count();
            Comparison::of(dataset, condition, found.into_iter().flatten().collect(), failed)
        })
        .collect()
}

impl Comparison {
    fn of(dataset: DatasetName, condition: &str, pairs: Vec<Pair>, failed: usize) -> Self {
        let fp32: Vec<f64> = pairs.iter().map(|pair| pair.fp32).collect();
        let bf16: Vec<f64> = pairs.iter().map(|pair| pair.bf16).collect();
        let difference = paired_t(&bf16, &fp32, CONFIDENCE).ok().map(|test| Difference {
            mean: test.difference,
            low: test.interval.low,
            high: test.interval.high,
            p: test.p.two_sided,
        });
        Self {
            dataset,
            condition: condition.to_owned(),
            failed,
            mean_fp32: mean(&fp32).ok(),
            mean_bf16: mean(&bf16).ok(),
            deviation_fp32: standard_deviation(&fp32).ok(),
            difference,
            pairs,
        }
    }
}

impl Tables for Precisions {
    fn tables(&self) -> String {
        let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"));
        let rows = self.conditions.iter().map(|c| {
            let difference = c.difference.as_ref();
            vec![
                format!("{}, {}", c.dataset.title(), c.condition),
                c.pairs.len().to_string(),
                c.failed.to_string(),
                number(c.mean_fp32),
                number(c.mean_bf16),
                difference.map_or_else(|| "–".into(), |d| format!("{:+.4} ({:+.4} to {:+.4})", d.mean, d.low, d.high)),
                number(difference.map(|d| d.p)),
                number(c.deviation_fp32),
            ]
        });
        let header =
            ["", "n", "failed", "fp32", "bf16", "bf16 − fp32 (95 % interval)", "p, paired t", "sd over seeds, fp32"];
        let title = format!(
            "Final test loss in bf16 and fp32 ({:.0} s in fp32, {:.0} s in bf16)",
            self.seconds[0], self.seconds[1]
        );
        markdown(&title, &header, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_that_of_pairs() {
        let losses = [(0, 1.30, 1.31), (1, 1.40, 1.43), (2, 1.50, 1.52)];
        let pairs: Vec<Pair> = losses.iter().map(|&(seed, fp32, bf16)| Pair { seed, fp32, bf16 }).collect();
        let comparison = Comparison::of(DatasetName::Mnist, "baseline", pairs, 1);
        let difference = comparison.difference.unwrap();
        assert!((difference.mean - 0.02).abs() < 1e-12);
        // The standard error is 0.01/√3, and the 97.5 % point of t with 2 degrees of freedom 4.302653.
        assert!((difference.high - difference.mean - 4.302653 * 0.01 / 3f64.sqrt()).abs() < 1e-6);
        assert!((comparison.deviation_fp32.unwrap() - 0.1).abs() < 1e-12);
        assert!(Comparison::of(DatasetName::Mnist, "baseline", Vec::new(), 0).difference.is_none());
    }
}
