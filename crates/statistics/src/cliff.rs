//! Cliff's delta.

use crate::distributions::normal_quantile;
use crate::interval::{Estimate, Interval};
use crate::location::sorted;
use crate::moments::check;
use crate::not_defined::{Defined, NotDefined};

/// Cliff's delta P(x > y) − P(x < y) with Cliff's (1996) asymmetric interval on the consistent estimate of its variance,
/// which is not let below (1 − δ²)/(n₁n₂ − 1). Where every x is on one side of every y the variance is gone, and the interval
/// reaches from ±1 to ±(n − z²)/(n + z²) with n the smaller side (Feng and Cliff 2004). scipy and statsmodels have neither.
///
/// # Errors
/// For an empty side; the interval needs two values on each.
pub fn cliff_delta(x: &[f64], y: &[f64], confidence: f64) -> Defined<Estimate> {
    check(x, 1)?;
    check(y, 1)?;
    if confidence <= 0.0 || confidence >= 1.0 || confidence.is_nan() {
        return Err(NotDefined::BadSetting);
    }
    let (sorted_x, sorted_y) = (sorted(x), sorted(y));
    let (n, m) = (x.len() as f64, y.len() as f64);
    let (rows, untied) = dominance(&sorted_x, &sorted_y);
    let (columns, _) = dominance(&sorted_y, &sorted_x);
    let delta = rows.iter().sum::<f64>() / n;
    let interval = if x.len() < 2 || y.len() < 2 {
        Err(NotDefined::TooFew { needed: 2 })
    } else {
        let z = normal_quantile(0.5 + confidence / 2.0);
        if delta.abs() >= 1.0 {
            let least = n.min(m);
            let inner = (least - z * z) / (least + z * z);
            Ok(if delta > 0.0 { Interval { low: inner, high: 1.0 } } else { Interval { low: -1.0, high: -inner } })
        } else {
            let squares = |means: &[f64], sign: f64| means.iter().map(|v| (v - sign * delta).powi(2)).sum::<f64>();
            let cells = untied - n * m * delta * delta;
            let variance = (m * m * squares(&rows, 1.0) + n * n * squares(&columns, -1.0) - cells)
                / (n * m * (n - 1.0) * (m - 1.0));
            let variance = variance.max((1.0 - delta * delta) / (n * m - 1.0));
            let room = 1.0 - delta * delta;
            let half = z * variance.sqrt() * (room * room + z * z * variance).sqrt();
            let (middle, scale) = (delta * room, room + z * z * variance);
            let end = |value: f64| (value / scale).clamp(-1.0, 1.0);
            Ok(Interval { low: end(middle - half), high: end(middle + half) })
        }
    };
    Ok(Estimate { value: delta, interval })
}

/// For each x the mean over y of sign(x − y), and the number of pairs that are not equal.
fn dominance(x: &[f64], sorted_y: &[f64]) -> (Vec<f64>, f64) {
    let mut untied = 0.0;
    let mean = |&value: &f64| {
        let below = sorted_y.partition_point(|&y| y < value);
        let above = sorted_y.len() - sorted_y.partition_point(|&y| y <= value);
        untied += (below + above) as f64;
        (below as f64 - above as f64) / sorted_y.len() as f64
    };
    let means = x.iter().map(mean).collect();
    (means, untied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn complete_separation_still_has_an_interval() {
        let estimate = cliff_delta(&[3.0, 4.0], &[1.0, 2.0], 0.95).unwrap();
        let interval = estimate.interval.unwrap();
        assert!(estimate.value == 1.0 && interval.high == 1.0 && interval.low < 0.0, "{interval:?}");
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
            prop_assert!(interval.low <= a.value + 1e-12 && a.value <= interval.high + 1e-12);
        }
    }
}
