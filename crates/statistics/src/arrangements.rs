//! How the pairs in order are distributed over all arrangements of values into groups.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::ranks::subset_sums;

/// How many permutations stand for all of them.
const PERMUTATIONS: usize = 20_000;

/// How many additions enumerating may take: some tenths of a second.
const MOST_WORK: usize = 300_000_000;

/// Relative frequencies of the number of pairs in order, without ties.
pub(crate) fn distribution_untied(sizes: &[usize]) -> Vec<f64> {
    let (mut all, mut before) = (vec![1.0], sizes[0]);
    for &size in &sizes[1..] {
        // Rank sums of the new group among it and all before; its least sum is where it is lowest throughout.
        let ranks: Vec<u32> = (1..=(before + size) as u32).collect();
        let sums = subset_sums(&ranks, size);
        let least = size * (size + 1) / 2;
        let counts = &sums[least..=least + size * before];
        let total: f64 = counts.iter().sum();
        let mut next = vec![0.0; all.len() + counts.len() - 1];
        for (i, a) in all.iter().enumerate() {
            for (j, b) in counts.iter().enumerate() {
                next[i + j] += a * b / total;
            }
        }
        all = next;
        before += size;
    }
    all
}

/// How many arrangements have each doubled number of pairs in order, an equal pair counting half, for groups of these sizes
/// and, in ascending order, so many equal values at a time. `None` where that is too much work.
///
/// Values are dealt from the lowest up; all that matters of those already dealt is how many each group has.
pub(crate) fn distribution_with_ties(sizes: &[usize], ties: &[usize]) -> Option<Vec<f64>> {
    let pairs: usize = sizes.iter().enumerate().map(|(i, a)| a * sizes[..i].iter().sum::<usize>()).sum();
    let width = 2 * pairs + 1;
    let mut states: BTreeMap<Vec<usize>, Vec<f64>> = BTreeMap::new();
    let mut start = vec![0.0; width];
    start[0] = 1.0;
    states.insert(vec![0; sizes.len()], start);
    let mut work = 0;
    for &tied in ties {
        let mut next: BTreeMap<Vec<usize>, Vec<f64>> = BTreeMap::new();
        for (dealt, counts) in states {
            for share in shares(tied, &dealt, sizes) {
                work += width;
                if work > MOST_WORK {
                    return None;
                }
                let (mut rise, mut earlier, mut beside) = (0, 0, 0);
                for (have, new) in dealt.iter().zip(&share) {
                    rise += 2 * new * earlier + new * beside;
                    earlier += have;
                    beside += new;
                }
                let ways = multinomial(&share);
                let after: Vec<usize> = dealt.iter().zip(&share).map(|(a, b)| a + b).collect();
                let to = next.entry(after).or_insert_with(|| vec![0.0; width]);
                for (sum, count) in to[rise..].iter_mut().zip(&counts) {
                    *sum += ways * count;
                }
            }
        }
        states = next;
    }
    states.into_values().next()
}

/// Every way to deal `values` equal values to groups that have `dealt` of their `sizes`.
fn shares(values: usize, dealt: &[usize], sizes: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![(Vec::new(), values)];
    for (group, (have, size)) in dealt.iter().zip(sizes).enumerate() {
        let room_after: usize =
            dealt[group + 1..].iter().zip(&sizes[group + 1..]).map(|(have, size)| size - have).sum();
        all = all
            .into_iter()
            .flat_map(|(share, left)| {
                (left.saturating_sub(room_after)..=left.min(size - have)).map(move |new| {
                    let mut longer: Vec<usize> = share.clone();
                    longer.push(new);
                    (longer, left - new)
                })
            })
            .collect();
    }
    all.into_iter().map(|(share, _)| share).collect()
}

/// In how many ways labelled values can be dealt in these shares.
fn multinomial(share: &[usize]) -> f64 {
    let (mut ways, mut dealt) = (1.0, 0);
    for &new in share {
        for i in 1..=new {
            dealt += 1;
            ways *= dealt as f64 / i as f64;
        }
    }
    ways
}

/// The shares of seeded permutations, the values as they are counted among them, whose doubled number of pairs in order is at
/// most, and at least, `observed`; and how many were drawn.
pub(crate) fn permutation_tails(ranks: &[u32], sizes: &[usize], observed: usize) -> (f64, f64, usize) {
    let mut random = ChaCha8Rng::from_seed(*b"statistics: random arrangements\0");
    let mut levels: Vec<u32> = ranks.to_vec();
    levels.sort_unstable();
    levels.dedup();
    let mut values: Vec<usize> = ranks.iter().map(|rank| levels.partition_point(|level| level < rank)).collect();
    let (mut below, mut above) = (1u32, 1u32);
    let mut earlier = vec![0usize; levels.len()];
    for _ in 0..PERMUTATIONS {
        for i in (1..values.len()).rev() {
            values.swap(i, ((u64::from(random.next_u32()) * (i as u64 + 1)) >> 32) as usize);
        }
        earlier.fill(0);
        let (mut twice, mut start) = (0, 0);
        for &size in sizes {
            let group = &values[start..start + size];
            for &value in group {
                twice += 2 * earlier[..value].iter().sum::<usize>() + earlier[value];
            }
            group.iter().for_each(|&value| earlier[value] += 1);
            start += size;
        }
        below += u32::from(twice <= observed);
        above += u32::from(twice >= observed);
    }
    let all = (PERMUTATIONS + 1) as f64;
    (f64::from(below) / all, f64::from(above) / all, PERMUTATIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_ties_both_ways_agree() {
        let sizes = [3, 2, 4];
        let (untied, tied) = (distribution_untied(&sizes), distribution_with_ties(&sizes, &[1; 9]).unwrap());
        let all: f64 = tied.iter().sum();
        assert_eq!(all, 1260.0);
        for (i, share) in untied.iter().enumerate() {
            assert!((share - tied[2 * i] / all).abs() < 1e-12);
        }
        assert!(tied.iter().skip(1).step_by(2).all(|&count| count == 0.0));
    }

    #[test]
    fn shares_fill_the_groups() {
        assert_eq!(shares(2, &[0, 1], &[2, 2]), [vec![1, 1], vec![2, 0]]);
        assert_eq!(multinomial(&[2, 1, 1]), 12.0);
    }
}
