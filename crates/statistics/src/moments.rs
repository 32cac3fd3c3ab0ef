//! Mean and variance.

use crate::not_defined::{Defined, NotDefined, finite};

/// Mean and spread of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moments {
    pub n: f64,
    pub mean: f64,
    /// Sample variance (n − 1), exactly zero where all values are equal.
    pub variance: f64,
}

/// Refuses an empty sample and values that are not finite.
pub(crate) fn check(values: &[f64], needed: usize) -> Defined<()> {
    if values.len() < needed {
        return Err(NotDefined::TooFew { needed });
    }
    if values.iter().any(|v| !v.is_finite()) {
        return Err(NotDefined::NotFinite);
    }
    Ok(())
}

/// The arithmetic mean (`numpy.mean`).
pub fn mean(values: &[f64]) -> Defined<f64> {
    check(values, 1)?;
    if values.iter().all(|&v| v == values[0]) {
        return Ok(values[0]);
    }
    finite(values.iter().sum::<f64>() / values.len() as f64)
}

/// The sample standard deviation with n − 1 (`numpy.std` with `ddof=1`).
pub fn standard_deviation(values: &[f64]) -> Defined<f64> {
    Ok(moments(values)?.variance.sqrt())
}

/// Mean and sample variance of at least two values.
pub(crate) fn moments(values: &[f64]) -> Defined<Moments> {
    check(values, 2)?;
    let mean = mean(values)?;
    let n = values.len() as f64;
    // The second sum is zero but for rounding, which it takes out of the first.
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    let rest: f64 = values.iter().map(|v| v - mean).sum();
    let variance = finite((squares - rest * rest / n) / (n - 1.0))?;
    Ok(Moments { n, mean, variance: variance.max(0.0) })
}

/// How far apart two differences of values of these sizes may be by rounding alone.
pub(crate) fn rounding(x: &[f64], y: &[f64]) -> f64 {
    4.0 * f64::EPSILON * x.iter().chain(y).fold(0.0f64, |m, v| m.max(v.abs()))
}

/// Differences x − y of pairs. Differences that agree but for rounding become the same number, so that pairs a constant
/// apart have a variance of zero instead of a rounding error to be divided by.
pub(crate) fn differences(x: &[f64], y: &[f64]) -> Defined<Vec<f64>> {
    if x.len() != y.len() {
        return Err(NotDefined::UnequalLengths);
    }
    check(x, 1)?;
    check(y, 1)?;
    let mut differences: Vec<f64> = x.iter().zip(y).map(|(a, b)| a - b).collect();
    check(&differences, 1).map_err(|_| NotDefined::TooLarge)?;
    let (low, high) = differences.iter().fold((f64::MAX, f64::MIN), |(l, h), &d| (l.min(d), h.max(d)));
    if high - low <= rounding(x, y) {
        let first = differences[0];
        differences.fill(first);
    }
    Ok(differences)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_no_variance_at_all() {
        assert_eq!(moments(&[0.1, 0.1, 0.1]).unwrap().variance, 0.0);
        assert_eq!(mean(&[0.1, 0.1, 0.1]), Ok(0.1));
    }

    #[test]
    fn pairs_a_constant_apart_have_no_variance() {
        let d = differences(&[0.3, 0.4, 0.7], &[0.2, 0.3, 0.6]).unwrap();
        assert!(d.windows(2).all(|w| w[0] == w[1]), "{d:?}");
    }

    #[test]
    fn what_cannot_be_computed_is_said() {
        assert_eq!(moments(&[1.0]), Err(NotDefined::TooFew { needed: 2 }));
        assert_eq!(moments(&[1.0, f64::NAN]), Err(NotDefined::NotFinite));
        assert_eq!(moments(&[1e300, -1e300]), Err(NotDefined::TooLarge));
    }
}
