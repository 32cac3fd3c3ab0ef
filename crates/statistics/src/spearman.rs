//! Spearman's rank correlation.

use crate::distributions::{PValues, normal_quantile};
use crate::interval::{Estimate, Interval};
use crate::moments::{check, moments};
use crate::not_defined::{Defined, NotDefined};
use crate::ranks::midranks;

/// Spearman's rank correlation and its test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
    /// The coefficient, with its interval.
    pub rho: Estimate,
    /// P-values from the t distribution with n − 2 degrees of freedom; `greater` is a positive correlation.
    pub p: PValues,
}

/// Spearman's rank correlation (`scipy.stats.spearmanr`). The interval is Fisher's transformation with the variance
/// (1 + ρ²/2)/(n − 3) of Bonett and Wright (2000), which scipy does not have.
///
/// # Errors
/// For fewer than three pairs, unequal lengths, and a side whose values are all equal; the interval needs four pairs and a
/// correlation that is not perfect.
pub fn spearman(x: &[f64], y: &[f64], confidence: f64) -> Defined<Correlation> {
    if x.len() != y.len() {
        return Err(NotDefined::UnequalLengths);
    }
    check(x, 3)?;
    check(y, 3)?;
    if confidence <= 0.0 || confidence >= 1.0 || confidence.is_nan() {
        return Err(NotDefined::BadSetting);
    }
    let (rx, ry) = (midranks(x), midranks(y));
    let (a, b) = (moments(&rx)?, moments(&ry)?);
    if a.variance == 0.0 || b.variance == 0.0 {
        return Err(NotDefined::ZeroVariance);
    }
    let products: f64 = rx.iter().zip(&ry).map(|(r, s)| (r - a.mean) * (s - b.mean)).sum();
    let rho = (products / ((a.n - 1.0) * (a.variance * b.variance).sqrt())).clamp(-1.0, 1.0);
    // Ranks are whole or half numbers: a correlation this near to one is one.
    let perfect = 1.0 - rho.abs() < 1e-14;
    let p = if perfect {
        if rho > 0.0 {
            PValues { two_sided: 0.0, less: 1.0, greater: 0.0 }
        } else {
            PValues { two_sided: 0.0, less: 0.0, greater: 1.0 }
        }
    } else {
        PValues::of_t(rho * ((a.n - 2.0) / ((1.0 - rho) * (1.0 + rho))).sqrt(), a.n - 2.0)
    };
    let interval = if perfect {
        Err(NotDefined::PerfectCorrelation)
    } else if x.len() < 4 {
        Err(NotDefined::TooFew { needed: 4 })
    } else {
        let half = normal_quantile(0.5 + confidence / 2.0) * ((1.0 + rho * rho / 2.0) / (a.n - 3.0)).sqrt();
        Ok(Interval { low: (rho.atanh() - half).tanh(), high: (rho.atanh() + half).tanh() })
    };
    Ok(Correlation { rho: Estimate { value: rho, interval }, p })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_and_undefined_correlations() {
        let up = spearman(&[1.0, 2.0, 3.0, 4.0], &[1.0, 4.0, 9.0, 16.0], 0.95).unwrap();
        assert!((up.rho.value - 1.0).abs() < 1e-12 && up.p.two_sided == 0.0);
        assert_eq!(up.rho.interval, Err(NotDefined::PerfectCorrelation));
        assert_eq!(spearman(&[1.0, 2.0, 3.0], &[2.0, 2.0, 2.0], 0.95), Err(NotDefined::ZeroVariance));
    }
}
