//! The probability of improvement.

use crate::cliff::cliff_delta;
use crate::interval::{Estimate, Interval};
use crate::not_defined::Defined;

/// The probability that a run of x has a lower value than a run of y, P(x < y) + P(x = y)/2 (rliable's `probability of
/// improvement`, for losses; scipy's Mann–Whitney statistic of y over n₁n₂). It is (1 − δ)/2 with Cliff's delta, and has that
/// one's interval: the percentile bootstrap, which rliable takes, covers too rarely for fewer than some twenty runs a side.
///
/// # Errors
/// For an empty side; the interval needs two values on each.
pub fn probability_of_improvement(x: &[f64], y: &[f64], confidence: f64) -> Defined<Estimate> {
    let delta = cliff_delta(x, y, confidence)?;
    let interval = delta.interval.map(|i| Interval { low: (1.0 - i.high) / 2.0, high: (1.0 - i.low) / 2.0 });
    Ok(Estimate { value: (1.0 - delta.value) / 2.0, interval })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(x: &[f64], y: &[f64]) -> Estimate {
        probability_of_improvement(x, y, 0.95).unwrap()
    }

    #[test]
    fn lower_is_better_and_ties_count_half() {
        assert_eq!(of(&[1.0, 2.0], &[3.0, 4.0]).value, 1.0);
        assert_eq!(of(&[1.0, 2.0], &[1.0, 2.0]).value, 0.5);
        let estimate = of(&[1.0, 2.0, 3.0, 4.0], &[2.5, 3.5, 4.5, 5.5]);
        let interval = estimate.interval.unwrap();
        assert!(interval.low < estimate.value && estimate.value < interval.high);
    }
}
