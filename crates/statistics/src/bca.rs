//! The bias-corrected and accelerated bootstrap.

use crate::distributions::{normal_quantile, normal_sf};
use crate::interval::Interval;
use crate::moments::moments;
use crate::not_defined::{Defined, NotDefined, finite};
use crate::resamples::Resamples;

/// Efron's bias-corrected and accelerated bootstrap interval of a mean (`scipy.stats.bootstrap(method="BCa")`). It is a method for
/// larger samples: of fewer than some twenty normal values, a 95 % interval covers in 74 to 90 % of cases.
///
/// # Errors
/// For fewer than two values, values without spread, and resamples for another size (too many values to resample).
pub fn bca_interval(values: &[f64], confidence: f64, resamples: Option<&Resamples>) -> Defined<Interval> {
    let m = moments(values)?;
    if m.variance == 0.0 {
        return Err(NotDefined::ZeroVariance);
    }
    if confidence <= 0.0 || confidence >= 1.0 || confidence.is_nan() {
        return Err(NotDefined::BadSetting);
    }
    let resamples = resamples.filter(|r| r.size() == values.len());
    let resamples = resamples.ok_or(NotDefined::TooMany { limit: Resamples::LARGEST })?;
    let mut means: Vec<f64> = resamples.iter().map(|indices| resampled_sum(values, indices) / m.n).collect();

    // A resample's mean that differs from the mean by rounding alone counts as equal to it.
    let slack = 1e-12 * (m.variance.sqrt() + m.mean.abs());
    let below = resamples.share(means.iter().map(|&v| v < m.mean - slack));
    let not_above = resamples.share(means.iter().map(|&v| v <= m.mean + slack));
    let share = (below + not_above) / 2.0;
    if share <= 0.0 || share >= 1.0 {
        return Err(NotDefined::ZeroVariance);
    }
    let bias = normal_quantile(share);
    // For a mean, leaving out value i moves it by (mean − xᵢ)/(n − 1), which makes the acceleration that of the skewness.
    let moved = values.iter().map(|v| (v - m.mean) / m.variance.sqrt());
    let (cubes, squares) = moved.fold((0.0, 0.0), |(c, s), u| (c + u.powi(3), s + u * u));
    let acceleration = cubes / (6.0 * squares.powf(1.5));

    let z = normal_quantile(0.5 + confidence / 2.0);
    let mut end = |z: f64| {
        let shifted = bias + z;
        let at = normal_sf(-(bias + shifted / (1.0 - acceleration * shifted)));
        finite(resamples.quantile(&mut means, at))
    };
    Ok(Interval { low: end(-z)?, high: end(z)? })
}

/// Four sums side by side, which need not wait for each other.
fn resampled_sum(values: &[f64], indices: &[u16]) -> f64 {
    let mut sums = [0.0; 4];
    let fours = indices.chunks_exact(4);
    let rest: f64 = fours.remainder().iter().map(|&i| values[usize::from(i)]).sum();
    for four in fours {
        for (sum, &i) in sums.iter_mut().zip(four) {
            *sum += values[usize::from(i)];
        }
    }
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resamples::RESAMPLES;

    #[test]
    fn the_interval_leans_to_the_long_tail() {
        let values = [1.0, 1.1, 0.9, 1.05, 0.95, 3.0];
        let resamples = Resamples::new(6, RESAMPLES);
        let interval = bca_interval(&values, 0.95, resamples.as_ref()).unwrap();
        let mean = 8.0 / 6.0;
        assert!(interval.holds(mean) && interval.high - mean > mean - interval.low, "{interval:?}");
    }

    #[test]
    fn what_cannot_be_resampled_is_said() {
        assert_eq!(bca_interval(&[1.0, 1.0], 0.95, Resamples::new(2, 10).as_ref()), Err(NotDefined::ZeroVariance));
        assert!(matches!(bca_interval(&[1.0, 2.0], 0.95, None), Err(NotDefined::TooMany { .. })));
    }
}
