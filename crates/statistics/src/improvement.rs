//! The probability of improvement.

use crate::cliff::cliff_delta;
use crate::interval::{Estimate, Interval};
use crate::moments::check;
use crate::not_defined::{Defined, NotDefined};
use crate::resamples::{Resamples, quantile};

/// How many resamples the interval uses.
pub const IMPROVEMENT_RESAMPLES: usize = 2_000;

/// The largest side that is resampled; beyond, the interval is that of Cliff's delta, which is large-sample theory.
pub const LARGEST_SIDE: usize = 200;

/// The probability that a run of x has a lower value than a run of y, P(x < y) + P(x = y)/2 (rliable's `probability of
/// improvement`, for losses; scipy's Mann–Whitney statistic of y over n₁n₂). It is (1 − δ)/2 with Cliff's delta.
///
/// The interval is the percentile bootstrap, both sides resampled. Where no resample shows any spread, because the sides do
/// not overlap, and beyond 200 values a side, it is that of Cliff's delta.
///
/// # Errors
/// For an empty side; the interval needs two values on each.
pub fn probability_of_improvement(
    x: &[f64],
    y: &[f64],
    confidence: f64,
    resamples: Option<(&Resamples, &Resamples)>,
) -> Defined<Estimate> {
    check(x, 1)?;
    check(y, 1)?;
    let delta = cliff_delta(x, y, confidence)?;
    let value = (1.0 - delta.value) / 2.0;
    let of_delta = delta.interval.map(|i| Interval { low: (1.0 - i.high) / 2.0, high: (1.0 - i.low) / 2.0 });
    let fits = |(a, b): &(&Resamples, &Resamples)| a.size() == x.len() && b.size() == y.len();
    let Some((of_x, of_y)) = resamples.filter(fits).filter(|_| of_delta.is_ok()) else {
        return Ok(Estimate { value, interval: of_delta });
    };

    let mut levels: Vec<f64> = x.iter().chain(y).copied().collect();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let level = |values: &[f64]| -> Vec<usize> { values.iter().map(|v| levels.partition_point(|l| l < v)).collect() };
    let (level_x, level_y) = (level(x), level(y));
    let (mut count_x, mut count_y) = (vec![0u32; levels.len()], vec![0u32; levels.len()]);
    let mut drawn: Vec<f64> = Vec::with_capacity(IMPROVEMENT_RESAMPLES);
    for (a, b) in of_x.iter().zip(of_y.iter()) {
        count_x.fill(0);
        count_y.fill(0);
        a.iter().for_each(|&i| count_x[level_x[usize::from(i)]] += 1);
        b.iter().for_each(|&i| count_y[level_y[usize::from(i)]] += 1);
        // Twice the number of pairs in which x is below y, an equal pair counting half.
        let (mut twice, mut seen) = (0u64, 0u64);
        for (&cx, &cy) in count_x.iter().zip(&count_y) {
            twice += u64::from(cy) * (2 * seen + u64::from(cx));
            seen += u64::from(cx);
        }
        drawn.push(twice as f64 / (2 * x.len() * y.len()) as f64);
    }
    if drawn.is_empty() {
        return Err(NotDefined::BadSetting);
    }
    let tail = (1.0 - confidence) / 2.0;
    let (low, high) = (quantile(&mut drawn, tail), quantile(&mut drawn, 1.0 - tail));
    let interval = if low < high { Ok(Interval { low, high }) } else { of_delta };
    Ok(Estimate { value, interval })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(x: &[f64], y: &[f64]) -> Estimate {
        let resamples = (Resamples::new(x.len(), 2_000, 0).unwrap(), Resamples::new(y.len(), 2_000, 1).unwrap());
        probability_of_improvement(x, y, 0.95, Some((&resamples.0, &resamples.1))).unwrap()
    }

    #[test]
    fn lower_is_better_and_ties_count_half() {
        assert_eq!(of(&[1.0, 2.0], &[3.0, 4.0]).value, 1.0);
        assert_eq!(of(&[1.0, 2.0], &[1.0, 2.0]).value, 0.5);
        let estimate = of(&[1.0, 2.0, 3.0, 4.0], &[2.5, 3.5, 4.5, 5.5]);
        let interval = estimate.interval.unwrap();
        assert!(interval.low < estimate.value && estimate.value < interval.high);
    }

    #[test]
    fn sides_that_do_not_overlap_are_not_certain() {
        let interval = of(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]).interval.unwrap();
        assert!(interval.high == 1.0 && interval.low < 0.9, "{interval:?}");
    }
}
