//! Standard deviations that differences of means are measured in.

use crate::moments::{differences, moments};
use crate::not_defined::{Defined, NotDefined};

/// The standard deviation (n − 1) of the differences of pairs.
///
/// # Errors
/// For fewer than two pairs, sides of unequal length, and differences without spread.
pub fn deviation_of_differences(x: &[f64], y: &[f64]) -> Defined<f64> {
    root(moments(&differences(x, y)?)?.variance)
}

/// The root of the mean of two samples' variances (n − 1).
///
/// # Errors
/// For fewer than two values on a side, and where neither side has any spread.
pub fn pooled_deviation(x: &[f64], y: &[f64]) -> Defined<f64> {
    root((moments(x)?.variance + moments(y)?.variance) / 2.0)
}

/// The standard deviation which, if both samples had it, would give their difference of means the standard error that Welch's
/// test gives it. It is the pooled deviation of samples of one size.
///
/// # Errors
/// For fewer than two values on a side, and where neither side has any spread.
pub fn welch_deviation(x: &[f64], y: &[f64]) -> Defined<f64> {
    if x.len() == y.len() {
        return pooled_deviation(x, y);
    }
    let (a, b) = (moments(x)?, moments(y)?);
    root((a.variance / a.n + b.variance / b.n) / (1.0 / a.n + 1.0 / b.n))
}

fn root(variance: f64) -> Defined<f64> {
    if variance > 0.0 { Ok(variance.sqrt()) } else { Err(NotDefined::ZeroVariance) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_samples_have_their_own_units() {
        assert_eq!(deviation_of_differences(&[3.0, 5.0], &[1.0, 1.0]), Ok(2f64.sqrt()));
        assert_eq!(pooled_deviation(&[1.0, 3.0], &[5.0, 5.0]), Ok(1.0));
        // The larger sample has all the spread: less of it reaches the difference.
        let unequal = welch_deviation(&[1.0, 3.0, 2.0, 2.0], &[5.0, 5.0]).unwrap();
        assert!((unequal - (2.0f64 / 9.0).sqrt()).abs() < 1e-12, "{unequal}");
        assert_eq!(pooled_deviation(&[1.0, 1.0], &[5.0, 5.0]), Err(NotDefined::ZeroVariance));
        assert_eq!(deviation_of_differences(&[1.0], &[1.0, 2.0]), Err(NotDefined::UnequalLengths));
    }
}
