//! The numbers of `docs/findings.md` that no report has, those marked with a dagger, from the tables in `reports/lite`.
//!
//! `cargo run --release -p reports --example findings -- reports/lite` prints a line a number: means over seeds, and
//! differences paired by seed with 95 % intervals.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its numbers are what it is for")]

use std::collections::BTreeMap;
use std::env::args;
use std::error::Error;
use std::path::{Path, PathBuf};

use statistics::{mean, paired_t, t_interval};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const DATASET: &str = "cifar10";
const CONDITIONS: [&str; 4] = ["[No, No]", "[No, Yes]", "[Yes, No]", "[Yes, Yes]"];

fn main() -> Result<()> {
    let folder = PathBuf::from(args().nth(1).ok_or("usage: findings FOLDER, such as reports/lite")?);
    let measures = Table::read(&folder.join("fig8/measures.csv"))?;
    layers(&measures, "norms@1", ".bias", "mean_abs")?;
    layers(&measures, "activations@1", "", "sparsity")?;
    // What `inspect measure --figure 6 --scale lite --measure … --csv` wrote.
    let calibration = Table::read(&folder.join("fig6/calibration.csv"))?;
    network(&calibration, "baseline", "end of task 1", &["best_temperature", "ece"])?;
    for condition in CONDITIONS {
        network(&calibration, condition, "end of task 2", &["best_temperature", "ece"])?;
    }
    let change = Table::read(&folder.join("fig6/function-change.csv"))?;
    for condition in ["[No, Yes]", "[Yes, Yes]"] {
        network(&change, condition, "start of task 2", &["kl_divergence", "predictions_changed", "loss_rise"])?;
    }
    Ok(())
}

/// Means over seeds of what a measure says of the whole network.
fn network(table: &Table, condition: &str, moment: &str, names: &[&str]) -> Result<()> {
    for name in names {
        let seen = table.values("value", &[("condition", condition), ("moment", moment), ("name", name)])?;
        let interval = t_interval(&seen, 0.95)?;
        println!("{condition}, {moment}, {name}: {:.4} [{:.4}, {:.4}]", mean(&seen)?, interval.low, interval.high);
    }
    Ok(())
}

/// At both moments of the second task and in every layer whose name ends in `suffix`: the mean of what a measure calls `name` for
/// each condition with its interval, and the difference of the last from the first.
fn layers(measures: &Table, measure: &str, suffix: &str, name: &str) -> Result<()> {
    let table = measures.with(&[("measure", measure), ("name", name)]);
    let mut layers: Vec<&str> = Vec::new();
    for layer in table.0.iter().filter_map(|row| row.get("subject")).filter(|layer| layer.ends_with(suffix)) {
        if !layers.contains(&layer.as_str()) {
            layers.push(layer);
        }
    }
    for moment in ["start of task 2", "end of task 2"] {
        for layer in &layers {
            let of =
                |condition| table.values("value", &[("condition", condition), ("moment", moment), ("subject", layer)]);
            print!("{moment}, {layer}, {name}:");
            for condition in CONDITIONS {
                let seen = of(condition)?;
                let interval = t_interval(&seen, 0.95)?;
                print!(" {condition} {:.4} ± {:.4}", mean(&seen)?, (interval.high - interval.low) / 2.0);
            }
            let [first, .., last] = CONDITIONS;
            println!("; {last} less {first} {}", difference(&of(last)?, &of(first)?)?);
        }
    }
    Ok(())
}

/// The rows of a table, their cells by column.
struct Table(Vec<BTreeMap<String, String>>);

impl Table {
    fn read(path: &Path) -> Result<Self> {
        Ok(Self(csv::Reader::from_path(path)?.into_deserialize().collect::<csv::Result<_>>()?))
    }

    /// The rows that have these cells.
    fn with(&self, cells: &[(&str, &str)]) -> Self {
        let has =
            |row: &BTreeMap<String, String>| cells.iter().all(|(name, cell)| row.get(*name).is_some_and(|c| c == cell));
        Self(self.0.iter().filter(|row| has(row)).cloned().collect())
    }

    /// The numbers in `column` of the dataset's rows that have these cells, by seed.
    fn values(&self, column: &str, cells: &[(&str, &str)]) -> Result<Vec<f64>> {
        let mut by_seed: BTreeMap<u64, f64> = BTreeMap::new();
        for row in &self.0 {
            let has = |(name, cell): &(&str, &str)| row.get(*name).is_some_and(|found| found == cell);
            if has(&("dataset", DATASET)) && cells.iter().all(has) {
                let number = |name: &str| row.get(name).ok_or(format!("there is no column {name}"));
                by_seed.insert(number("seed")?.parse()?, number(column)?.parse()?);
            }
        }
        Ok(by_seed.into_values().collect())
    }
}

fn difference(x: &[f64], y: &[f64]) -> Result<String> {
    let test = paired_t(x, y, 0.95)?;
    Ok(format!("{:+.4} [{:.4}, {:.4}]", test.difference, test.interval.low, test.interval.high))
}
