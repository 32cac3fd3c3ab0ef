//! Whether the intervals cover and the tests keep their level, by seeded simulation.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use statistics::*;

struct Source(ChaCha8Rng);

impl Source {
    fn new(stream: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        random.set_stream(stream);
        Self(random)
    }

    fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// By Box and Muller.
    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (2.0 * std::f64::consts::PI * self.uniform()).cos()
    }

    fn normals(&mut self, n: usize, mean: f64, deviation: f64) -> Vec<f64> {
        (0..n).map(|_| mean + deviation * self.normal()).collect()
    }
}

/// The share of repetitions in which `hit` says yes.
fn share(repetitions: u32, stream: u64, mut hit: impl FnMut(&mut Source) -> bool) -> f64 {
    let mut source = Source::new(stream);
    f64::from((0..repetitions).filter(|_| hit(&mut source)).count() as u32) / f64::from(repetitions)
}

/// What intervals of Cliff's delta cover at least, for the true values and sizes that are tried.
const COVERED: f64 = 0.93;

/// Four standard errors of a share about 0.05 or 0.95.
fn error(repetitions: u32) -> f64 {
    4.0 * (0.0475 / f64::from(repetitions)).sqrt()
}

#[test]
fn t_intervals_cover() {
    let repetitions = 4_000;
    let one = share(repetitions, 1, |s| t_interval(&s.normals(5, 2.0, 1.0), 0.95).unwrap().holds(2.0));
    let unequal = share(repetitions, 2, |s| {
        welch(&s.normals(10, 1.0, 1.0), &s.normals(6, 0.0, 3.0), 0.95).unwrap().interval.holds(1.0)
    });
    let paired = share(repetitions, 3, |s| {
        let y = s.normals(4, 0.0, 5.0);
        let x: Vec<f64> = y.iter().map(|v| v + 1.0 + 0.3 * s.normal()).collect();
        paired_t(&x, &y, 0.95).unwrap().interval.holds(1.0)
    });
    let ratio = share(repetitions, 4, |s| {
        let exp = |values: Vec<f64>| values.into_iter().map(f64::exp).collect::<Vec<_>>();
        let (x, y) = (exp(s.normals(6, 0.4, 0.3)), exp(s.normals(6, 0.0, 0.3)));
        ratio_welch(&x, &y, 0.95).unwrap().interval.holds(0.4f64.exp())
    });
    for (name, coverage) in [("one sample", one), ("paired", paired)] {
        assert!((coverage - 0.95).abs() < error(repetitions), "{name}: {coverage}");
    }
    // Welch's degrees of freedom are an approximation.
    for (name, coverage) in [("Welch", unequal), ("ratio", ratio)] {
        assert!((coverage - 0.95).abs() < error(repetitions) + 0.01, "{name}: {coverage}");
    }
}

#[test]
fn bootstrap_intervals_cover_nearly() {
    let resamples = Resamples::new(20, 2_000);
    let covered =
        share(1_500, 5, |s| bca_interval(&s.normals(20, 3.0, 1.0), 0.95, resamples.as_ref()).unwrap().holds(3.0));
    assert!((0.905..0.965).contains(&covered), "{covered}");
}

