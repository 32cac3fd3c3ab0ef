//! Hedges' g.

use statrs::function::gamma::ln_gamma;

use crate::interval::{Estimate, Interval};
use crate::moments::moments;
use crate::noncentral_t::noncentrality;
use crate::not_defined::{Defined, NotDefined, finite};

/// Hedges' g: the difference of means x − y in pooled standard deviations, freed of its small-sample bias by the exact
/// factor Γ(m/2)/(√(m/2)·Γ((m−1)/2)) with m = n₁ + n₂ − 2. (`statsmodels.stats.meta_analysis.effectsize_smd` takes the
/// approximation 1 − 3/(4(n₁+n₂) − 9), which differs in the third digit for a few values.)
///
/// The interval is of the true difference in standard deviations, by inverting the noncentral t distribution, which is exact
/// for normal samples of equal variance. It does not carry the factor: that corrects the estimate's bias, and an interval that
/// is moved by it no longer covers (0.87 to 0.92 instead of 0.95 for three to five values a side).
///
/// # Errors
/// For fewer than two values on a side, and where neither side has any spread.
pub fn hedges_g(x: &[f64], y: &[f64], confidence: f64) -> Defined<Estimate> {
    let (a, b) = (moments(x)?, moments(y)?);
    let degrees = a.n + b.n - 2.0;
    let pooled = ((a.n - 1.0) * a.variance + (b.n - 1.0) * b.variance) / degrees;
    if pooled == 0.0 {
        return Err(NotDefined::ZeroVariance);
    }
    if confidence <= 0.0 || confidence >= 1.0 || confidence.is_nan() {
        return Err(NotDefined::BadSetting);
    }
    let d = finite((a.mean - b.mean) / pooled.sqrt())?;
    let factor = unbiasing(degrees);
    let per_t = (1.0 / a.n + 1.0 / b.n).sqrt();
    let t = d / per_t;
    let end = |probability: f64| finite(per_t * noncentrality(t, degrees, probability));
    let tail = (1.0 - confidence) / 2.0;
    let interval = end(1.0 - tail).and_then(|low| Ok(Interval { low, high: end(tail)? }));
    Ok(Estimate { value: factor * d, interval })
}

fn unbiasing(degrees: f64) -> f64 {
    let half = degrees / 2.0;
    // ln Γ of large numbers agree in too many digits for their difference to keep enough.
    if degrees > 1e4 {
        return 1.0 - 3.0 / (4.0 * degrees - 1.0);
    }
    if degrees == 2.0 {
        return 1.0 / std::f64::consts::PI.sqrt();
    }
    (ln_gamma(half) - ln_gamma(half - 0.5)).exp() / half.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_follow_the_sides() {
        let (x, y) = ([1.0, 2.0, 3.0], [4.0, 5.5, 6.0]);
        let (a, b) = (hedges_g(&x, &y, 0.95).unwrap(), hedges_g(&y, &x, 0.95).unwrap());
        assert!((a.value + b.value).abs() < 1e-12 && a.value < 0.0);
        let (ia, ib) = (a.interval.unwrap(), b.interval.unwrap());
        assert!((ia.low + ib.high).abs() < 1e-7 && ia.holds(a.value));
        assert_eq!(hedges_g(&[1.0, 1.0], &[2.0, 2.0], 0.95), Err(NotDefined::ZeroVariance));
    }

    #[test]
    fn the_factor_joins_its_approximation() {
        assert!((unbiasing(9_999.0) - unbiasing(10_001.0)).abs() < 1e-7);
    }
}
