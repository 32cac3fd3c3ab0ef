//! Power of t-tests, and what the present n can detect.

use crate::distributions::t_critical;
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

/// Power of two one-sided t-tests of equivalence at `level` each: `below` and `above` are the distances of the true difference from
/// the lower and the upper margin in standard errors, positive where it is within; an infinite one is a side that is not tested.
///
/// The two tests share their estimate of spread, which is left out of account: the power is right to some hundredths where it is
/// near one half, and better where it is high (compare Owen's Q in R's `PowerTOST::power.TOST`).
///
/// # Errors
/// For no degrees of freedom and a level outside (0, ½).
pub fn power_equivalence(below: f64, above: f64, degrees: f64, level: f64) -> Defined<f64> {
    let critical = t_critical(1.0 - 2.0 * level, degrees)?;
    let side = |distance: f64| {
        if distance == f64::INFINITY {
            Ok(1.0)
        } else {
            Ok(1.0 - noncentral_t_cdf(critical, degrees, finite(distance)?))
        }
    };
    Ok((side(below)? + side(above)? - 1.0).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The textbook value: 64 a group for half a standard deviation.
    #[test]
    fn textbook_sizes() {
        assert!(
            power_independent(0.5, 64, 64, 0.05).unwrap() >= POWER
                && power_independent(0.5, 63, 63, 0.05).unwrap() < POWER
        );
        assert!(power_paired(0.5, 34, 0.05).unwrap() >= POWER && power_paired(0.5, 33, 0.05).unwrap() < POWER);
    }

    #[test]
    fn a_one_sided_test_has_the_power_of_the_two_sided_one_at_twice_the_level() {
        // The other tail of the two-sided test is next to nothing at this distance.
        let one_sided = power_equivalence(f64::INFINITY, 3.0, 9.0, 0.05).unwrap();
        assert!((one_sided - power_paired(3.0 / 10f64.sqrt(), 10, 0.1).unwrap()).abs() < 1e-4);
        assert!(power_equivalence(3.0, 3.0, 9.0, 0.05).unwrap() < one_sided);
        assert_eq!(power_equivalence(0.1, 0.1, 9.0, 0.05), Ok(0.0));
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