#[test]
fn effect_size_intervals_cover() {
    for (stream, n, m) in [(6, 10, 10), (10, 3, 3), (11, 5, 5), (12, 3, 10)] {
        let repetitions = 600;
        let covered = share(repetitions, stream, |s| {
            let g = hedges_g(&s.normals(n, 1.0, 1.0), &s.normals(m, 0.0, 1.0), 0.95).unwrap();
            g.interval.unwrap().holds(1.0)
        });
        assert!((covered - 0.95).abs() < error(repetitions), "g, {n} and {m}: {covered}");
    }
    // P(X > Y) for a shift of d standard deviations is Φ(d/√2).
    for (d, share_above) in [(0.0, 0.5), (1.0, 0.760_249_938_906_523_3), (2.0, 0.921_350_396_474_857_5)] {
        let delta = 2.0 * share_above - 1.0;
        for (stream, n, m) in [(7, 10, 10), (13, 3, 3), (14, 5, 5), (15, 3, 10)] {
            let covered = share(2_000, stream, |s| {
                cliff_delta(&s.normals(n, d, 1.0), &s.normals(m, 0.0, 1.0), 0.95)
                    .unwrap()
                    .interval
                    .unwrap()
                    .holds(delta)
            });
            assert!(covered >= COVERED, "delta {delta}, {n} and {m}: {covered}");
        }
    }
    let covered = share(3_000, 9, |s| {
        let found = spearman(&s.normals(15, 0.0, 1.0), &s.normals(15, 0.0, 1.0), 0.95).unwrap();
        found.rho.interval.is_ok_and(|i| i.holds(0.0))
    });
    assert!((0.93..0.975).contains(&covered), "rho: {covered}");
}

