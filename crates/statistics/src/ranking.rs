//! Which of several conditions is the lowest, and how sure that is.

use crate::not_defined::{Defined, NotDefined};
use crate::resamples::{RESAMPLES, Resamples};

/// A condition's place among several.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    /// The place of its mean, from 1 for the lowest; equal means share the mean of their places.
    pub rank: f64,
    /// Lower end of the interval of the place.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The share of resamples in which its mean is the lowest; those with several such means count for each in equal parts.
    pub is_lowest: f64,
}

/// The ranks of conditions by their means, with percentile bootstrap intervals at `level`. `values[c][r]` is what condition c has in run r,
/// runs being the same for all (paired by seed): runs are drawn, each with the values of all conditions.
///
/// A value of infinity is one of a run that failed: its condition ranks last wherever the run is drawn.
///
/// With three runs the interval knows of no others than these three: it says how far they agree, and is too narrow.
///
/// # Errors
/// [`NotDefined::TooFew`] with fewer than two runs or without conditions, and where conditions have unequal numbers of runs.
pub fn ranking(values: &[Vec<f64>], level: f64) -> Defined<Vec<Rank>> {
    let runs = values.first().map_or(0, Vec::len);
    if runs < 2 || values.iter().any(|of| of.len() != runs) {
        return Err(NotDefined::TooFew { needed: 2 });
    }
    let resamples = Resamples::new(runs, RESAMPLES).ok_or(NotDefined::TooFew { needed: 2 })?;
    let own: Vec<f64> = values.iter().map(|of| of.iter().sum()).collect();
    let mut found: Vec<Vec<f64>> = vec![Vec::new(); values.len()];
    let mut lowest: Vec<Vec<f64>> = vec![Vec::new(); values.len()];
    for resample in resamples.iter() {
        let means: Vec<f64> =
            values.iter().map(|of| resample.iter().map(|&run| of[usize::from(run)]).sum::<f64>()).collect();
        let ranks = ranks(&means);
        let first = ranks.iter().copied().fold(f64::INFINITY, f64::min);
        let shared = ranks.iter().filter(|&&rank| rank == first).count() as f64;
        for (condition, &rank) in ranks.iter().enumerate() {
            found[condition].push(rank);
            lowest[condition].push(if rank == first { 1.0 / shared } else { 0.0 });
        }
    }
    let tail = (1.0 - level) / 2.0;
    let rank = |((rank, mut found), lowest): ((f64, Vec<f64>), Vec<f64>)| Rank {
        rank,
        low: resamples.quantile(&mut found, tail),
        high: resamples.quantile(&mut found, 1.0 - tail),
        is_lowest: resamples.mean(&lowest),
    };
    Ok(ranks(&own).into_iter().zip(found).zip(lowest).map(rank).collect())
}

/// Ranks from 1 for the lowest; equal values share the mean of theirs (`scipy.stats.rankdata`).
fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count() as f64;
        let equal = values.iter().filter(|other| *other == value).count() as f64;
        below + (equal + 1.0) / 2.0
    };
    values.iter().map(rank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_condition_that_is_always_lowest_is_surely_first() {
        let ranked = ranking(&[vec![2.0, 3.0, 2.5], vec![1.0, 1.5, 1.2], vec![2.1, 2.9, 2.6]], 0.95).unwrap();
        assert_eq!((ranked[1].rank, ranked[1].low, ranked[1].high, ranked[1].is_lowest), (1.0, 1.0, 1.0, 1.0));
        // The others change places: in the resample of the second run alone the first is above the third.
        assert_eq!((ranked[0].low, ranked[0].high), (2.0, 3.0));
        assert_eq!(ranked[0].is_lowest, 0.0);
        let failed = ranking(&[vec![1.0, f64::INFINITY], vec![2.0, 2.5], vec![3.0, 3.5]], 0.95).unwrap();
        assert_eq!((failed[0].rank, failed[0].low, failed[0].high, failed[0].is_lowest), (3.0, 1.0, 3.0, 0.25));
    }

    #[test]
    fn two_runs_have_four_resamples_that_are_known_by_hand() {
        // Means over runs (0, 0), (0, 1) twice, (1, 1): condition 0 is lowest in the first and equal in the mixed ones.
        let ranked = ranking(&[vec![0.0, 2.0], vec![2.0, 0.0]], 0.95).unwrap();
        assert_eq!((ranked[0].rank, ranked[0].is_lowest), (1.5, 0.5));
        assert_eq!((ranked[0].low, ranked[0].high), (1.0, 2.0));
        assert!(ranking(&[vec![1.0]], 0.95).is_err() && ranking(&[vec![1.0, 2.0], vec![1.0]], 0.95).is_err());
    }

    proptest! {
        #[test]
        fn intervals_hold_their_rank_and_the_chances_add_up(
            values in (2usize..6, 2usize..7).prop_flat_map(|(conditions, runs)| {
                prop::collection::vec(prop::collection::vec(-5.0..5.0f64, runs), conditions)
            })
        ) {
            let ranked = ranking(&values, 0.95).unwrap();
            let count = values.len() as f64;
            prop_assert!((ranked.iter().map(|r| r.rank).sum::<f64>() - count * (count + 1.0) / 2.0).abs() < 1e-9);
            prop_assert!((ranked.iter().map(|r| r.is_lowest).sum::<f64>() - 1.0).abs() < 1e-9);
            for rank in ranked {
                prop_assert!(rank.low <= rank.high && rank.low >= 1.0 && rank.high <= count);
            }
        }
    }
}
