//! Two one-sided tests: is a difference too small to matter?

use crate::interval::Interval;
use crate::moments::mean;
use crate::not_defined::{Defined, NotDefined, finite};
use crate::paired_t::paired_t;
use crate::welch::{TTest, welch};

/// A test of whether x differs from y by less than a fraction of a mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equivalence {
    /// The fraction.
    pub margin: f64,
    /// Mean of x minus mean of y, as a fraction of the unit's mean.
    pub difference: f64,
    /// Its 90 % interval, which lies within ±margin where p < 0.05 (Fieller 1954, by inverting the tests).
    pub interval: Defined<Interval>,
    /// P-value against "the difference is −margin or less".
    pub p_low: f64,
    /// P-value against "the difference is +margin or more": the test of non-inferiority, for losses.
    pub p_high: f64,
    /// P-value of equivalence: the larger of the two.
    pub p: f64,
}

impl Equivalence {
    /// The two-sided p-value against "the difference is at most the margin": small where it lies above.
    pub fn p_above(&self) -> f64 {
        (2.0 * (1.0 - self.p_high)).min(1.0)
    }

    /// The two-sided p-value against "the difference lies within the margin": small where it lies beyond, on whichever side.
    pub fn p_beyond(&self) -> f64 {
        self.p_above().min(2.0 * (1.0 - self.p_low))
    }
}

/// Equivalence of two means of independent samples, variances unequal, within `margin` times the mean of `unit`, of which there is
/// one value a value of y. The margin is as uncertain as that mean: what is tested is x against y ± margin·unit
/// (`scipy.stats.ttest_ind(x, y + margin * unit, equal_var=False, alternative="less")` and its mirror image), and with y itself as
/// unit, x against 1.05·y and 0.95·y.
///
/// # Errors
/// As for [`welch`], for a margin that is not above zero, and for a unit whose mean is not.
pub fn equivalence_welch(x: &[f64], y: &[f64], unit: &[f64], margin: f64) -> Defined<Equivalence> {
    of(x, y, unit, margin, welch)
}

/// Equivalence of the means of pairs, as [`equivalence_welch`] (`scipy.stats.ttest_rel(x, y + margin * unit, alternative="less")`
/// and its mirror image).
///
/// # Errors
/// As for [`paired_t`], for a margin that is not above zero, and for a unit whose mean is not.
pub fn equivalence_paired(x: &[f64], y: &[f64], unit: &[f64], margin: f64) -> Defined<Equivalence> {
    of(x, y, unit, margin, paired_t)
}

type Test = fn(&[f64], &[f64], f64) -> Defined<TTest>;

fn of(x: &[f64], y: &[f64], unit: &[f64], margin: f64, test: Test) -> Defined<Equivalence> {
    if y.len() != unit.len() {
        return Err(NotDefined::UnequalLengths);
    }
    let size = mean(unit)?;
    if margin <= 0.0 || !margin.is_finite() || size <= 0.0 {
        return Err(NotDefined::NoMargin);
    }
    let at = |share: f64| -> Defined<TTest> {
        let moved: Vec<f64> = y.iter().zip(unit).map(|(y, unit)| y + share * unit).collect();
        test(x, &moved, 0.9)
    };
    let difference = finite((mean(x)? - mean(y)?) / size)?;
    let (p_low, p_high) = (at(-margin)?.p.greater, at(margin)?.p.less);
    let end = |direction: f64| -> Defined<f64> {
        let outside = |distance: f64| -> Defined<bool> {
            let p = at(difference + direction * distance)?.p;
            Ok((if direction > 0.0 { p.less } else { p.greater }) <= 0.05)
        };
        let (mut near, mut far) = (0.0, 1e-6);
        while !outside(far)? {
            (near, far) = (far, 2.0 * far);
            if far > 1e6 {
                return Err(NotDefined::NoEnd);
            }
        }
        while far - near > 1e-12 * (1.0 + far) {
            let middle = (near + far) / 2.0;
            if outside(middle)? { far = middle } else { near = middle }
        }
        Ok(difference + direction * (near + far) / 2.0)
    };
    let interval = end(-1.0).and_then(|low| Ok(Interval { low, high: end(1.0)? }));
    Ok(Equivalence { margin, difference, interval, p_low, p_high, p: p_low.max(p_high) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_and_the_test_say_the_same() {
        let (x, y) = ([1.0, 1.1, 0.9, 1.05], [1.02, 0.98, 1.01, 1.1]);
        for margin in [0.05, 0.1, 0.2, 0.5] {
            for e in [equivalence_welch(&x, &y, &y, margin).unwrap(), equivalence_paired(&x, &y, &y, margin).unwrap()] {
                let interval = e.interval.unwrap();
                assert_eq!(e.p < 0.05, -margin < interval.low && interval.high < margin, "{e:?}");
            }
        }
        assert_eq!(equivalence_welch(&x, &y, &y, 0.0), Err(NotDefined::NoMargin));
        assert_eq!(equivalence_welch(&x, &y, &[-1.0; 4], 0.1), Err(NotDefined::NoMargin));
    }

    #[test]
    fn what_lies_beyond_is_seen_on_both_sides() {
        let (x, y) = ([2.0, 2.1, 1.9, 2.05], [1.02, 0.98, 1.01, 1.1]);
        let above = equivalence_welch(&x, &y, &y, 0.05).unwrap();
        assert!(above.p > 0.99 && above.p_above() < 0.01 && above.p_beyond() < 0.01);
        let below = equivalence_welch(&y, &x, &x, 0.05).unwrap();
        assert!(below.p_above() == 1.0 && below.p_beyond() < 0.01);
    }
}
