//! Rank correlation within groups.

use crate::distributions::normal_quantile;
use crate::interval::{Estimate, Interval};
use crate::moments::check;
use crate::not_defined::{Defined, NotDefined};
use crate::ranks::midranks;

/// How two numbers go together within groups, whatever the groups' own levels: the correlation of ranks that are taken within each
/// group and centred there. For one group it is Spearman's. The interval is Fisher's transformation with the variance
/// (1 + ρ²/2)/(n − g − 2) for n pairs in g groups, which is Bonett and Wright's (2000) for one group, as each group's mean rank
/// costs a degree of freedom.
///
/// Groups of fewer than two pairs say nothing and are passed over.
///
/// # Errors
/// Where nothing is left, for unequal lengths, values that are not finite, and a side whose values are all equal within every group;
/// the interval needs n − g ≥ 3 and a correlation that is not perfect.
pub fn spearman_within(groups: &[(&[f64], &[f64])], confidence: f64) -> Defined<Estimate> {
    if confidence <= 0.0 || confidence >= 1.0 || confidence.is_nan() {
        return Err(NotDefined::BadSetting);
    }
    let (mut products, mut x_squares, mut y_squares, mut free) = (0.0, 0.0, 0.0, 0usize);
    for &(x, y) in groups {
        if x.len() != y.len() {
            return Err(NotDefined::UnequalLengths);
        }
        if x.len() < 2 {
            continue;
        }
        check(x, 2)?;
        check(y, 2)?;
        let centre = (x.len() + 1) as f64 / 2.0;
        for (rx, ry) in midranks(x).into_iter().zip(midranks(y)) {
            products += (rx - centre) * (ry - centre);
            x_squares += (rx - centre).powi(2);
            y_squares += (ry - centre).powi(2);
        }
        free += x.len() - 1;
    }
    if free == 0 {
        return Err(NotDefined::NoData);
    }
    if x_squares == 0.0 || y_squares == 0.0 {
        return Err(NotDefined::ZeroVariance);
    }
    let rho = (products / (x_squares * y_squares).sqrt()).clamp(-1.0, 1.0);
    let interval = if 1.0 - rho.abs() < 1e-14 {
        Err(NotDefined::PerfectCorrelation)
    } else if free < 3 {
        Err(NotDefined::TooFew { needed: 4 })
    } else {
        let variance = (1.0 + rho * rho / 2.0) / (free as f64 - 2.0);
        let half = normal_quantile(0.5 + confidence / 2.0) * variance.sqrt();
        Ok(Interval { low: (rho.atanh() - half).tanh(), high: (rho.atanh() + half).tanh() })
    };
    Ok(Estimate { value: rho, interval })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spearman::spearman;
    use proptest::prelude::*;

    #[test]
    fn what_differs_between_groups_alone_is_no_correlation() {
        let (low, high) = ([1.0, 2.0, 3.0], [11.0, 12.0, 13.0]);
        let found = spearman_within(&[(&low, &[3.0, 1.0, 2.0]), (&high, &[12.0, 13.0, 11.0])], 0.95).unwrap();
        assert!((found.value + 0.5).abs() < 1e-12, "{found:?}");
        assert_eq!(spearman_within(&[(&low, &[1.0, 1.0, 1.0])], 0.95), Err(NotDefined::ZeroVariance));
        assert_eq!(spearman_within(&[(&[1.0], &[2.0])], 0.95), Err(NotDefined::NoData));
    }

    proptest! {
        #[test]
        fn of_one_group_it_is_spearmans(pairs in prop::collection::vec((-9i32..9, -9i32..9), 4..30)) {
            let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().map(|(a, b)| (f64::from(a), f64::from(b))).unzip();
            match (spearman_within(&[(&x, &y)], 0.95), spearman(&x, &y, 0.95)) {
                (Ok(within), Ok(plain)) => {
                    prop_assert!((within.value - plain.rho.value).abs() < 1e-12);
                    prop_assert_eq!(within.interval.is_ok(), plain.rho.interval.is_ok());
                    if let (Ok(a), Ok(b)) = (within.interval, plain.rho.interval) {
                        prop_assert!((a.low - b.low).abs() < 1e-9 && (a.high - b.high).abs() < 1e-9);
                    }
                }
                (within, plain) => prop_assert_eq!(within.is_err(), plain.is_err()),
            }
        }
    }
}
