//! The t-test of pairs.

use crate::moments::{differences, moments};
use crate::not_defined::{Defined, NotDefined};
use crate::welch::TTest;

/// The t-test of the mean difference x − y of pairs (`scipy.stats.ttest_rel`).
///
/// # Errors
/// For unequal lengths, fewer than two pairs, and pairs that all differ by the same amount.
pub fn paired_t(x: &[f64], y: &[f64], confidence: f64) -> Defined<TTest> {
    one_sample_t(&differences(x, y)?, confidence)
}

/// The t-test of a mean against zero (`scipy.stats.ttest_1samp(x, 0)`).
///
/// # Errors
/// For fewer than two values, and values without spread.
pub fn one_sample_t(values: &[f64], confidence: f64) -> Defined<TTest> {
    let m = moments(values)?;
    if m.variance == 0.0 {
        return Err(NotDefined::ZeroVariance);
    }
    TTest::new(m.mean, (m.variance / m.n).sqrt(), m.n - 1.0, confidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_test_is_said() {
        assert_eq!(paired_t(&[1.0, 2.0], &[1.0], 0.95), Err(NotDefined::UnequalLengths));
        assert_eq!(paired_t(&[0.3, 0.4], &[0.2, 0.3], 0.95), Err(NotDefined::ZeroVariance));
        assert_eq!(paired_t(&[1.0], &[2.0], 0.95), Err(NotDefined::TooFew { needed: 2 }));
    }
}
