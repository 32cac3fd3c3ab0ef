//! Power of t-tests: what the present n can detect, and the n that a difference needs.

use crate::distributions::{normal_quantile, t_critical};
use crate::noncentral_t::noncentral_t_cdf;
use crate::not_defined::{Defined, NotDefined, finite};

/// The power that a sample size is asked to have.
pub const POWER: f64 = 0.8;

/// Power of the two-sided t-test of pairs for a mean difference of `effect` standard deviations of the differences, from the
/// noncentral t distribution (`statsmodels.stats.power.TTestPower`).
///
/// # Errors
/// For fewer than two pairs and an effect or level that is no number.
pub fn power_paired(effect: f64, pairs: usize, level: f64) -> Defined<f64> {
    if pairs < 2 {
        return Err(NotDefined::TooFew { needed: 2 });
    }
    power(effect * (pairs as f64).sqrt(), (pairs - 1) as f64, level)
}

/// Power of the two-sided t-test of two samples for a difference of `effect` pooled standard deviations
/// (`statsmodels.stats.power.TTestIndPower`).
///
/// # Errors
/// For an empty side, fewer than three values in all, and an effect or level that is no number.
pub fn power_independent(effect: f64, n_x: usize, n_y: usize, level: f64) -> Defined<f64> {
    if n_x == 0 || n_y == 0 || n_x + n_y < 3 {
        return Err(NotDefined::TooFew { needed: 2 });
    }
    let (a, b) = (n_x as f64, n_y as f64);
    power(effect * (a * b / (a + b)).sqrt(), a + b - 2.0, level)
}

fn power(delta: f64, degrees: f64, level: f64) -> Defined<f64> {
    let critical = t_critical(1.0 - level, degrees)?;
    let delta = finite(delta)?;
    // Rounding may leave a power next to 1 just above it.
    let power = 1.0 - noncentral_t_cdf(critical, degrees, delta) + noncentral_t_cdf(-critical, degrees, delta);
    Ok(power.clamp(0.0, 1.0))
}

/// The smallest mean difference, in standard deviations of the differences, that `pairs` pairs detect with 80 % power.
///
/// # Errors
/// For fewer than two pairs.
pub fn detectable_paired(pairs: usize, level: f64) -> Defined<f64> {
    smallest(|effect| power_paired(effect, pairs, level))
}

/// The smallest difference, in pooled standard deviations, that the two sample sizes detect with 80 % power.
///
/// # Errors
/// For samples that are too small.
pub fn detectable_independent(n_x: usize, n_y: usize, level: f64) -> Defined<f64> {
    smallest(|effect| power_independent(effect, n_x, n_y, level))
}

fn smallest(power: impl Fn(f64) -> Defined<f64>) -> Defined<f64> {
    let mut high = 1.0;
    while power(high)? < POWER {
        high *= 2.0;
        if high > 1e6 {
            return Err(NotDefined::BadSetting);
        }
    }
    let mut low = 0.0;
    while high - low > 1e-10 * high {
        let middle = (low + high) / 2.0;
        if power(middle)? < POWER { low = middle } else { high = middle }
    }
    Ok((low + high) / 2.0)
}

/// The least number of pairs that detects `effect` with 80 % power.
///
/// # Errors
/// For an effect of zero or no number.
pub fn pairs_needed(effect: f64, level: f64) -> Defined<u64> {
    needed(effect, 1.0, level, |n| power_paired(effect, n, level))
}

/// The least number of values on each side that detects `effect` with 80 % power.
///
/// # Errors
/// For an effect of zero or no number.
pub fn values_needed(effect: f64, level: f64) -> Defined<u64> {
    needed(effect, 2.0, level, |n| power_independent(effect, n, n, level))
}

/// Above this size, the normal approximation of the n is good to better than one in a thousand and stands for it.
const LARGEST_SEARCHED: f64 = 20_000.0;

fn needed(effect: f64, variances: f64, level: f64, power: impl Fn(usize) -> Defined<f64>) -> Defined<u64> {
    if !effect.is_finite() {
        return Err(NotDefined::NotFinite);
    }
    if level <= 0.0 || level >= 1.0 || level.is_nan() {
        return Err(NotDefined::BadSetting);
    }
    let rough = variances * ((normal_quantile(1.0 - level / 2.0) + normal_quantile(POWER)) / effect).powi(2);
    if effect == 0.0 || rough > 1e15 {
        return Err(NotDefined::NoEffect);
    }
    if rough > LARGEST_SEARCHED {
        return Ok(rough.ceil() as u64);
    }
    let (mut low, mut high) = (1, 2);
    while power(high)? < POWER {
        (low, high) = (high, high * 2);
    }
    while high - low > 1 {
        let middle = (low + high) / 2;
        if power(middle)? < POWER { low = middle } else { high = middle }
    }
    Ok(high as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The textbook value: 64 a group for half a standard deviation.
    #[test]
    fn textbook_sizes() {
        assert_eq!(values_needed(0.5, 0.05), Ok(64));
        assert_eq!(pairs_needed(0.5, 0.05), Ok(34));
        assert_eq!(values_needed(1e3, 0.05), Ok(2));
        assert_eq!(pairs_needed(0.0, 0.05), Err(NotDefined::NoEffect));
    }

    #[test]
    fn what_is_detectable_has_the_power() {
        for n in [2, 3, 10, 100] {
            let effect = detectable_paired(n, 0.05).unwrap();
            assert!((power_paired(effect, n, 0.05).unwrap() - POWER).abs() < 1e-7);
            let effect = detectable_independent(n, 3, 0.05).unwrap();
            assert!((power_independent(effect, n, 3, 0.05).unwrap() - POWER).abs() < 1e-7);
        }
        assert!(detectable_paired(1, 0.05).is_err());
    }
}
