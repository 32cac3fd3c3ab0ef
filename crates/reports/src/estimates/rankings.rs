//! Conditions from the best to the worst, and how sure their order is.

use statistics::{Rank, ranking};

use crate::conditions::{Group, Groups};
use crate::runs::{Quantity, Run};

/// The conditions of one dataset and network in the order of their means, baselines aside.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// Dataset.
    pub dataset: String,
    /// The network, where the table says it.
    pub network: Option<String>,
    /// Seeds that every condition has a run of, which are what is ranked. One that failed ranks last.
    pub seeds: usize,
    /// Conditions and their ranks, 1 being the best.
    pub ranked: Vec<(String, Rank)>,
}

/// Fewer conditions than these have no order worth a table.
const FEWEST: usize = 3;

/// The rankings of datasets and networks with three conditions or more that share two seeds at least.
pub(crate) fn rankings(groups: &Groups<'_>) -> Vec<Ranking> {
    let mut found = Vec::new();
    for dataset in groups.datasets() {
        let studied = groups.studied(dataset);
        let mut networks: Vec<&Option<String>> = Vec::new();
        for group in &studied {
            if !networks.contains(&&group.factors.network) {
                networks.push(&group.factors.network);
            }
        }
        for network in networks {
            let of_network: Vec<&Group<'_>> =
                studied.iter().copied().filter(|group| group.factors.network == *network).collect();
            found.extend(rank(dataset, network, &of_network, groups.measure().higher_is_better));
        }
    }
    found
}

fn rank(dataset: &str, network: &Option<String>, groups: &[&Group<'_>], higher_is_better: bool) -> Option<Ranking> {
    if groups.len() < FEWEST {
        return None;
    }
    let sign = if higher_is_better { -1.0 } else { 1.0 };
    let signed = |run: &Run| (run.seed, run.value(Quantity::Analysed).map_or(f64::INFINITY, |value| sign * value));
    let seeded: Vec<Vec<(u64, f64)>> =
        groups.iter().map(|group| group.runs.iter().map(|run| signed(run)).collect()).collect();
    let value = |of: &[(u64, f64)], seed: u64| of.iter().find(|run| run.0 == seed).map(|run| run.1);
    let shared: Vec<u64> =
        seeded[0].iter().map(|run| run.0).filter(|&seed| seeded.iter().all(|of| value(of, seed).is_some())).collect();
    let values: Vec<Vec<f64>> =
        seeded.iter().map(|of| shared.iter().filter_map(|&seed| value(of, seed)).collect()).collect();
    let ranks = ranking(&values, 0.95).ok()?;
    let mut ranked: Vec<(String, Rank)> = groups.iter().map(|group| group.condition.to_owned()).zip(ranks).collect();
    ranked.sort_by(|a, b| a.1.rank.total_cmp(&b.1.rank));
    Some(Ranking { dataset: dataset.to_owned(), network: network.clone(), seeds: shared.len(), ranked })
}

#[cfg(test)]
mod tests {
    use crate::runs::Measure;
    use crate::table::RunTable;
    use crate::{Analysis, Reading};

    const TEXT: &str = "dataset,condition,seed,test_loss\nd,baseline,0,1\nd,baseline,1,1\n\
                        d,a,0,3\nd,a,1,3.5\nd,b,0,2\nd,b,1,2.5\nd,c,0,2.5\nd,c,1,2.25\nd,c,2,0\n";

    #[test]
    fn conditions_are_ranked_over_the_seeds_that_all_have() {
        let table = RunTable::from_csv(TEXT.into(), std::path::Path::new("runs.csv")).unwrap();
        let [only] = &Analysis::of("t", None, &table, None).rankings[..] else { panic!() };
        let order: Vec<(&str, f64)> = only.ranked.iter().map(|(label, rank)| (label.as_str(), rank.rank)).collect();
        assert_eq!((only.seeds, order), (2, vec![("b", 1.0), ("c", 2.0), ("a", 3.0)]));
        let reading =
            Reading { measure: Measure { column: "test_loss".into(), higher_is_better: true }, ..Reading::default() };
        let table = RunTable::from_csv_as(TEXT.into(), std::path::Path::new("runs.csv"), &reading).unwrap();
        assert_eq!(Analysis::of("t", None, &table, None).rankings[0].ranked[0].0, "a");
    }
}
