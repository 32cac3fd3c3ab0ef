//! Claims on two-dimensional paths (Figure 5).

use std::collections::BTreeSet;

use crate::claims::findings::{difference, trend_of};
use crate::claims::part::{Claimed, Part};
use crate::claims::{Claim, Evidence, verdict};
use crate::labels::steps;
use crate::trends::sequences;

const DATASET: &str = "cifar10";

pub(crate) const CLAIMS: &[Claim] = &[
    Claim {
        id: "5a",
        statement: "In most two-dimensional paths a finer discretization lowers the test loss.",
        hypothesis: "The trend of the final test loss over the number of tasks falls, path by path.",
        figures: &[5],
        rule: "Reproduced where it falls in more than half of the paths (Holm-corrected p < 0.05), contradicted where it rises \
               in half of them or more.",
        parts: paths,
        decide: verdict::most,
    },
    Claim {
        id: "5b",
        statement: "The result depends on the path: same ends, same number of tasks, different order, different test loss.",
        hypothesis: "At the same N, the two orders of undoing the same two transformations end at different mean test losses.",
        figures: &[5],
        rule: "Reproduced where they differ at any N for any two transformations (Holm-corrected p < 0.05), contradicted where \
               they are equivalent within 5 % at every one (p < 0.05 each).",
        parts: orders,
        decide: verdict::any,
    },
];

fn paths(evidence: &Evidence<'_>) -> Vec<Part> {
    let groups = evidence.figure(5);
    let conditions = groups.map(|g| g.conditions(DATASET)).unwrap_or_default();
    let parts: Vec<Part> = sequences(&conditions)
        .into_iter()
        .map(|sequence| trend_of(groups, DATASET, sequence, Claimed::Lower))
        .collect();
    if parts.is_empty() {
        return vec![Part::new(DATASET, "paths in two transformations".into(), "trend", "Spearman's ρ with the order")];
    }
    parts
}

/// Pairs of conditions with the same N whose paths name the same transformations in another order; diagonals have none.
fn orders(evidence: &Evidence<'_>) -> Vec<Part> {
    let groups = evidence.figure(5);
    let conditions = groups.map(|g| g.conditions(DATASET)).unwrap_or_default();
    let mut parts = Vec::new();
    for (i, first) in conditions.iter().enumerate() {
        for second in &conditions[i + 1..] {
            let (Some((a, n)), Some((b, m))) = (steps(first), steps(second)) else {
                continue;
            };
            let (names, others) = (transforms(a), transforms(b));
            let same_set = names.iter().collect::<BTreeSet<_>>() == others.iter().collect::<BTreeSet<_>>();
            // With two tasks there is no corner to go around: every path is the same jump.
            if n == m && n > 2 && names.len() == 2 && same_set && names != others {
                parts.push(difference(groups, DATASET, first, second));
            }
        }
    }
    if parts.is_empty() {
        let what = "two orders of the same two transformations".into();
        parts.push(Part::new(DATASET, what, "t", "difference of mean test losses"));
    }
    parts
}

/// The transformations that a path's name names, in its order; none for a diagonal.
fn transforms(name: &str) -> Vec<&'static str> {
    let name = name.to_lowercase();
    if name.contains("diagonal") {
        return Vec::new();
    }
    let mut found: Vec<(usize, &'static str)> =
        ["blur", "contrast", "shift"].into_iter().filter_map(|t| Some((name.find(t)?, t))).collect();
    found.sort_unstable();
    found.into_iter().map(|pair| pair.1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_in_the_name() {
        assert_eq!(transforms("blur then contrast"), ["blur", "contrast"]);
        assert_eq!(transforms("shift → blur"), ["shift", "blur"]);
        assert!(transforms("blur + shift diagonal").is_empty());
    }
}
