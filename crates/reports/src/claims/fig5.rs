//! Claims on two-dimensional paths (Figure 5).

use std::collections::BTreeSet;

use crate::claims::claim::{Claim, Evidence};
use crate::claims::findings::{difference, trend_of};
use crate::claims::part::{Claimed, Part};
use crate::claims::role::Role;
use crate::claims::verdict::Quorum;
use crate::conditions::{Group, along};
use crate::roles::{Axis, Factors};

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
        quorum: Quorum::Most,
    },
    Claim {
        id: "5b",
        statement: "The result depends on the path: same ends, same number of tasks, different order, different test loss.",
        hypothesis: "At the same N, the two orders of undoing the same two transformations end at different mean test losses.",
        figures: &[5],
        rule: "Reproduced where they differ at any N for any two transformations (Holm-corrected p < 0.05), contradicted where \
               they are equivalent within 5 % at every one (likewise).",
        parts: orders,
        quorum: Quorum::Any,
    },
];

/// Conditions on paths in two transformations; a table that does not say strengths is taken to have no others.
fn two_dimensional<'g, 'a>(evidence: &'g Evidence<'a>) -> Vec<&'g Group<'a>> {
    let studied = evidence.studied(5, DATASET);
    studied.into_iter().filter(|group| group.factors.dimensions().is_none_or(|n| n == 2)).collect()
}

fn paths(evidence: &Evidence<'_>) -> Vec<Part> {
    let groups = evidence.figure(5);
    let parts: Vec<Part> = along(&two_dimensional(evidence), &Axis::Tasks)
        .into_iter()
        .map(|found| match found {
            Ok(sequence) => trend_of(groups, DATASET, sequence, Claimed::Lower),
            Err(ambiguity) => Part::new(DATASET, ambiguity.reason, "trend", "trend of the test loss"),
        })
        .collect();
    if parts.is_empty() {
        return vec![Part::new(DATASET, "paths in two transformations".into(), "trend", "trend of the test loss")];
    }
    parts
}

/// Pairs of conditions that differ in nothing but the order in which the same two transformations are undone; diagonals have
/// none.
fn orders(evidence: &Evidence<'_>) -> Vec<Part> {
    let studied = two_dimensional(evidence);
    let without_path = |group: &Group<'_>| Factors { path: None, ..group.factors.clone() };
    let mut parts = Vec::new();
    for (i, first) in studied.iter().enumerate() {
        for second in &studied[i + 1..] {
            let (a, b) = (order(first.factors), order(second.factors));
            let same_set = a.iter().collect::<BTreeSet<_>>() == b.iter().collect::<BTreeSet<_>>();
            // With two tasks there is no corner to go around: every path is the same jump.
            let has_corner = first.factors.tasks.is_some_and(|n| n > 2);
            if has_corner && a.len() == 2 && same_set && a != b && without_path(first) == without_path(second) {
                parts.push(difference(DATASET, &Role::of(first), &Role::of(second)));
            }
        }
    }
    if parts.is_empty() {
        let what = "two orders of the same two transformations".into();
        parts.push(Part::new(DATASET, what, "t", "difference of mean test losses"));
    }
    parts
}

/// The transformations that a path undoes one after the other, in its order.
fn order(factors: &Factors) -> Vec<&str> {
    let path = factors.path.as_deref().unwrap_or_default();
    path.split(" then ").map(str::trim).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_its_order() {
        let factors = |path: &str| Factors { path: Some(path.into()), ..Factors::default() };
        assert_eq!(order(&factors("blur then contrast")), ["blur", "contrast"]);
        assert_eq!(order(&factors("blur and shift")).len(), 1);
    }
}
