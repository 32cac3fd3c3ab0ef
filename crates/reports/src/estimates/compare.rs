//! Each condition against the baseline and against its reference.

use statistics::{cliff_delta, hedges_g, mann_whitney, paired_t, probability_of_improvement, welch, wilcoxon};

use crate::conditions::{Group, Groups, Sides, reference};
use crate::estimates::additive::AdditiveModels;
use crate::estimates::comparison::{Against, Comparison, NOTICEABLE};
use crate::estimates::corrected::Corrected;
use crate::estimates::family::correct;
use crate::parallel;
use crate::runs::Quantity;

/// Compares each condition with the baseline, where the table has one, and with its reference. `chosen` replaces the
/// natural reference.
pub fn compare(groups: &Groups<'_>, chosen: Option<&str>) -> Vec<Comparison> {
    let mut wanted = Vec::new();
    for dataset in groups.datasets() {
        for condition in groups.studied(dataset) {
            if let Some(baseline) = groups.baseline(condition) {
                wanted.push((condition, baseline, Against::Baseline));
            }
            let other = match chosen {
                Some(label) => groups.get(dataset, label).filter(|other| other.condition != condition.condition),
                None => reference(groups, condition),
            };
            if let Some(other) = other {
                wanted.push((condition, other, Against::Reference));
            }
        }
    }
    let (models, higher_is_better) = (AdditiveModels::of(groups), groups.measure().higher_is_better);
    let mut comparisons =
        parallel::map(&wanted, |&(condition, other, against)| of(condition, other, against, higher_is_better, &models));
    correct(&mut comparisons);
    comparisons
}

fn of(
    condition: &Group<'_>,
    other: &Group<'_>,
    against: Against,
    higher_is_better: bool,
    models: &AdditiveModels<'_>,
) -> Comparison {
    let sides = Sides::of(condition, other, Quantity::Analysed);
    let (x, y) = (&sides.x[..], &sides.y[..]);
    let improvement = if higher_is_better {
        // The statistic is for losses; of two values the higher is the one whose negative is lower.
        let negative = |values: &[f64]| values.iter().map(|v| -v).collect::<Vec<_>>();
        probability_of_improvement(&negative(x), &negative(y), 0.95)
    } else {
        probability_of_improvement(x, y, 0.95)
    };
    Comparison {
        dataset: condition.dataset.to_owned(),
        condition: condition.condition.to_owned(),
        other: other.condition.to_owned(),
        against,
        difference: sides.difference(),
        welch: welch(x, y, 0.95),
        mann_whitney: mann_whitney(x, y),
        paired_t: paired_t(&sides.x_shared, &sides.y_shared, 0.95),
        wilcoxon: wilcoxon(&sides.x_shared, &sides.y_shared),
        hedges_g: hedges_g(x, y, 0.95),
        cliff_delta: cliff_delta(x, y, 0.95),
        improvement,
        equivalence: sides.equivalence(NOTICEABLE),
        additive: models.difference(condition, other),
        detectable: sides.detectable(),
        holm: Corrected::default(),
        sides,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimates::corrected::Corrected;
    use crate::table::RunTable;
    use std::collections::HashMap;

    fn table(rows: &[(&str, u64, f64)]) -> RunTable {
        let rows: String =
            rows.iter().map(|(condition, seed, loss)| format!("d,{condition},{seed},{loss}\n")).collect();
        let text = format!("dataset,condition,seed,test_loss\n{rows}");
        RunTable::from_csv(text.into(), std::path::Path::new("runs.csv")).unwrap()
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
