//! Welch's t-test.

use crate::distributions::{PValues, t_critical};
use crate::interval::Interval;
use crate::moments::moments;
use crate::not_defined::{Defined, NotDefined, finite};

/// A t-test of a difference of means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TTest {
    /// Mean of the first side minus mean of the second.
    pub difference: f64,
    /// Its confidence interval.
    pub interval: Interval,
    /// The t statistic.
    pub t: f64,
    /// Its degrees of freedom.
    pub degrees: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// P-values.
    pub p: PValues,
}

impl TTest {
    pub(crate) fn new(difference: f64, standard_error: f64, degrees: f64, confidence: f64) -> Defined<Self> {
        // A standard error of zero beside a difference is no certainty but a sample that shows no spread.
        if standard_error == 0.0 {
            return Err(NotDefined::ZeroVariance);
        }
        let t = finite(difference / standard_error)?;
        Ok(Self {
            difference,
            interval: Interval::around(difference, t_critical(confidence, degrees)? * standard_error)?,
            t,
            degrees,
            standard_error,
            p: PValues::of_t(t, degrees),
        })
    }
}

/// Welch's test of the difference of two means, the variances of which may differ, with Satterthwaite's degrees of freedom
/// (`scipy.stats.ttest_ind(x, y, equal_var=False)`).
///
/// # Errors
/// For fewer than two values on a side, and where neither side has any spread.
pub fn welch(x: &[f64], y: &[f64], confidence: f64) -> Defined<TTest> {
    let (a, b) = (moments(x)?, moments(y)?);
    let (va, vb) = (a.variance / a.n, b.variance / b.n);
    if va + vb == 0.0 {
        return Err(NotDefined::ZeroVariance);
    }
    // Shares of the variance, as its square may leave the range of numbers.
    let (sa, sb) = (va / (va + vb), vb / (va + vb));
    let degrees = 1.0 / (sa * sa / (a.n - 1.0) + sb * sb / (b.n - 1.0));
    TTest::new(finite(a.mean - b.mean)?, finite(va + vb)?.sqrt(), degrees, confidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spread_is_said_and_one_sided_spread_is_enough() {
        assert_eq!(welch(&[1.0, 1.0], &[2.0, 2.0], 0.95), Err(NotDefined::ZeroVariance));
        assert_eq!(welch(&[1.0], &[2.0, 2.0], 0.95), Err(NotDefined::TooFew { needed: 2 }));
        let test = welch(&[1.0, 1.0], &[2.0, 4.0], 0.95).unwrap();
        assert!((test.degrees - 1.0).abs() < 1e-12 && test.difference == -2.0);
    }
}
