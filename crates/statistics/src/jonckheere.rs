//! The Jonckheere–Terpstra test.

use crate::distributions::PValues;
use crate::location::sorted;
use crate::mann_whitney::RankTest;
use crate::moments::check;
use crate::not_defined::{Defined, NotDefined};
use crate::ranks::{doubled_midranks, subset_sums, tails};

/// With at most this many values in all, and no ties, the distribution is exact.
pub const EXACT_VALUES: usize = 40;

/// The Jonckheere–Terpstra test of a trend over ordered, independent groups. The statistic is the number of pairs of values
/// in which the later group's is larger, an equal pair counting half; `greater` is a rising trend.
///
/// Up to 40 values without ties, p-values are exact: the statistic is a sum of independent Mann–Whitney counts of each group
/// against all before it. Otherwise they come from the normal distribution with the variance for ties of Hollander and Wolfe
/// and no continuity correction. scipy and statsmodels have no such test; it is R's `clinfun::jonckheere.test`.
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
    let ordered: Vec<Vec<f64>> = groups.iter().map(|g| sorted(g)).collect();
    let mut twice = 0usize;
    for (i, earlier) in ordered.iter().enumerate() {
        for later in &ordered[i + 1..] {
            for value in earlier {
                let above = later.len() - later.partition_point(|v| v <= value);
                let not_below = later.len() - later.partition_point(|v| v < value);
                twice += above + not_below;
            }
        }
    }
    let statistic = twice as f64 / 2.0;
    let pooled = ordered.concat();
    let ties = doubled_midranks(&pooled).1;
    if ties.len() == 1 {
        return Err(NotDefined::NoDifference);
    }
    let sizes: Vec<usize> = groups.iter().map(|g| g.len()).collect();
    if pooled.len() <= EXACT_VALUES && ties.iter().all(|&t| t == 1) {
        let (less, greater) = tails(&distribution(&sizes), twice / 2);
        return Ok(RankTest { statistic, p: PValues::of_tails(less, greater), exact: true });
    }
    let n = pooled.len() as f64;
    let sum = |counts: &[usize], f: fn(f64) -> f64| counts.iter().map(|&c| f(c as f64)).sum::<f64>();
    let mean = (n * n - sum(&sizes, |c| c * c)) / 4.0;
    let cubic: fn(f64) -> f64 = |c| c * (c - 1.0) * (2.0 * c + 5.0);
    let triple: fn(f64) -> f64 = |c| c * (c - 1.0) * (c - 2.0);
    let double: fn(f64) -> f64 = |c| c * (c - 1.0);
    let mut variance = (cubic(n) - sum(&sizes, cubic) - sum(&ties, cubic)) / 72.0;
    if n > 2.0 {
        variance += sum(&sizes, triple) * sum(&ties, triple) / (36.0 * triple(n));
    }
    variance += sum(&sizes, double) * sum(&ties, double) / (8.0 * double(n));
    if variance <= 0.0 {
        return Err(NotDefined::ZeroVariance);
    }
    Ok(RankTest { statistic, p: PValues::of_z((statistic - mean) / variance.sqrt()), exact: false })
}

/// Relative frequencies of the statistic without ties.
fn distribution(sizes: &[usize]) -> Vec<f64> {
    let (mut all, mut before) = (vec![1.0], sizes[0]);
    for &size in &sizes[1..] {
        // Rank sums of the new group among it and all before; its least sum is where it is lowest throughout.
        let ranks: Vec<u32> = (1..=(before + size) as u32).collect();
        let sums = subset_sums(&ranks, size);
        let least = size * (size + 1) / 2;
        let counts = &sums[least..=least + size * before];
        let total: f64 = counts.iter().sum();
        let mut next = vec![0.0; all.len() + counts.len() - 1];
        for (i, a) in all.iter().enumerate() {
            for (j, b) in counts.iter().enumerate() {
                next[i + j] += a * b / total;
            }
        }
        all = next;
        before += size;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_order_of_three_groups_of_two() {
        let test = jonckheere(&[&[1.0, 2.0], &[3.0, 4.0], &[5.0, 6.0]]).unwrap();
        // One arrangement of 6!/(2!·2!·2!) = 90 is as extreme.
        assert!(test.exact && test.statistic == 12.0 && (test.p.greater - 1.0 / 90.0).abs() < 1e-12);
        assert!((test.p.less - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_trend_is_said() {
        assert_eq!(jonckheere(&[&[1.0]]), Err(NotDefined::TooFewGroups { needed: 2 }));
        assert_eq!(jonckheere(&[&[1.0, 1.0], &[1.0]]), Err(NotDefined::NoDifference));
        assert!(jonckheere(&[&[1.0], &[]]).is_err());
    }

    #[test]
    fn two_groups_are_a_mann_whitney_test() {
        let (x, y) = ([1.0, 5.0, 2.5, 7.0], [3.0, 4.0, 8.0]);
        let trend = jonckheere(&[&x, &y]).unwrap();
        let ranks = crate::mann_whitney::mann_whitney(&y, &x).unwrap();
        assert!((trend.p.two_sided - ranks.p.two_sided).abs() < 1e-12 && trend.statistic == ranks.statistic);
    }
}
