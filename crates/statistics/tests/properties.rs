//! What holds for all data: order does not matter, sides are symmetric, probabilities are probabilities, and nothing panics.

use proptest::prelude::*;
use statistics::*;

/// Values of all kinds, often equal, sometimes enormous or none at all.
fn awkward() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -3.0..3.0f64,
        4 => (0i32..4).prop_map(f64::from),
        1 => Just(1e12),
        1 => Just(-1e300),
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
    ]
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

fn p_values(p: PValues) -> bool {
    [p.two_sided, p.less, p.greater].iter().all(|p| (0.0..=1.0).contains(p))
}

proptest! {
    #[test]
    fn nothing_panics_and_no_result_is_a_nan(
        x in prop::collection::vec(awkward(), 0..9),
        y in prop::collection::vec(awkward(), 0..9),
    ) {
        let resamples = Resamples::new(x.len(), 50);
        for test in [welch(&x, &y, 0.95), paired_t(&x, &y, 0.95)].into_iter().flatten() {
            prop_assert!(p_values(test.p), "{test:?}");
            prop_assert!(test.interval.low.is_finite() && test.interval.high.is_finite() && test.t.is_finite());
        }
        for test in [mann_whitney(&x, &y), wilcoxon(&x, &y), jonckheere(&[&x, &y])].into_iter().flatten() {
            prop_assert!(p_values(test.p) && test.statistic.is_finite(), "{test:?}");
        }
        for estimate in [hedges_g(&x, &y, 0.95), cliff_delta(&x, &y, 0.95), probability_of_improvement(&x, &y, 0.95)]
            .into_iter()
            .flatten()
        {
            prop_assert!(estimate.value.is_finite(), "{estimate:?}");
            prop_assert!(estimate.interval.is_err() || estimate.interval.is_ok_and(|i| i.low <= i.high));
        }
        if let Ok(found) = spearman(&x, &y, 0.95) {
            prop_assert!(p_values(found.p) && found.rho.value.abs() <= 1.0);
        }
        for e in [equivalence_welch(&x, &y, &y, 0.1), equivalence_paired(&x, &y, &y, 0.1)].into_iter().flatten() {
            prop_assert!((0.0..=1.0).contains(&e.p) && (0.0..=1.0).contains(&e.p_beyond()));
        }
        for ratio in [ratio_welch(&x, &y, 0.95), ratio_paired(&x, &y, 0.95)].into_iter().flatten() {
            prop_assert!(ratio.ratio > 0.0 && ratio.interval.low <= ratio.interval.high);
        }
        for value in [mean(&x), median(&x), interquartile_mean(&x), standard_deviation(&x)].into_iter().flatten() {
            prop_assert!(value.is_finite());
        }
        for interval in [t_interval(&x, 0.95), bca_interval(&x, 0.95, resamples.as_ref())].into_iter().flatten() {
            prop_assert!(interval.low <= interval.high);
        }
        let _ = page(&[x.clone(), y.clone()]);
        for estimate in [mean_rank_correlation(&[x.clone(), y.clone()], 0.95), concordance(&[&x, &y], 0.95)].into_iter().flatten() {
            prop_assert!(estimate.value.abs() <= 1.0 + 1e-12, "{estimate:?}");
        }
        let cells: Vec<Cell> = [&x, &y]
            .into_iter()
            .enumerate()
            .flat_map(|(group, values)| values.iter().enumerate().map(move |(block, &value)| Cell { group, block, value }))
            .collect();
        if let Ok(test) = Additive::fit(&cells).and_then(|model| if x.is_empty() { Err(NotDefined::NoData) } else { model.difference(0, 1.min(usize::from(!y.is_empty())), 0.95) }) {
            prop_assert!(p_values(test.p) && test.interval.low <= test.interval.high, "{test:?}");
        }
    }

    #[test]
    fn the_order_of_values_does_not_matter(
        mut x in prop::collection::vec(0.0..9.0f64, 3..8),
        y in prop::collection::vec(0.0..9.0f64, 3..8),
    ) {
        let before = (welch(&x, &y, 0.95), mann_whitney(&x, &y), cliff_delta(&x, &y, 0.95), hedges_g(&x, &y, 0.95), median(&x));
        x.reverse();
        x.swap(0, 1);
        let after = (welch(&x, &y, 0.95), mann_whitney(&x, &y), cliff_delta(&x, &y, 0.95), hedges_g(&x, &y, 0.95), median(&x));
        prop_assert!(same(before.0.unwrap().p.two_sided, after.0.unwrap().p.two_sided));
        prop_assert!(same(before.1.unwrap().p.two_sided, after.1.unwrap().p.two_sided));
        prop_assert!(same(before.2.unwrap().value, after.2.unwrap().value));
        prop_assert!(same(before.3.unwrap().value, after.3.unwrap().value));
        prop_assert_eq!(before.4, after.4);
    }

    #[test]
    fn the_order_of_pairs_does_not_matter(pairs in prop::collection::vec((0i32..6, 0i32..6), 3..9)) {
        let side = |pairs: &[(i32, i32)]| -> (Vec<f64>, Vec<f64>) {
            pairs.iter().map(|&(a, b)| (f64::from(a), f64::from(b))).unzip()
        };
        let (x, y) = side(&pairs);
        let reversed: Vec<_> = pairs.iter().rev().copied().collect();
        let (a, b) = side(&reversed);
        match (wilcoxon(&x, &y), wilcoxon(&a, &b)) {
            (Ok(one), Ok(other)) => prop_assert!(same(one.p.two_sided, other.p.two_sided)),
            (one, other) => prop_assert_eq!(one.err(), other.err()),
        }
        match (wilcoxon(&x, &y), wilcoxon(&y, &x)) {
            (Ok(one), Ok(other)) => prop_assert!(same(one.p.less, other.p.greater)),
            (one, other) => prop_assert_eq!(one.err(), other.err()),
        }
    }

    #[test]
    fn swapped_sides_swap_signs(
        x in prop::collection::vec(0.0..9.0f64, 2..8),
        y in prop::collection::vec(0.0..9.0f64, 2..8),
    ) {
        let (a, b) = (welch(&x, &y, 0.95).unwrap(), welch(&y, &x, 0.95).unwrap());
        prop_assert!(same(a.difference, -b.difference) && same(a.p.less, b.p.greater) && same(a.interval.low, -b.interval.high));
        let improvement = |x: &[f64], y: &[f64]| probability_of_improvement(x, y, 0.95).unwrap().value;
        prop_assert!(same(improvement(&x, &y) + improvement(&y, &x), 1.0));
    }

    #[test]
    fn monotone_changes_leave_ranks_alone(x in prop::collection::vec(0.1..9.0f64, 2..8), y in prop::collection::vec(0.1..9.0f64, 2..8)) {
        let cubed = |values: &[f64]| values.iter().map(|v| v.powi(3)).collect::<Vec<_>>();
        let (a, b) = (mann_whitney(&x, &y).unwrap(), mann_whitney(&cubed(&x), &cubed(&y)).unwrap());
        prop_assert!(same(a.p.two_sided, b.p.two_sided) && same(a.statistic, b.statistic));
    }
}
