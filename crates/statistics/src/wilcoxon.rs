//! Wilcoxon's signed-rank test.

use crate::distributions::{PValues, normal_sf};
use crate::moments::{differences, rounding};
use crate::not_defined::{Defined, NotDefined};
use crate::rank_test::RankTest;
use crate::ranks::{all_subset_sums, doubled_midranks, tie_term};

/// With at most this many pairs that differ, the distribution is exact.
pub const EXACT_PAIRS: usize = 50;

/// Wilcoxon's signed-rank test of pairs: are the differences x − y symmetric about zero (`scipy.stats.wilcoxon`)? The
/// statistic is the sum of the ranks of the positive differences.
///
/// Pairs without a difference are left out (`zero_method="wilcox"`); differences that agree but for rounding are equal, which
/// scipy does not know of. Up to 50 remaining pairs, p-values come from all sign
/// patterns of the midranks at hand, exact with ties too (`method="exact"`, with ties or zeros
/// `method=PermutationMethod(n_resamples=inf)`); beyond, from the normal distribution with tie and continuity corrections
/// (`method="asymptotic", correction=True`).
///
/// # Errors
/// For unequal lengths, no pairs, and pairs that are all equal.
pub fn wilcoxon(x: &[f64], y: &[f64]) -> Defined<RankTest> {
    let differences = differences(x, y)?;
    let rounding = rounding(x, y);
    let nonzero: Vec<f64> = differences.into_iter().filter(|d| d.abs() > rounding).collect();
    if nonzero.is_empty() {
        return Err(NotDefined::NoDifference);
    }
    let (ranks, ties) = doubled_midranks(&tied(&nonzero, rounding));
    let positive: usize = ranks.iter().zip(&nonzero).filter(|(_, d)| **d > 0.0).map(|(&r, _)| r as usize).sum();
    let statistic = positive as f64 / 2.0;
    if nonzero.len() <= EXACT_PAIRS {
        return Ok(RankTest::exact(statistic, &all_subset_sums(&ranks), positive));
    }
    let n = nonzero.len() as f64;
    let deviation = ((n * (n + 1.0) * (2.0 * n + 1.0) - tie_term(&ties) / 2.0) / 24.0).sqrt();
    let distance = statistic - n * (n + 1.0) / 4.0;
    let tail = |distance: f64| normal_sf((distance - 0.5) / deviation);
    Ok(RankTest::normal(statistic, PValues::of_tails(tail(-distance), tail(distance))))
}

/// The sizes of differences, those that agree but for rounding being the same number: 2.4 − 2.2 is as much as 1.1 − 0.9.
fn tied(differences: &[f64], rounding: f64) -> Vec<f64> {
    let mut sizes: Vec<f64> = differences.iter().map(|d| d.abs()).collect();
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|&a, &b| sizes[a].total_cmp(&sizes[b]));
    for pair in order.windows(2) {
        if sizes[pair[1]] - sizes[pair[0]] <= rounding {
            sizes[pair[1]] = sizes[pair[0]];
        }
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As decimals, five differences are of one size: their ranks are the mean of 2 to 6, whatever their binary rounding.
    #[test]
    fn differences_that_agree_but_for_rounding_are_tied() {
        let x = [2.20, 1.10, 1.36, 2.14, 1.04, 1.03];
        let y = [2.40, 0.90, 1.56, 1.94, 1.14, 0.83];
        let test = wilcoxon(&x, &y).unwrap();
        let whole = |values: [f64; 6]| values.map(|v| (100.0 * v).round());
        assert_eq!((test.statistic, test), (12.0, wilcoxon(&whole(x), &whole(y)).unwrap()));
    }

    #[test]
    fn three_pairs_cannot_do_better_than_a_quarter() {
        let test = wilcoxon(&[2.0, 4.0, 7.0], &[1.0, 2.0, 3.0]).unwrap();
        assert_eq!((test.statistic, test.p.greater, test.p.two_sided), (6.0, 0.125, 0.25));
        assert_eq!(test.smallest_p, 0.25);
    }

    #[test]
    fn zeros_are_left_out() {
        let test = wilcoxon(&[1.0, 2.0, 3.0], &[1.0, 1.0, 1.0]).unwrap();
        assert_eq!((test.statistic, test.p.greater), (3.0, 0.25));
        assert_eq!(wilcoxon(&[1.0, 2.0], &[1.0, 2.0]), Err(NotDefined::NoDifference));
    }
}
