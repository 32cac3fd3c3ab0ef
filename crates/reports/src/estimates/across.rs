//! A condition over all datasets.

use statistics::{Defined, Estimate, NotDefined, mean, stratified_interquartile_mean};

use crate::conditions::{Groups, Sides};
use crate::runs::Quantity;

/// How a condition stands to the baselines of all its datasets.
#[derive(Clone, Debug, PartialEq)]
pub struct Across {
    /// Condition.
    pub condition: String,
    /// Datasets that have it and a baseline.
    pub datasets: Vec<String>,
    /// Runs on each.
    pub sizes: Vec<usize>,
    /// The interquartile mean of the natural logarithms of the ratios of its runs to their baselines, seed by seed where the seeds
    /// are shared and to the mean logarithm of the baseline where they are not; each dataset is a stratum of the bootstrap.
    pub log_ratio: Defined<Estimate>,
}

/// Every condition that at least two datasets have, beside a baseline.
pub(crate) fn across(groups: &Groups<'_>) -> Vec<Across> {
    let mut found: Vec<Across> = Vec::new();
    for group in groups.groups.iter().filter(|group| !group.factors.is_baseline) {
        if found.iter().any(|one| one.condition == group.condition) {
            continue;
        }
        let compared: Vec<(&str, Sides)> = groups
            .datasets()
            .into_iter()
            .filter_map(|dataset| {
                let here = groups.get(dataset, group.condition).filter(|here| !here.factors.is_baseline)?;
                let sides = Sides::of(here, groups.baseline(here)?, Quantity::Analysed);
                (!sides.x.is_empty() && !sides.y.is_empty()).then_some((dataset, sides))
            })
            .collect();
        if compared.len() < 2 {
            continue;
        }
        let strata: Defined<Vec<Vec<f64>>> = compared.iter().map(|(_, sides)| log_ratios(sides)).collect();
        found.push(Across {
            condition: group.condition.to_owned(),
            datasets: compared.iter().map(|(dataset, _)| (*dataset).to_owned()).collect(),
            sizes: compared
                .iter()
                .map(|(_, sides)| if sides.is_paired() { sides.x_shared.len() } else { sides.x.len() })
                .collect(),
            log_ratio: strata.and_then(|strata| {
                stratified_interquartile_mean(&strata.iter().map(Vec::as_slice).collect::<Vec<_>>(), 0.95)
            }),
        });
    }
    found
}

fn log_ratios(sides: &Sides) -> Defined<Vec<f64>> {
    let logs = |values: &[f64]| -> Defined<Vec<f64>> {
        values.iter().map(|v| if *v > 0.0 { Ok(v.ln()) } else { Err(NotDefined::NotPositive) }).collect()
    };
    if sides.is_paired() {
        let (x, y) = (logs(&sides.x_shared)?, logs(&sides.y_shared)?);
        return Ok(x.iter().zip(&y).map(|(x, y)| x - y).collect());
    }
    let level = mean(&logs(&sides.y)?)?;
    Ok(logs(&sides.x)?.into_iter().map(|x| x - level).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::RunTable;

    #[test]
    fn ratios_are_to_each_dataset_s_own_baseline() {
        let mut text = "dataset,condition,seed,test_loss\n".to_owned();
        for (dataset, level) in [("a", 1.0), ("b", 10.0)] {
            for seed in 0..4 {
                let own = level * (1.0 + 0.1 * f64::from(seed));
                text.push_str(&format!("{dataset},baseline,{seed},{own}\n{dataset},x,{seed},{}\n", own * 1.5));
            }
        }
        text.push_str("b,only here,0,1\n");
        let table = RunTable::from_csv(text.into(), std::path::Path::new("runs.csv")).unwrap();
        let [one] = &across(&Groups::of(&table))[..] else { panic!("one condition is on both") };
        assert_eq!((one.condition.as_str(), &one.sizes[..]), ("x", &[4, 4][..]));
        assert!((one.log_ratio.unwrap().value - 1.5f64.ln()).abs() < 1e-12, "{one:?}");
    }
}
