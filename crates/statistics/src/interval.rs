//! Confidence intervals.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// An interval estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Student's interval of a mean: mean ± t·s/√n with n − 1 degrees of freedom (`scipy.stats.t.interval`). `None` for fewer
/// than two values, of which no spread can be estimated.
pub fn t_interval(values: &[f64], confidence: f64) -> Option<Interval> {
    if values.len() < 2 {
        return None;
    }
    let (mean, std) = mean_and_std(values);
    let degrees = (values.len() - 1) as f64;
    let t = StudentsT::new(0.0, 1.0, degrees).ok()?.inverse_cdf(0.5 + confidence / 2.0);
    let half = t * std / (values.len() as f64).sqrt();
    Some(Interval { low: mean - half, high: mean + half })
}

/// Mean and sample standard deviation (n − 1); the latter is not a number for fewer than two values.
pub(crate) fn mean_and_std(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
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
    fn one_value_has_no_interval() {
        assert_eq!(t_interval(&[1.0], 0.95), None);
        assert_eq!(t_interval(&[], 0.95), None);
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_mean_and_grows_with_confidence(values in prop::collection::vec(-1e3..1e3f64, 2..30)) {
            let (narrow, wide) = (t_interval(&values, 0.8).unwrap(), t_interval(&values, 0.95).unwrap());
            let mean = mean_and_std(&values).0;
            prop_assert!(wide.low <= narrow.low && narrow.low <= mean && mean <= narrow.high && narrow.high <= wide.high);
        }
    }
}
