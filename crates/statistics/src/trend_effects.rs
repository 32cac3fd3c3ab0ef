//! How strong a trend is, in the terms of the test that decides it.

use crate::distributions::t_critical;
use crate::interval::{Estimate, Interval, t_interval};
use crate::moments::check;
use crate::not_defined::{Defined, NotDefined, finite};
use crate::ranks::midranks;

/// The mean over rows (seeds) of Spearman's correlation of a row's values with their order: what Page's statistic L is, on a scale
/// from −1 to 1 (Page 1963). The interval is Student's over the rows.
///
/// # Errors
/// For fewer than one row or two columns, and rows of unequal length; the interval needs two rows that differ.
pub fn mean_rank_correlation(rows: &[Vec<f64>], confidence: f64) -> Defined<Estimate> {
    let columns = rows.first().ok_or(NotDefined::TooFew { needed: 1 })?.len();
    if columns < 2 {
        return Err(NotDefined::TooFewGroups { needed: 2 });
    }
    let n = columns as f64;
    let of = |row: &Vec<f64>| {
        check(row, 2)?;
        if row.len() != columns {
            return Err(NotDefined::UnequalLengths);
        }
        let sum: f64 = midranks(row).iter().enumerate().map(|(i, rank)| (i + 1) as f64 * rank).sum();
        Ok(12.0 * sum / (n * (n * n - 1.0)) - 3.0 * (n + 1.0) / (n - 1.0))
    };
    let correlations: Vec<f64> = rows.iter().map(of).collect::<Defined<_>>()?;
    let value = correlations.iter().sum::<f64>() / correlations.len() as f64;
    Ok(Estimate { value, interval: t_interval(&correlations, confidence).map(clamped) })
}

/// The share of pairs from two groups in which the later group's value is the larger one less the share in which it is the smaller
/// one: what Jonckheere's statistic is, on a scale from −1 to 1 (Somers' d; Cliff's delta of two groups). The interval is from the
/// jackknife, each value left out in turn, with n − groups degrees of freedom.
///
/// # Errors
/// For fewer than two groups and an empty one; the interval needs two values a group and some spread.
pub fn concordance(groups: &[&[f64]], confidence: f64) -> Defined<Estimate> {
    if groups.len() < 2 {
        return Err(NotDefined::TooFewGroups { needed: 2 });
    }
    for group in groups {
        check(group, 1)?;
    }
    // For each value the pairs in order less those out of order that it is in.
    let balance: Vec<Vec<f64>> = groups
        .iter()
        .enumerate()
        .map(|(own, group)| {
            let of = |value: &f64| -> f64 {
                let with = |(other, values): (usize, &&[f64])| -> f64 {
                    let sign = |v: &f64| (value - v).partial_cmp(&0.0).map_or(0.0, |order| f64::from(order as i8));
                    let towards = if other < own { 1.0 } else { -1.0 };
                    if other == own { 0.0 } else { towards * values.iter().map(sign).sum::<f64>() }
                };
                groups.iter().enumerate().map(with).sum()
            };
            group.iter().map(of).collect()
        })
        .collect();
    let sizes: Vec<f64> = groups.iter().map(|g| g.len() as f64).collect();
    let all: f64 = sizes.iter().sum();
    let pairs = (all * all - sizes.iter().map(|n| n * n).sum::<f64>()) / 2.0;
    let total: f64 = balance.iter().flatten().sum::<f64>() / 2.0;
    let value = total / pairs;
    let interval = || {
        if sizes.iter().any(|&n| n < 2.0) {
            return Err(NotDefined::TooFew { needed: 2 });
        }
        let mut variance = 0.0;
        for (group, &n) in balance.iter().zip(&sizes) {
            let without: Vec<f64> = group.iter().map(|own| (total - own) / (pairs - (all - n))).collect();
            let mean = without.iter().sum::<f64>() / n;
            variance += (n - 1.0) / n * without.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
        }
        if variance <= 1e-24 {
            return Err(NotDefined::ZeroVariance);
        }
        let half = t_critical(confidence, all - sizes.len() as f64)? * finite(variance)?.sqrt();
        Ok(clamped(Interval { low: value - half, high: value + half }))
    };
    Ok(Estimate { value, interval: interval() })
}

fn clamped(interval: Interval) -> Interval {
    Interval { low: interval.low.clamp(-1.0, 1.0), high: interval.high.clamp(-1.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_order_is_one() {
        let rows = [vec![1.0, 2.0, 3.0], vec![0.0, 5.0, 9.0], vec![2.0, 1.0, 3.0]];
        let rising = mean_rank_correlation(&rows[..2], 0.95).unwrap();
        assert_eq!((rising.value, rising.interval), (1.0, Err(NotDefined::ZeroVariance)));
        assert!((mean_rank_correlation(&rows, 0.95).unwrap().value - 2.5 / 3.0).abs() < 1e-12);
        let groups: [&[f64]; 3] = [&[1.0, 2.0], &[3.0, 4.0], &[5.0, 6.0]];
        assert_eq!(concordance(&groups, 0.95).unwrap().value, 1.0);
    }

    #[test]
    fn two_groups_have_cliff_s_delta() {
        let (x, y): ([f64; 4], [f64; 3]) = ([1.0, 5.0, 2.5, 4.0], [3.0, 4.0, 8.0]);
        let delta = crate::cliff_delta(&y, &x, 0.95).unwrap();
        let found = concordance(&[&x, &y], 0.95).unwrap();
        assert!((found.value - delta.value).abs() < 1e-12 && found.interval.unwrap().holds(found.value));
        assert!(concordance(&[&x, &[]], 0.95).is_err());
    }
}
