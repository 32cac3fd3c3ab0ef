//! Tail probabilities and quantiles, on statrs' special functions.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use statrs::function::beta::beta_reg;
use statrs::function::erf::erfc;
use statrs::function::gamma::ln_gamma;

use crate::not_defined::{Defined, NotDefined};

/// The p-values of one statistic for the three alternatives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PValues {
    /// The two sides differ.
    pub two_sided: f64,
    /// The first side is smaller, or the trend falls.
    pub less: f64,
    /// The first side is larger, or the trend rises.
    pub greater: f64,
}

impl PValues {
    /// From one-sided tails; the two-sided value is twice the smaller, at most 1.
    pub(crate) fn of_tails(less: f64, greater: f64) -> Self {
        Self { two_sided: (2.0 * less.min(greater)).min(1.0), less: less.min(1.0), greater: greater.min(1.0) }
    }

    /// Of a t statistic (`scipy.stats.t.sf`).
    pub(crate) fn of_t(t: f64, degrees: f64) -> Self {
        let two_sided = t_two_sided(t, degrees);
        let (near, far) = (1.0 - two_sided / 2.0, two_sided / 2.0);
        if t > 0.0 {
            Self { two_sided, less: near, greater: far }
        } else {
            Self { two_sided, less: far, greater: near }
        }
    }

    /// Of a standard normal statistic.
    pub(crate) fn of_z(z: f64) -> Self {
        Self::of_tails(normal_sf(-z), normal_sf(z))
    }
}

/// P(|T| ≥ |t|).
pub(crate) fn t_two_sided(t: f64, degrees: f64) -> f64 {
    if degrees.is_infinite() {
        return (2.0 * normal_sf(t.abs())).min(1.0);
    }
    let x = degrees / (degrees + t * t);
    if x >= 1.0 { 1.0 } else { beta_reg(degrees / 2.0, 0.5, x).clamp(0.0, 1.0) }
}

/// The t with P(|T| ≥ t) = 1 − confidence (`scipy.stats.t.ppf((1 + confidence) / 2, degrees)`).
pub(crate) fn t_critical(confidence: f64, degrees: f64) -> Defined<f64> {
    if confidence <= 0.0 || confidence >= 1.0 || degrees <= 0.0 || confidence.is_nan() || !degrees.is_finite() {
        return Err(NotDefined::BadSetting);
    }
    let outside = 1.0 - confidence;
    let mut t = StudentsT::new(0.0, 1.0, degrees).map_err(|_| NotDefined::BadSetting)?.inverse_cdf(1.0 - outside / 2.0);
    // The library's root finder stops at some nine digits; two steps of Newton give the rest.
    let scale =
        (ln_gamma((degrees + 1.0) / 2.0) - ln_gamma(degrees / 2.0)).exp() / (degrees * std::f64::consts::PI).sqrt();
    for _ in 0..2 {
        let density = scale * (1.0 + t * t / degrees).powf(-(degrees + 1.0) / 2.0);
        let step = (t_two_sided(t, degrees) - outside) / (2.0 * density);
        if step.is_finite() && step.abs() < 0.1 * t.abs() {
            t += step;
        }
    }
    if t.is_finite() { Ok(t) } else { Err(NotDefined::TooLarge) }
}

/// P(Z ≥ z) of the standard normal distribution (`scipy.stats.norm.sf`).
pub(crate) fn normal_sf(z: f64) -> f64 {
    0.5 * erfc(z / std::f64::consts::SQRT_2)
}

/// The z with P(Z ≤ z) = p (`scipy.stats.norm.ppf`), for p strictly between 0 and 1.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    let mut z = Normal::standard().inverse_cdf(p);
    for _ in 0..2 {
        let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let step = (normal_sf(-z) - p) / density;
        if step.is_finite() && step.abs() < 1e-3 {
            z -= step;
        }
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From scipy 1.17.1.
    #[test]
    fn quantiles_and_tails_agree_with_scipy() {
        let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-10 * b.abs().max(1e-3), "{a} {b}");
        close(t_critical(0.95, 1.0).unwrap(), 12.706204736174694);
        close(t_critical(0.95, 9.0).unwrap(), 2.2621571628540993);
        close(t_critical(0.9, 2.7).unwrap(), T_2_7);
        close(t_critical(0.95, 5000.0).unwrap(), T_5000);
        close(normal_quantile(0.975), 1.959963984540054);
        close(normal_sf(3.0), 0.0013498980316300957);
        close(t_two_sided(4.0, 3.5), P_4_3_5);
    }

    const T_2_7: f64 = 2.4638889362708496;
    const T_5000: f64 = 1.9604385517065073;
    const P_4_3_5: f64 = 0.020920616365403714;
}
