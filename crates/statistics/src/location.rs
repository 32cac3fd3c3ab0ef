//! Where the middle of a sample lies.

use crate::moments::{check, mean};
use crate::not_defined::Defined;

/// The median (`numpy.median`).
///
/// # Errors
/// For no values.
pub fn median(values: &[f64]) -> Defined<f64> {
    check(values, 1)?;
    let sorted = sorted(values);
    let n = sorted.len();
    let (a, b) = (sorted[(n - 1) / 2], sorted[n / 2]);
    Ok(a + (b - a) / 2.0)
}

/// The interquartile mean: the mean of what is left when the lowest and the highest quarter, each rounded down to whole
/// values, are cut off (`scipy.stats.trim_mean` with 0.25).
///
/// # Errors
/// For no values.
pub fn interquartile_mean(values: &[f64]) -> Defined<f64> {
    check(values, 1)?;
    let sorted = sorted(values);
    let cut = sorted.len() / 4;
    mean(&sorted[cut..sorted.len() - cut])
}

pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middles() {
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Ok(2.5));
        assert_eq!(interquartile_mean(&[100.0, 1.0, 2.0, 4.0]), Ok(3.0));
        assert_eq!(interquartile_mean(&[9.0, 1.0, 2.0]), Ok(4.0));
        assert!(median(&[]).is_err());
    }
}
