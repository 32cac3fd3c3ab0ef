//! Confidence intervals.

use crate::distributions::{normal_quantile, t_critical};
use crate::moments::moments;
use crate::not_defined::{Defined, NotDefined, finite};

/// An interval estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Whether `value` lies between the ends.
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    pub(crate) fn around(middle: f64, half: f64) -> Defined<Self> {
        Ok(Self { low: finite(middle - half)?, high: finite(middle + half)? })
    }
}

/// An estimate with its interval, where there is one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its interval.
    pub interval: Defined<Interval>,
}

/// Student's interval of a mean: mean ± t·s/√n with n − 1 degrees of freedom (`scipy.stats.t.interval`).
///
/// # Errors
/// For fewer than two values, of which no spread can be estimated, and for values without spread.
pub fn t_interval(values: &[f64], confidence: f64) -> Defined<Interval> {
    let m = moments(values)?;
    if m.variance == 0.0 {
        return Err(NotDefined::ZeroVariance);
    }
    Interval::around(m.mean, t_critical(confidence, m.n - 1.0)? * (m.variance / m.n).sqrt())
}

/// Wilson's 95 % interval of a share, `hits` in `of` (`statsmodels.stats.proportion.proportion_confint` with
/// `method="wilson"`).
pub fn wilson_interval(hits: usize, of: usize) -> Interval {
    let (n, z) = (of.max(1) as f64, normal_quantile(0.975));
    let share = hits as f64 / n;
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n);
    Interval { low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// From scipy 1.17.1: `t.interval(0.95, n - 1, loc=mean(x), scale=sem(x))`.
    #[test]
    fn agrees_with_scipy() {
        let cases: [(&[f64], f64, f64); 3] = [
            (&[1.0, 2.0], -4.853102368087347, 7.853102368087347),
            (&[1.282, 1.456, 1.31], 1.1172381077637545, 1.581428558902912),
            (&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0], 3.21251208176379, 6.787487918236209),
        ];
        for (values, low, high) in cases {
            let interval = t_interval(values, 0.95).unwrap();
            assert!((interval.low - low).abs() < 1e-9 && (interval.high - high).abs() < 1e-9, "{interval:?}");
        }
    }

    #[test]
    fn what_has_no_spread_has_no_interval() {
        assert_eq!(t_interval(&[1.0], 0.95), Err(NotDefined::TooFew { needed: 2 }));
        assert_eq!(t_interval(&[], 0.95), Err(NotDefined::TooFew { needed: 2 }));
        assert_eq!(t_interval(&[0.1, 0.1, 0.1], 0.95), Err(NotDefined::ZeroVariance));
        assert_eq!(t_interval(&[1.0, 2.0], 1.0), Err(NotDefined::BadSetting));
    }

    #[test]
    fn a_share_of_none_is_not_certainly_zero() {
        // statsmodels 0.14.5: proportion_confint(0, 10, method="wilson").
        let interval = wilson_interval(0, 10);
        assert!(interval.low == 0.0 && (interval.high - 0.27753279986288926).abs() < 1e-9, "{interval:?}");
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_mean_and_grows_with_confidence(values in prop::collection::vec(-1e3..1e3f64, 2..30)) {
            prop_assume!(values.iter().any(|v| *v != values[0]));
            let (narrow, wide) = (t_interval(&values, 0.8).unwrap(), t_interval(&values, 0.95).unwrap());
            let mean = moments(&values).unwrap().mean;
            prop_assert!(wide.low <= narrow.low && narrow.low <= mean && mean <= narrow.high && narrow.high <= wide.high);
        }
    }
}
