//! Ratios of positive quantities, such as epochs.

use crate::interval::Interval;
use crate::not_defined::{Defined, NotDefined, finite};
use crate::paired_t::paired_t;
use crate::welch::{TTest, welch};

/// A ratio of geometric means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// Geometric mean of the first side over that of the second.
    pub ratio: f64,
    /// Its interval.
    pub interval: Interval,
    /// The t-test of the logarithms it comes from.
    pub test: TTest,
}

/// The ratio of geometric means of independent samples: Welch's test of the logarithms, transformed back
/// (`exp` of `scipy.stats.ttest_ind(log(x), log(y), equal_var=False).confidence_interval()`).
///
/// # Errors
/// As for [`welch`], and for values that are not above zero.
pub fn ratio_welch(x: &[f64], y: &[f64], confidence: f64) -> Defined<Ratio> {
    of(welch(&logarithms(x)?, &logarithms(y)?, confidence)?)
}

/// The geometric mean of the ratios of pairs: the paired t-test of the logarithms, transformed back
/// (`exp` of `scipy.stats.ttest_rel(log(x), log(y)).confidence_interval()`).
///
/// # Errors
/// As for [`paired_t`], and for values that are not above zero.
pub fn ratio_paired(x: &[f64], y: &[f64], confidence: f64) -> Defined<Ratio> {
    of(paired_t(&logarithms(x)?, &logarithms(y)?, confidence)?)
}

fn logarithms(values: &[f64]) -> Defined<Vec<f64>> {
    let log = |v: &f64| if *v > 0.0 { finite(v.ln()) } else { Err(NotDefined::NotPositive) };
    values.iter().map(log).collect()
}

fn of(test: TTest) -> Defined<Ratio> {
    let interval = Interval { low: test.interval.low.exp(), high: finite(test.interval.high.exp())? };
    Ok(Ratio { ratio: finite(test.difference.exp())?, interval, test })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubling_is_a_ratio_of_two() {
        let ratio = ratio_paired(&[2.0, 4.4, 8.0], &[1.0, 2.0, 4.4], 0.95).unwrap();
        assert!((ratio.ratio - 2.0).abs() < 1e-12 && ratio.interval.holds(2.0));
        assert_eq!(ratio_welch(&[0.0, 1.0], &[1.0, 2.0], 0.95), Err(NotDefined::NotPositive));
    }
}
