//! Two one-sided tests: is a difference too small to matter?

use crate::distributions::t_cdf;
use crate::interval::Interval;
use crate::not_defined::{Defined, NotDefined};
use crate::paired_t::paired_t;
use crate::welch::{TTest, welch};

/// A test of equivalence against a margin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equivalence {
    /// Half the width of what counts as no difference.
    pub margin: f64,
    /// Mean of the first side minus mean of the second.
    pub difference: f64,
    /// P-value against "the difference is −margin or less".
    pub p_low: f64,
    /// P-value against "the difference is +margin or more": the test of non-inferiority, for losses.
    pub p_high: f64,
    /// P-value of equivalence: the larger of the two.
    pub p: f64,
    /// The 90 % interval of the difference, which lies within the margin where p < 0.05.
    pub interval: Interval,
    /// Standard error of the difference.
    pub standard_error: f64,
}

/// Equivalence of two means of independent samples, variances unequal (`statsmodels.stats.weightstats.ttost_ind` with
/// `usevar="unequal"`).
///
/// # Errors
/// As for [`welch`], and for a margin that is not above zero.
pub fn equivalence_welch(x: &[f64], y: &[f64], margin: f64) -> Defined<Equivalence> {
    of(welch(x, y, 0.9)?, margin)
}

/// Equivalence of the means of pairs (`statsmodels.stats.weightstats.ttost_paired`).
///
/// # Errors
/// As for [`paired_t`], and for a margin that is not above zero.
pub fn equivalence_paired(x: &[f64], y: &[f64], margin: f64) -> Defined<Equivalence> {
    of(paired_t(x, y, 0.9)?, margin)
}

fn of(test: TTest, margin: f64) -> Defined<Equivalence> {
    if margin <= 0.0 || !margin.is_finite() {
        return Err(NotDefined::NoMargin);
    }
    let p_low = t_cdf(-(test.difference + margin) / test.standard_error, test.degrees);
    let p_high = t_cdf((test.difference - margin) / test.standard_error, test.degrees);
    Ok(Equivalence {
        margin,
        difference: test.difference,
        p_low,
        p_high,
        p: p_low.max(p_high),
        interval: test.interval,
        standard_error: test.standard_error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_and_the_test_say_the_same() {
        let (x, y) = ([1.0, 1.1, 0.9, 1.05], [1.02, 0.98, 1.01, 1.1]);
        for margin in [0.05, 0.1, 0.2, 0.5] {
            let e = equivalence_welch(&x, &y, margin).unwrap();
            assert_eq!(e.p < 0.05, -margin < e.interval.low && e.interval.high < margin, "{e:?}");
        }
        assert_eq!(equivalence_welch(&x, &y, 0.0), Err(NotDefined::NoMargin));
    }
}
