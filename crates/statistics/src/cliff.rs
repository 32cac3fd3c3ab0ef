//! Cliff's delta.

use crate::distributions::t_critical;
use crate::interval::{Estimate, Interval};
use crate::location::sorted;
use crate::moments::check;
use crate::not_defined::{Defined, NotDefined};

/// Cliff's delta P(x > y) − P(x < y) with the score interval of Newcombe (2006, method 5), which is that of
/// θ = P(x > y) + P(x = y)/2 = (1 + δ)/2: the θ that lie no further from the estimate than their own standard error
/// √(θ(1 − θ)·(1 + N(1 − θ)/(2 − θ) + Nθ/(1 + θ))/(n₁n₂)), N = (n₁ + n₂)/2 − 1, times a quantile. It depends on δ and the
/// sizes alone and goes over smoothly into the case where every x is on one side of every y, where intervals from an estimated
/// variance have none to go by. Newcombe takes the normal quantile, with which three values a side cover 90 % instead of 95 %;
/// here it is Student's with n₁ + n₂ − 2 degrees of freedom. R has the interval with the normal one as
/// `auRoc::auc.nonpara.mw(method = "newcombe")`; scipy and statsmodels have neither.
///
/// # Errors
/// For an empty side; the interval needs two values on each.
pub fn cliff_delta(x: &[f64], y: &[f64], confidence: f64) -> Defined<Estimate> {
    check(x, 1)?;
    check(y, 1)?;
    if confidence <= 0.0 || confidence >= 1.0 || confidence.is_nan() {
        return Err(NotDefined::BadSetting);
    }
    let (n, m) = (x.len() as f64, y.len() as f64);
    let value = dominance(x, &sorted(y)) / (n * m);
    let interval = if x.len() < 2 || y.len() < 2 {
        Err(NotDefined::TooFew { needed: 2 })
    } else {
        let quantile = t_critical(confidence, n + m - 2.0)?;
        let high = upper((1.0 + value) / 2.0, n, m, quantile);
        let low = 1.0 - upper((1.0 - value) / 2.0, n, m, quantile);
        Ok(Interval { low: 2.0 * low - 1.0, high: 2.0 * high - 1.0 })
    };
    Ok(Estimate { value, interval })
}

/// The number of pairs in which x is larger less the number of those in which y is.
fn dominance(x: &[f64], sorted_y: &[f64]) -> f64 {
    let of = |&value: &f64| {
        let below = sorted_y.partition_point(|&y| y < value);
        let above = sorted_y.len() - sorted_y.partition_point(|&y| y <= value);
        below as f64 - above as f64
    };
    x.iter().map(of).sum()
}

/// The upper end of the score interval of a share of pairs.
fn upper(share: f64, n: f64, m: f64, quantile: f64) -> f64 {
    let runs = (n + m) / 2.0 - 1.0;
    let variance = |t: f64| t * (1.0 - t) * (1.0 + runs * (1.0 - t) / (2.0 - t) + runs * t / (1.0 + t)) / (n * m);
    let within = |t: f64| (t - share).powi(2) <= quantile * quantile * variance(t);
    let (mut low, mut high) = (share, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if within(middle) { low = middle } else { high = middle }
    }
    // Where no θ above the estimate is within, the estimate is 1.
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One pair out of 25 must not move the interval's end far.
    #[test]
    fn the_interval_does_not_jump_at_complete_separation() {
        let apart = cliff_delta(&[6.0, 7.0, 8.0, 9.0, 10.0], &[1.0, 2.0, 3.0, 4.0, 5.0], 0.95).unwrap();
        let nearly = cliff_delta(&[5.0, 7.0, 8.0, 9.0, 10.0], &[1.0, 2.0, 3.0, 4.0, 6.0], 0.95).unwrap();
        let (a, b) = (apart.interval.unwrap(), nearly.interval.unwrap());
        assert!(apart.value == 1.0 && a.high > 1.0 - 1e-12 && a.low > b.low && a.low - b.low < 0.2, "{a:?} {b:?}");
    }

    #[test]
    fn equal_samples_have_delta_zero() {
        let estimate = cliff_delta(&[1.0, 1.0], &[1.0, 1.0], 0.95).unwrap();
        assert_eq!(estimate.value, 0.0);
        assert!(estimate.interval.unwrap().holds(0.0));
    }

    proptest! {
        #[test]
        fn the_interval_holds_delta(x in prop::collection::vec(0u8..9, 2..15), y in prop::collection::vec(0u8..9, 2..15)) {
            let (x, y): (Vec<f64>, Vec<f64>) = (x.iter().map(|&v| v.into()).collect(), y.iter().map(|&v| v.into()).collect());
            let (a, b) = (cliff_delta(&x, &y, 0.95).unwrap(), cliff_delta(&y, &x, 0.95).unwrap());
            prop_assert!((a.value + b.value).abs() < 1e-12 && a.value.abs() <= 1.0);
            let interval = a.interval.unwrap();
            prop_assert!(interval.low <= a.value + 1e-9 && a.value <= interval.high + 1e-9);
            prop_assert!((-1.0..=1.0).contains(&interval.low) && (-1.0..=1.0).contains(&interval.high));
        }
    }
}
