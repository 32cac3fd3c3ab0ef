//! The Mann–Whitney test.

use crate::distributions::{PValues, normal_sf};
use crate::moments::check;
use crate::not_defined::Defined;
use crate::rank_test::RankTest;
use crate::ranks::{doubled_midranks, subset_sums, tie_term};

/// With at most this many values on both sides together, the distribution is exact.
pub const EXACT_UP_TO: usize = 50;

/// The Mann–Whitney test that values of x tend to be smaller or larger than those of y (`scipy.stats.mannwhitneyu`).
///
/// Up to 50 values on both sides together, p-values come from the permutation distribution of the midranks at hand, which
/// is exact with ties too (`method="exact"` without ties, `method=PermutationMethod(n_resamples=inf)` with them). Beyond,
/// they come from the normal distribution with tie and continuity corrections (`method="asymptotic"`). Where every value is
/// the same, all are 1.
///
/// # Errors
/// For an empty side.
pub fn mann_whitney(x: &[f64], y: &[f64]) -> Defined<RankTest> {
    check(x, 1)?;
    check(y, 1)?;
    let pooled: Vec<f64> = x.iter().chain(y).copied().collect();
    let (ranks, ties) = doubled_midranks(&pooled);
    let sum: usize = ranks[..x.len()].iter().map(|&r| r as usize).sum();
    let (nx, ny) = (x.len() as f64, y.len() as f64);
    let u = sum as f64 / 2.0 - nx * (nx + 1.0) / 2.0;
    if pooled.len() <= EXACT_UP_TO {
        return Ok(RankTest::exact(u, &subset_sums(&ranks, x.len()), sum));
    }
    let n = nx + ny;
    let deviation = (nx * ny / 12.0 * ((n + 1.0) - tie_term(&ties) / (n * (n - 1.0)))).max(0.0).sqrt();
    let tail = |u: f64| if deviation == 0.0 { 1.0 } else { normal_sf((u - nx * ny / 2.0 - 0.5) / deviation) };
    Ok(RankTest::normal(u, PValues::of_tails(tail(nx * ny - u), tail(u))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank_test::Method;
    use proptest::prelude::*;

    #[test]
    fn the_smallest_samples() {
        let test = mann_whitney(&[1.0, 2.0], &[3.0, 4.0]).unwrap();
        assert_eq!(test.statistic, 0.0);
        assert!((test.p.two_sided - 1.0 / 3.0).abs() < 1e-12 && (test.p.less - 1.0 / 6.0).abs() < 1e-12);
        let between = mann_whitney(&[1.0, 4.0], &[2.0, 3.0]).unwrap();
        assert!((between.smallest_p - 1.0 / 3.0).abs() < 1e-12 && between.method == Method::Exact);
        assert_eq!(mann_whitney(&[1.0; 3], &[1.0; 2]).unwrap().p.two_sided, 1.0);
        assert_eq!(mann_whitney(&[1.0; 30], &[1.0; 30]).unwrap().p.two_sided, 1.0);
        assert!(mann_whitney(&[], &[1.0]).is_err());
    }

    proptest! {
        #[test]
        fn sides_swap(x in prop::collection::vec(0u8..6, 1..12), y in prop::collection::vec(0u8..6, 1..50)) {
            let (x, y): (Vec<f64>, Vec<f64>) = (x.iter().map(|&v| v.into()).collect(), y.iter().map(|&v| v.into()).collect());
            let (a, b) = (mann_whitney(&x, &y).unwrap(), mann_whitney(&y, &x).unwrap());
            prop_assert!((a.statistic + b.statistic - (x.len() * y.len()) as f64).abs() < 1e-9);
            prop_assert!((a.p.less - b.p.greater).abs() < 1e-9 && (a.p.two_sided - b.p.two_sided).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&a.p.two_sided) && a.p.less + a.p.greater >= 1.0 - 1e-9);
        }
    }
}
