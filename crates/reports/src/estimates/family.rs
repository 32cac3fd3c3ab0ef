//! Which tests are corrected together.

use std::collections::HashMap;

use statistics::holm;

use crate::estimates::comparison::{Against, Comparison};
use crate::estimates::corrected::Corrected;

/// What a family of tests is, in words: Holm's correction is within it.
pub const FAMILY: &str = "all comparisons of one dataset and one kind (with the baseline, or with the reference), each test \
                          on its own; conditions with the very same values, as two-task paths of several orders have, count as one";

/// Corrects every test of every family.
pub(crate) fn correct(comparisons: &mut [Comparison]) {
    let mut families: HashMap<(String, Against), Vec<usize>> = HashMap::new();
    for (index, comparison) in comparisons.iter().enumerate() {
        families.entry((comparison.dataset.clone(), comparison.against)).or_default().push(index);
    }
    type Get = fn(&Comparison) -> Option<f64>;
    type Set = fn(&mut Corrected, f64);
    let tests: [(Get, Set); 4] = [
        (|c| c.welch.ok().map(|t| t.p.two_sided), |h, p| h.welch = Some(p)),
        (|c| c.mann_whitney.ok().map(|t| t.p.two_sided), |h, p| h.mann_whitney = Some(p)),
        (|c| c.paired_t.ok().map(|t| t.p.two_sided), |h, p| h.paired_t = Some(p)),
        (|c| c.wilcoxon.ok().map(|t| t.p.two_sided), |h, p| h.wilcoxon = Some(p)),
    ];
    for members in families.values() {
        let same = same_values(members, comparisons);
        for (get, set) in tests {
            let found: Vec<(&[usize], f64)> =
                same.iter().filter_map(|same| Some((&same[..], get(&comparisons[same[0]])?))).collect();
            let adjusted = holm(&found.iter().map(|pair| pair.1).collect::<Vec<_>>());
            for ((same, _), p) in found.into_iter().zip(adjusted) {
                same.iter().for_each(|&index| set(&mut comparisons[index].holm, p));
            }
        }
    }
}

/// The members that compare the same values, together: that is one test, however many names it has.
fn same_values(members: &[usize], comparisons: &[Comparison]) -> Vec<Vec<usize>> {
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    let mut places: HashMap<[Vec<u64>; 4], usize> = HashMap::new();
    let mut all: Vec<Vec<usize>> = Vec::new();
    for &index in members {
        let sides = &comparisons[index].sides;
        let values = [&sides.x, &sides.y, &sides.x_shared, &sides.y_shared].map(|values| bits(values));
        let place = *places.entry(values).or_insert(all.len());
        match all.get_mut(place) {
            Some(same) => same.push(index),
            None => all.push(vec![index]),
        }
    }
    all
}