#[test]
fn tests_keep_their_level() {
    let repetitions = 4_000;
    let level = |name: &str, exactly: bool, stream: u64, p: &dyn Fn(&mut Source) -> f64| {
        let rejected = share(repetitions, stream, |s| p(s) < 0.05);
        assert!(rejected < 0.05 + error(repetitions), "{name} rejects in {rejected}");
        assert!(!exactly || rejected > 0.05 - error(repetitions), "{name} rejects in only {rejected}");
    };
    let pair = |s: &mut Source, n: usize| (s.normals(n, 0.0, 1.0), s.normals(n, 0.0, 1.0));
    level("Welch", true, 20, &|s| {
        let (x, y) = pair(s, 10);
        welch(&x, &y, 0.95).unwrap().p.two_sided
    });
    level("paired t", true, 21, &|s| {
        let (x, y) = pair(s, 5);
        paired_t(&x, &y, 0.95).unwrap().p.two_sided
    });
    // Exact tests have few attainable p-values, and stay below the level.
    level("Mann–Whitney", false, 22, &|s| {
        let (x, y) = pair(s, 8);
        mann_whitney(&x, &y).unwrap().p.two_sided
    });
    level("Mann–Whitney with ties", false, 23, &|s| {
        let (x, y) = pair(s, 8);
        let round = |values: Vec<f64>| values.into_iter().map(f64::round).collect::<Vec<_>>();
        mann_whitney(&round(x), &round(y)).unwrap().p.two_sided
    });
    level("Mann–Whitney, large", true, 24, &|s| {
        let (x, y) = pair(s, 40);
        mann_whitney(&x, &y).unwrap().p.two_sided
    });
    level("Wilcoxon", false, 25, &|s| {
        let (x, y) = pair(s, 10);
        wilcoxon(&x, &y).unwrap().p.two_sided
    });
    level("Jonckheere", false, 26, &|s| {
        let groups: Vec<Vec<f64>> = (0..3).map(|_| s.normals(4, 0.0, 1.0)).collect();
        jonckheere(&groups.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap().p.two_sided
    });
    level("Page", false, 27, &|s| {
        let rows: Vec<Vec<f64>> = (0..5).map(|_| s.normals(3, 0.0, 1.0)).collect();
        page(&rows).unwrap().p.two_sided
    });
    level("Spearman", true, 28, &|s| {
        let (x, y) = pair(s, 20);
        spearman(&x, &y, 0.95).unwrap().p.two_sided
    });
    // At the edge of the margin, equivalence is false.
    level("equivalence", false, 29, &|s| {
        let (x, y) = (s.normals(10, 0.5, 1.0), s.normals(10, 0.0, 1.0));
        equivalence_welch(&x, &y, &[1.0; 10], 0.5).unwrap().p
    });
}

/// A margin that is a fraction of a mean is as uncertain as that mean: at its edge, with much noise in the mean.
#[test]
fn equivalence_within_an_estimated_margin_keeps_its_level() {
    let repetitions = 4_000;
    for (stream, n) in [(30, 3), (31, 5), (32, 10)] {
        let independent = share(repetitions, stream, |s| {
            let (x, y) = (s.normals(n, 1.5, 0.15), s.normals(n, 1.0, 0.15));
            equivalence_welch(&x, &y, &y, 0.5).unwrap().p < 0.05
        });
        let paired = share(repetitions, stream, |s| {
            let y = s.normals(n, 1.0, 0.15);
            let x: Vec<f64> = y.iter().map(|v| 1.5 * v + 0.02 * s.normal()).collect();
            equivalence_paired(&x, &y, &y, 0.5).unwrap().p < 0.05
        });
        for rejected in [independent, paired] {
            assert!(rejected < 0.05 + error(repetitions), "{n}: {independent} {paired}");
        }
    }
}

/// Equal values at all levels: the exact test must not reject too often where the normal approximation does.
#[test]
fn trends_with_ties_keep_their_level() {
    let repetitions = 2_000;
    let rejected = share(repetitions, 33, |s| {
        let groups: Vec<Vec<f64>> =
            (0..3).map(|_| s.normals(3, 0.0, 1.0).into_iter().map(f64::round).collect()).collect();
        jonckheere(&groups.iter().map(Vec::as_slice).collect::<Vec<_>>()).is_ok_and(|test| test.p.two_sided < 0.05)
    });
    assert!(rejected < 0.05 + error(repetitions), "{rejected}");
}

/// The power of two one-sided tests, by the formula and by trying.
#[test]
fn the_stated_power_of_equivalence_is_reached() {
    let (n, margin) = (12, 1.2);
    for (stream, difference) in [(42, 0.0), (43, 0.3)] {
        let error = (2.0 / n as f64).sqrt();
        let stated =
            power_equivalence((margin + difference) / error, (margin - difference) / error, (2 * n - 2) as f64, 0.05)
                .unwrap();
        let found = share(2_000, stream, |s| {
            let (x, y) = (s.normals(n, difference, 1.0), s.normals(n, 0.0, 1.0));
            equivalence_welch(&x, &y, &vec![1.0; n], margin).unwrap().p < 0.05
        });
        assert!((found - stated).abs() < 0.05, "{found}, stated {stated}");
    }
}

/// Looks at a growing sample, each against its own level, find no more than one look.
#[test]
fn looks_keep_the_level() {
    let planned = looks(&[0.5, 0.75, 1.0], 0.05).unwrap();
    let found = share(4_000, 44, |s| {
        let (x, y) = (s.normals(20, 0.0, 1.0), s.normals(20, 0.0, 1.0));
        [10, 15, 20]
            .iter()
            .zip(&planned)
            .any(|(&n, look)| welch(&x[..n], &y[..n], 0.95).unwrap().p.two_sided < look.level)
    });
    assert!(found < 0.05 + error(4_000), "{found}");
}

#[test]
fn holm_keeps_the_level_of_a_family() {
    let repetitions = 2_000;
    let rejected = share(repetitions, 40, |s| {
        let p: Vec<f64> = (0..4)
            .map(|_| welch(&s.normals(6, 0.0, 1.0), &s.normals(6, 0.0, 1.0), 0.95).unwrap().p.two_sided)
            .collect();
        holm(&p).iter().any(|p| *p < 0.05)
    });
    assert!(rejected < 0.05 + error(repetitions), "{rejected}");
}

#[test]
fn the_stated_power_is_reached() {
    let effect = detectable_independent(8, 8, 0.05).unwrap();
    let found = share(2_000, 41, |s| {
        welch(&s.normals(8, effect, 1.0), &s.normals(8, 0.0, 1.0), 0.95).unwrap().p.two_sided < 0.05
    });
    assert!((found - 0.8).abs() < 0.04, "{found}");
}
