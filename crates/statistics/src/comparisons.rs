//! Each condition against the baseline and against its reference.

use std::collections::HashMap;

use crate::cliff::cliff_delta;
use crate::equivalence::Equivalence;
use crate::family::{Corrected, correct};
use crate::groups::{Groups, Sides};
use crate::hedges::hedges_g;
use crate::improvement::{IMPROVEMENT_RESAMPLES, LARGEST_SIDE, probability_of_improvement};
use crate::interval::Estimate;
use crate::labels::{BASELINE, reference};
use crate::mann_whitney::{RankTest, mann_whitney};
use crate::moments::mean;
use crate::not_defined::Defined;
use crate::paired_t::paired_t;
use crate::parallel;
use crate::resamples::Resamples;
use crate::table::Quantity;
use crate::welch::{TTest, welch};
use crate::wilcoxon::wilcoxon;

/// What counts as no noticeable difference: this fraction of the mean of what is compared with.
pub const NOTICEABLE: f64 = 0.05;

/// What a condition is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Against {
    /// The runs on the target task alone.
    Baseline,
    /// The condition's reference (see [`reference`]).
    Reference,
}

impl Against {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Reference => "reference",
        }
    }
}

/// A condition against another, on the test loss: differences are the condition's minus the other's, so positive is worse.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Dataset.
    pub dataset: String,
    /// Condition.
    pub condition: String,
    /// What it is compared with.
    pub other: String,
    /// What that is to it.
    pub against: Against,
    /// The values.
    pub sides: Sides,
    /// Difference of means.
    pub difference: Defined<f64>,
    /// Welch's test.
    pub welch: Defined<TTest>,
    /// Mann–Whitney test.
    pub mann_whitney: Defined<RankTest>,
    /// Paired t-test on the shared seeds.
    pub paired_t: Defined<TTest>,
    /// Wilcoxon's test on the shared seeds.
    pub wilcoxon: Defined<RankTest>,
    /// Hedges' g.
    pub hedges_g: Defined<Estimate>,
    /// Cliff's delta.
    pub cliff_delta: Defined<Estimate>,
    /// Probability that a run of the condition has the lower loss.
    pub improvement: Defined<Estimate>,
    /// Equivalence within [`NOTICEABLE`] of the other's mean.
    pub equivalence: Defined<Equivalence>,
    /// The smallest difference that these runs detect with 80 % power.
    pub detectable: Defined<f64>,
    /// Corrected p-values.
    pub holm: Corrected,
}

impl Comparison {
    /// Seeds that only one side has, in words; empty where the sides share all theirs.
    pub fn unpaired_seeds(&self) -> String {
        let side = |name: &str, seeds: &[u64]| match seeds {
            [] => String::new(),
            seeds if seeds.len() > 12 => format!("{} seeds only in {name}", seeds.len()),
            seeds => {
                let list = seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
                format!("seed{} {list} only in {name}", if seeds.len() == 1 { "" } else { "s" })
            }
        };
        let parts = [side(&self.condition, &self.sides.only_x), side(&self.other, &self.sides.only_y)];
        parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("; ")
    }

    /// The corrected p-value of the t-test that decides (see [`Sides::is_paired`]).
    pub fn deciding_p(&self) -> Option<f64> {
        if self.sides.is_paired() { self.holm.paired_t } else { self.holm.welch }
    }

    /// The t-test that decides.
    pub fn deciding(&self) -> Defined<TTest> {
        if self.sides.is_paired() { self.paired_t } else { self.welch }
    }
}

/// Compares each condition with the baseline, where the table has one, and with its reference. `chosen` replaces the
/// natural reference.
pub fn compare(groups: &Groups<'_>, chosen: Option<&str>) -> Vec<Comparison> {
    let mut wanted = Vec::new();
    for dataset in groups.datasets() {
        let conditions = groups.conditions(dataset);
        for &condition in conditions.iter().filter(|c| **c != BASELINE) {
            if conditions.contains(&BASELINE) {
                wanted.push((dataset, condition, BASELINE, Against::Baseline));
            }
            let other = match chosen {
                Some(label) => conditions.iter().copied().find(|c| *c == label && *c != condition),
                None => reference(condition, &conditions),
            };
            if let Some(other) = other {
                wanted.push((dataset, condition, other, Against::Reference));
            }
        }
    }
    let mut drawn: HashMap<(usize, u64), Resamples> = HashMap::new();
    for group in &groups.groups {
        let size = group.values(Quantity::TestLoss).len();
        if size > LARGEST_SIDE || drawn.contains_key(&(size, 0)) {
            continue;
        }
        for side in [0, 1] {
            if let Some(resamples) = Resamples::new(size, IMPROVEMENT_RESAMPLES, side) {
                drawn.insert((size, side), resamples);
            }
        }
    }
    let mut comparisons = parallel::map(&wanted, |&(dataset, condition, other, against)| {
        let (x, y) = (groups.get(dataset, condition)?, groups.get(dataset, other)?);
        let sides = Sides::of(x, y, Quantity::TestLoss);
        Some(of(dataset, condition, other, against, sides, &drawn))
    })
    .into_iter()
    .flatten()
    .collect::<Vec<_>>();
    correct(&mut comparisons);
    comparisons
}

