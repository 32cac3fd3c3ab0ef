//! The Jonckheere–Terpstra test.

use crate::arrangements::{distribution_untied, distribution_with_ties, permutation_tails};
use crate::distributions::PValues;
use crate::location::sorted;
use crate::moments::check;
use crate::not_defined::{Defined, NotDefined};
use crate::rank_test::{Method, RankTest};
use crate::ranks::doubled_midranks;

/// With at most this many values in all, and no ties, the distribution is exact.
pub const EXACT_VALUES: usize = 40;

/// With at most this many values in all, ties are met by permutations where there are too many arrangements to go through;
/// beyond, the normal distribution is close enough.
const PERMUTED_VALUES: usize = 400;

/// The Jonckheere–Terpstra test of a trend over ordered, independent groups. The statistic is the number of pairs of values
/// in which the later group's is larger, an equal pair counting half; `greater` is a rising trend.
///
/// Up to 40 values without ties, p-values are exact: the statistic is a sum of independent Mann–Whitney counts of each group
/// against all before it. With ties they come from every arrangement of the values at hand, and where those are too many from
/// 20,000 seeded permutations. Beyond, they come from the normal distribution with the variance for ties of Hollander and
/// Wolfe and no continuity correction. scipy and statsmodels have no such test; it is R's `clinfun::jonckheere.test`.
///
/// # Errors
/// For fewer than two groups, an empty group, and values that are all equal.
pub fn jonckheere(groups: &[&[f64]]) -> Defined<RankTest> {
    if groups.len() < 2 {
        return Err(NotDefined::TooFewGroups { needed: 2 });
    }
    for group in groups {
        check(group, 1)?;
    }
    let pooled = groups.concat();
    let (ranks, ties) = doubled_midranks(&pooled);
    if ties.len() == 1 {
        return Err(NotDefined::NoDifference);
    }
    let twice = doubled_count(groups);
    let statistic = twice as f64 / 2.0;
    let sizes: Vec<usize> = groups.iter().map(|g| g.len()).collect();
    if ties.iter().all(|&t| t == 1) {
        if pooled.len() <= EXACT_VALUES {
            return Ok(RankTest::exact(statistic, &distribution_untied(&sizes), twice / 2));
        }
    } else if let Some(counts) = distribution_with_ties(&sizes, &ties) {
        return Ok(RankTest::exact(statistic, &counts, twice));
    } else if pooled.len() <= PERMUTED_VALUES {
        let (less, greater, drawn) = permutation_tails(&ranks, &sizes, twice);
        let smallest_p = 2.0 / (drawn + 1) as f64;
        return Ok(RankTest {
            statistic,
            p: PValues::of_tails(less, greater),
            method: Method::Permutations { drawn },
            smallest_p,
        });
    }
    normal(statistic, &sizes, &ties)
}

/// Twice the number of pairs in which the later group's value is larger, an equal pair counting half.
fn doubled_count(groups: &[&[f64]]) -> usize {
    let ordered: Vec<Vec<f64>> = groups.iter().map(|g| sorted(g)).collect();
    let mut twice = 0;
    for (i, earlier) in ordered.iter().enumerate() {
        for later in &ordered[i + 1..] {
            for value in earlier {
                let above = later.len() - later.partition_point(|v| v <= value);
                let not_below = later.len() - later.partition_point(|v| v < value);
                twice += above + not_below;
            }
        }
    }
    twice
}

fn normal(statistic: f64, sizes: &[usize], ties: &[usize]) -> Defined<RankTest> {
    let n = sizes.iter().sum::<usize>() as f64;
    let sum = |counts: &[usize], f: fn(f64) -> f64| counts.iter().map(|&c| f(c as f64)).sum::<f64>();
    let mean = (n * n - sum(sizes, |c| c * c)) / 4.0;
    let cubic: fn(f64) -> f64 = |c| c * (c - 1.0) * (2.0 * c + 5.0);
    let triple: fn(f64) -> f64 = |c| c * (c - 1.0) * (c - 2.0);
    let double: fn(f64) -> f64 = |c| c * (c - 1.0);
    let mut variance = (cubic(n) - sum(sizes, cubic) - sum(ties, cubic)) / 72.0;
    if n > 2.0 {
        variance += sum(sizes, triple) * sum(ties, triple) / (36.0 * triple(n));
    }
    variance += sum(sizes, double) * sum(ties, double) / (8.0 * double(n));
    if variance <= 0.0 {
        return Err(NotDefined::ZeroVariance);
    }
    Ok(RankTest::normal(statistic, PValues::of_z((statistic - mean) / variance.sqrt())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_order_of_three_groups_of_two() {
        let test = jonckheere(&[&[1.0, 2.0], &[3.0, 4.0], &[5.0, 6.0]]).unwrap();
        // One arrangement of 6!/(2!·2!·2!) = 90 is as extreme.
        assert!(test.method == Method::Exact && test.statistic == 12.0);
        assert!((test.p.greater - 1.0 / 90.0).abs() < 1e-12 && (test.p.less - 1.0).abs() < 1e-12);
        assert!((test.smallest_p - 2.0 / 90.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_trend_is_said() {
        assert_eq!(jonckheere(&[&[1.0]]), Err(NotDefined::TooFewGroups { needed: 2 }));
        assert_eq!(jonckheere(&[&[1.0, 1.0], &[1.0]]), Err(NotDefined::NoDifference));
        assert!(jonckheere(&[&[1.0], &[]]).is_err());
    }

    #[test]
    fn two_groups_are_a_mann_whitney_test() {
        for (x, y) in [([1.0, 5.0, 2.5, 7.0], [3.0, 4.0, 8.0]), ([1.0, 3.0, 3.0, 2.0], [3.0, 2.0, 8.0])] {
            let trend = jonckheere(&[&x, &y]).unwrap();
            let ranks = crate::mann_whitney::mann_whitney(&y, &x).unwrap();
            assert!((trend.p.two_sided - ranks.p.two_sided).abs() < 1e-12 && trend.statistic == ranks.statistic);
            assert!((trend.smallest_p - ranks.smallest_p).abs() < 1e-12);
        }
    }

    /// Two arrangements of twenty are as low: {3, 2, 2} and one of the two ones is in no group's way.
    #[test]
    fn ties_are_exact_too() {
        let test = jonckheere(&[&[3.0, 2.0, 2.0], &[1.0, 1.0, 0.0]]).unwrap();
        assert!((test.p.two_sided - 0.1).abs() < 1e-12 && test.method == Method::Exact, "{test:?}");
    }

    /// Too many arrangements: values on a grid of 100 levels in six groups of fifteen.
    #[test]
    fn permutations_are_near_the_normal_distribution() {
        let groups: Vec<Vec<f64>> =
            (0..6).map(|g| (0..15).map(|i| f64::from((i * 37 + g * 11) % 100 / 2)).collect()).collect();
        let slices: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
        let test = jonckheere(&slices).unwrap();
        assert_eq!(test.method, Method::Permutations { drawn: 20_000 });
        let ties = doubled_midranks(&groups.concat()).1;
        let approximate = normal(test.statistic, &[15; 6], &ties).unwrap();
        assert!((test.p.greater - approximate.p.greater).abs() < 0.02, "{test:?} {approximate:?}");
    }
}
