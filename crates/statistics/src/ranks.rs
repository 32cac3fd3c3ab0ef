//! Ranks, and the exact distribution of a sum of ranks.

/// Midranks, doubled so that they are whole numbers, and the sizes of the groups of equal values (`scipy.stats.rankdata`
/// with `average`).
pub(crate) fn doubled_midranks(values: &[f64]) -> (Vec<u32>, Vec<usize>) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let (mut ranks, mut ties) = (vec![0; values.len()], Vec::new());
    let mut start = 0;
    while start < order.len() {
        let value = values[order[start]];
        let equal = order[start..].iter().take_while(|&&i| values[i] == value).count();
        // Ranks start + 1 … start + equal; twice their mean.
        for &i in &order[start..start + equal] {
            ranks[i] = (2 * start + 1 + equal) as u32;
        }
        ties.push(equal);
        start += equal;
    }
    (ranks, ties)
}

/// Midranks.
pub(crate) fn midranks(values: &[f64]) -> Vec<f64> {
    doubled_midranks(values).0.into_iter().map(|r| f64::from(r) / 2.0).collect()
}

/// Σ (t³ − t) over groups of equal values.
pub(crate) fn tie_term(ties: &[usize]) -> f64 {
    ties.iter().map(|&t| (t as f64).powi(3) - t as f64).sum()
}

/// How many of the subsets of `size` items have each sum: index s counts those with sum s. The counts are exact below 2⁵³
/// and correct to 16 digits above.
pub(crate) fn subset_sums(items: &[u32], size: usize) -> Vec<f64> {
    let top: usize = items.iter().map(|&i| i as usize).sum();
    let width = top + 1;
    let mut counts = vec![0.0; (size + 1) * width];
    counts[0] = 1.0;
    let mut reached = 0;
    for (used, &item) in items.iter().enumerate() {
        let item = item as usize;
        for chosen in (1..=size.min(used + 1)).rev() {
            let (before, here) = counts.split_at_mut(chosen * width);
            let before = &before[(chosen - 1) * width..];
            for (to, from) in here[item..].iter_mut().zip(&before[..=reached]) {
                *to += from;
            }
        }
        reached += item;
    }
    counts.split_off(size * width)
}

/// How many of all subsets of the items have each sum.
pub(crate) fn all_subset_sums(items: &[u32]) -> Vec<f64> {
    let top: usize = items.iter().map(|&i| i as usize).sum();
    let mut counts = vec![0.0; top + 1];
    counts[0] = 1.0;
    let mut reached = 0;
    for &item in items {
        let item = item as usize;
        for sum in (0..=reached).rev() {
            counts[sum + item] += counts[sum];
        }
        reached += item;
    }
    counts
}

/// The probabilities P(S ≤ s) and P(S ≥ s) under equally likely counts.
pub(crate) fn tails(counts: &[f64], s: usize) -> (f64, f64) {
    let all: f64 = counts.iter().sum();
    let below: f64 = counts[..=s.min(counts.len() - 1)].iter().sum();
    let above: f64 = counts.get(s..).map_or(0.0, |c| c.iter().sum());
    (below / all, above / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_share_ties() {
        let (ranks, ties) = doubled_midranks(&[3.0, 1.0, 3.0, 2.0]);
        assert_eq!((ranks, ties), (vec![7, 2, 7, 4], vec![1, 1, 2]));
        assert_eq!(doubled_midranks(&[0.0, -0.0]).1, vec![2]);
    }

    #[test]
    fn subsets_are_counted() {
        // Of {1, 2, 3}, pairs sum to 3, 4, 5.
        assert_eq!(subset_sums(&[1, 2, 3], 2), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0]);
        assert_eq!(all_subset_sums(&[1, 2]), [1.0, 1.0, 1.0, 1.0]);
        assert_eq!(subset_sums(&[5], 0)[0], 1.0);
    }

    #[test]
    fn counts_of_a_large_sample_add_up() {
        let items: Vec<u32> = (1..=50).map(|r| 2 * r).collect();
        let all: f64 = subset_sums(&items, 25).iter().sum();
        assert!((all / 126_410_606_437_752.0 - 1.0).abs() < 1e-12);
    }
}
