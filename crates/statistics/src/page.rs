//! Page's trend test.

use crate::distributions::{PValues, normal_sf};
use crate::moments::check;
use crate::not_defined::{Defined, NotDefined};
use crate::rank_test::{Method, RankTest};
use crate::ranks::midranks;

/// Page's test of a trend over ordered conditions that share their seeds (`scipy.stats.page_trend_test`): each row holds one
/// seed's values, in the order of the conditions; `greater` is a rising trend, and `less` is the same test of the reversed
/// columns.
///
/// Exact for the tables scipy treats so (at most 8 conditions and 12 seeds, or 3 conditions and 20 seeds), where ties make
/// it conservative; from the normal distribution otherwise.
///
/// # Errors
/// For fewer than two rows or three columns, and rows of unequal length.
pub fn page(rows: &[Vec<f64>]) -> Defined<RankTest> {
    if rows.len() < 2 {
        return Err(NotDefined::TooFew { needed: 2 });
    }
    let columns = rows[0].len();
    if columns < 3 {
        return Err(NotDefined::TooFewGroups { needed: 3 });
    }
    if rows.iter().any(|row| row.len() != columns) {
        return Err(NotDefined::UnequalLengths);
    }
    let (mut rising, mut falling) = (0.0, 0.0);
    for row in rows {
        check(row, 3)?;
        for (index, rank) in midranks(row).into_iter().enumerate() {
            rising += (index + 1) as f64 * rank;
            falling += (columns - index) as f64 * rank;
        }
    }
    let exact = columns <= 8 && rows.len() <= if columns == 3 { 20 } else { 12 };
    let tail: Box<dyn Fn(f64) -> f64> = if exact {
        let frequencies = distribution(columns, rows.len());
        Box::new(move |l: f64| frequencies[l.floor() as usize..].iter().sum())
    } else {
        let (m, n) = (rows.len() as f64, columns as f64);
        let mean = m * n * (n + 1.0).powi(2) / 4.0;
        let deviation = (m * n * n * (n + 1.0) * (n * n - 1.0) / 144.0).sqrt();
        Box::new(move |l: f64| normal_sf((l - mean) / deviation))
    };
    let p = PValues::of_tails(tail(falling), tail(rising));
    if !exact {
        return Ok(RankTest::normal(rising, p));
    }
    // Rows in perfect order; ties, which are no part of this distribution, only keep p-values from getting there.
    let orders: f64 = (1..=columns).map(|n| n as f64).product();
    let smallest_p = (2.0 * orders.powi(-(rows.len() as i32))).min(1.0);
    Ok(RankTest { statistic: rising, p, method: Method::Exact, smallest_p })
}

/// Relative frequencies of L, by its value, over all orders of every row.
fn distribution(columns: usize, rows: usize) -> Vec<f64> {
    let one = one_row(columns);
    let mut all = vec![1.0];
    for _ in 0..rows {
        let mut next = vec![0.0; all.len() + one.len() - 1];
        for (i, a) in all.iter().enumerate().filter(|(_, a)| **a > 0.0) {
            for (j, b) in one.iter().enumerate() {
                next[i + j] += a * b;
            }
        }
        all = next;
    }
    all
}

/// Of one row: ranks are given to the columns one after the other, the set of ranks given being the state.
fn one_row(columns: usize) -> Vec<f64> {
    let top = columns * (columns + 1) * (2 * columns + 1) / 6;
    let mut states = vec![Vec::new(); 1 << columns];
    states[0] = vec![0.0; top + 1];
    states[0][0] = 1.0;
    for given in 0..(1usize << columns) - 1 {
        let here = std::mem::take(&mut states[given]);
        let column = given.count_ones() as usize + 1;
        for rank in (1..=columns).filter(|rank| given & (1 << (rank - 1)) == 0) {
            let next = &mut states[given | 1 << (rank - 1)];
            next.resize(top + 1, 0.0);
            for (sum, count) in here.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                next[sum + column * rank] += count;
            }
        }
    }
    let last = states.pop().unwrap_or_default();
    let total: f64 = last.iter().sum();
    last.into_iter().map(|count| count / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_seeds_in_perfect_order() {
        let test = page(&[vec![1.0, 2.0, 3.0], vec![2.0, 5.0, 9.0]]).unwrap();
        assert!(test.method == Method::Exact && test.statistic == 28.0 && (test.p.greater - 1.0 / 36.0).abs() < 1e-12);
        assert!((test.p.less - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_trend_is_said() {
        assert_eq!(page(&[vec![1.0, 2.0, 3.0]]), Err(NotDefined::TooFew { needed: 2 }));
        assert_eq!(page(&[vec![1.0, 2.0], vec![1.0, 2.0]]), Err(NotDefined::TooFewGroups { needed: 3 }));
        assert_eq!(page(&[vec![1.0, 2.0, 3.0], vec![1.0, 2.0]]), Err(NotDefined::UnequalLengths));
    }
}