fn of(
    dataset: &str,
    condition: &str,
    other: &str,
    against: Against,
    sides: Sides,
    drawn: &HashMap<(usize, u64), Resamples>,
) -> Comparison {
    let (x, y) = (&sides.x[..], &sides.y[..]);
    let resamples = drawn.get(&(x.len(), 0)).zip(drawn.get(&(y.len(), 1)));
    Comparison {
        dataset: dataset.to_owned(),
        condition: condition.to_owned(),
        other: other.to_owned(),
        against,
        difference: mean(x).and_then(|a| Ok(a - mean(y)?)),
        welch: welch(x, y, 0.95),
        mann_whitney: mann_whitney(x, y),
        paired_t: paired_t(&sides.x_shared, &sides.y_shared, 0.95),
        wilcoxon: wilcoxon(&sides.x_shared, &sides.y_shared),
        hedges_g: hedges_g(x, y, 0.95),
        cliff_delta: cliff_delta(x, y, 0.95),
        improvement: probability_of_improvement(x, y, 0.95, resamples),
        equivalence: mean(y).and_then(|m| sides.equivalence(NOTICEABLE * m.abs())),
        detectable: sides.detectable(),
        holm: Corrected::default(),
        sides,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Run, RunTable};

    fn table(rows: &[(&str, u64, f64)]) -> RunTable {
        let run = |&(condition, seed, loss): &(&str, u64, f64)| Run {
            dataset: "d".into(),
            condition: condition.into(),
            seed,
            test_loss: Some(loss),
            train_loss: None,
            best_epoch: None,
        };
        let runs: Vec<Run> = rows.iter().map(run).collect();
        let column = |name: &str, get: fn(&Run) -> &str| {
            polars::prelude::Column::new(name.into(), runs.iter().map(get).collect::<Vec<_>>())
        };
        let columns = vec![column("dataset", |r| &r.dataset), column("condition", |r| &r.condition)];
        let frame = polars::prelude::DataFrame::new_infer_height(columns).unwrap();
        RunTable { runs, frame }
    }

    #[test]
    fn conditions_meet_the_baseline_and_their_reference() {
        let table = table(&[
            ("baseline", 0, 1.0),
            ("baseline", 1, 1.1),
            ("a", 0, 2.0),
            ("a", 1, 2.2),
            ("a", 2, 2.1),
            ("b", 0, 1.5),
            ("b", 1, 1.4),
        ]);
        let comparisons = compare(&Groups::of(&table), None);
        let named: Vec<_> = comparisons.iter().map(|c| (c.condition.as_str(), c.other.as_str())).collect();
        assert_eq!(named, [("a", "baseline"), ("b", "baseline"), ("b", "a")]);
        assert_eq!(comparisons[0].unpaired_seeds(), "seed 2 only in a");
        assert!((comparisons[0].difference.unwrap() - 1.05).abs() < 1e-12);
        let first = &comparisons[0];
        assert!(first.holm.welch.unwrap() >= first.welch.unwrap().p.two_sided);
        // Only one comparison with the reference: nothing to correct for.
        assert_eq!(comparisons[2].holm.welch, Some(comparisons[2].welch.unwrap().p.two_sided));
    }

    #[test]
    fn a_condition_under_two_names_is_corrected_for_once() {
        let rows = |names: &[&'static str]| -> Vec<(&'static str, u64, f64)> {
            let losses = |name: &str| if name == "baseline" { [1.0, 1.1, 1.2] } else { [1.5, 1.7, 1.4] };
            let of = |&name: &&'static str| (0..).zip(losses(name)).map(move |(seed, loss)| (name, seed, loss));
            names.iter().flat_map(of).chain([("c", 0, 1.1), ("c", 1, 1.2), ("c", 2, 1.0)]).collect()
        };
        let corrected = |names: &[&'static str]| -> HashMap<String, Corrected> {
            let table = table(&rows(names));
            let comparisons = compare(&Groups::of(&table), None);
            let with_baseline = comparisons.into_iter().filter(|c| c.against == Against::Baseline);
            with_baseline.map(|c| (c.condition, c.holm)).collect()
        };
        let (once, twice) = (corrected(&["baseline", "a"]), corrected(&["baseline", "a", "b"]));
        assert_eq!((twice["a"], twice["b"], twice["c"]), (once["a"], once["a"], once["c"]));
    }
}
