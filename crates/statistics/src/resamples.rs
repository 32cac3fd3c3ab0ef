//! Which values a bootstrap draws.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How many resamples a bootstrap interval of a mean uses where they are drawn.
pub const RESAMPLES: usize = 10_000;

/// Indices drawn with replacement, for samples of one size: every resample there is of a small sample, drawn ones of a larger.
///
/// Drawn ones come from a ChaCha8 stream whose key is fixed and whose number is the sample size and the stratum, so that the
/// same sample has the same interval wherever and in whatever order it is computed, and samples of one size share the drawing.
#[derive(Clone, Debug)]
pub struct Resamples {
    size: usize,
    indices: Vec<u16>,
    /// How likely each is, where they are all there are.
    weights: Option<Vec<f64>>,
}

impl Resamples {
    /// The largest sample that is resampled.
    pub const LARGEST: usize = 5_000;

    /// The largest sample of which every resample is gone through: 6,435 for eight values, the order aside.
    pub const ENUMERATED: usize = 8;

    /// The resamples of a sample of `size` values: all of them up to [`Self::ENUMERATED`], `count` drawn ones beyond. `None` for an
    /// empty sample or one of more than [`Self::LARGEST`] values.
    pub fn new(size: usize, count: usize) -> Option<Self> {
        if size == 0 || size > Self::ENUMERATED {
            return Self::drawn(size, count, 0);
        }
        let (mut indices, mut weights) = (Vec::new(), Vec::new());
        let mut resample = vec![0u16; size];
        loop {
            indices.extend(&resample);
            weights.push(likelihood(&resample));
            // The next in the order of what is never falling.
            let Some(last) = resample.iter().rposition(|&i| usize::from(i) + 1 < size) else {
                return Some(Self { size, indices, weights: Some(weights) });
            };
            let next = resample[last] + 1;
            resample[last..].fill(next);
        }
    }

    /// `count` drawn resamples of a sample of `size` values, of a stratum. `None` for an empty sample or one of more than
    /// [`Self::LARGEST`] values.
    pub fn drawn(size: usize, count: usize, stratum: u64) -> Option<Self> {
        if size == 0 || size > Self::LARGEST {
            return None;
        }
        let mut random = ChaCha8Rng::from_seed(*b"statistics: bootstrap resamples\0");
        random.set_stream((stratum << 32) | size as u64);
        // The high half of a 32-bit number times the size: uneven by less than one part in 800,000.
        let draw = |_| ((u64::from(random.next_u32()) * size as u64) >> 32) as u16;
        Some(Self { size, indices: (0..size * count).map(draw).collect(), weights: None })
    }

    /// The size of the sample they are for.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The resamples, each as many indices as the sample has values.
    pub fn iter(&self) -> impl Iterator<Item = &[u16]> {
        self.indices.chunks_exact(self.size)
    }

    /// The share of resamples, in their order, for which a statistic is `true`.
    pub(crate) fn share(&self, hits: impl Iterator<Item = bool>) -> f64 {
        match &self.weights {
            Some(weights) => hits.zip(weights).filter(|(hit, _)| *hit).map(|(_, weight)| weight).sum(),
            None => {
                let (hits, all) = hits.fold((0u32, 0u32), |(hits, all), hit| (hits + u32::from(hit), all + 1));
                f64::from(hits) / f64::from(all.max(1))
            }
        }
    }

    /// The mean of a statistic's values of the resamples, in their order.
    pub(crate) fn mean(&self, values: &[f64]) -> f64 {
        match &self.weights {
            Some(weights) => values.iter().zip(weights).map(|(value, weight)| value * weight).sum(),
            None => values.iter().sum::<f64>() / values.len() as f64,
        }
    }

    /// A quantile of a statistic's values of the resamples, in their order; reorders them where they were drawn. Of all resamples it
    /// is the least value that so large a share does not exceed, of drawn ones it interpolates.
    pub(crate) fn quantile(&self, values: &mut [f64], q: f64) -> f64 {
        let Some(weights) = &self.weights else {
            return quantile(values, q);
        };
        let mut ordered: Vec<(f64, f64)> = values.iter().copied().zip(weights.iter().copied()).collect();
        ordered.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut share = 0.0;
        let reached = ordered.iter().find(|(_, weight)| {
            share += weight;
            share >= q - 1e-12
        });
        reached.or(ordered.last()).map_or(f64::NAN, |found| found.0)
    }
}

/// How likely a resample is, in whatever order it is drawn: n!/Πkᵢ! of nⁿ.
fn likelihood(resample: &[u16]) -> f64 {
    let n = resample.len() as f64;
    let (mut likely, mut run) = (1.0, 0.0);
    for (drawn, index) in resample.iter().enumerate() {
        run = if drawn > 0 && resample[drawn - 1] == *index { run + 1.0 } else { 1.0 };
        likely *= (drawn + 1) as f64 / (run * n);
    }
    likely
}

/// The quantile of values by linear interpolation (`numpy.quantile`). Reorders them; there must be at least one.
pub(crate) fn quantile(values: &mut [f64], q: f64) -> f64 {
    let position = q.clamp(0.0, 1.0) * (values.len() - 1) as f64;
    let (_, &mut low, above) = values.select_nth_unstable_by(position as usize, f64::total_cmp);
    let high = above.iter().copied().fold(f64::INFINITY, f64::min);
    if high.is_finite() { low + (high - low) * position.fract() } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_repeat_and_differ_between_strata() {
        let draw = |size, stratum| Resamples::drawn(size, 20, stratum).unwrap().indices;
        assert_eq!(draw(10, 0), draw(10, 0));
        assert_ne!(draw(10, 0), draw(10, 1));
        assert!(draw(10, 0).iter().all(|&i| i < 10));
        assert!(Resamples::new(0, 5).is_none() && Resamples::new(5_001, 5).is_none());
    }

    #[test]
    fn every_value_is_drawn_as_often() {
        let resamples = Resamples::drawn(8, 10_000, 0).unwrap();
        let mut counts = [0u32; 8];
        resamples.iter().flatten().for_each(|&i| counts[usize::from(i)] += 1);
        assert!(counts.iter().all(|&c| (9_500..10_500).contains(&c)), "{counts:?}");
    }

    #[test]
    fn small_samples_have_all_their_resamples() {
        for size in 1..=8 {
            let resamples = Resamples::new(size, 5).unwrap();
            let weights = resamples.weights.clone().unwrap();
            assert_eq!(resamples.iter().count(), weights.len());
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            // By how often a value is in a resample in the mean: once.
            let mean: f64 =
                resamples.iter().zip(&weights).map(|(r, w)| w * r.iter().filter(|i| **i == 0).count() as f64).sum();
            assert!((mean - 1.0).abs() < 1e-12);
        }
        assert_eq!(Resamples::new(8, 5).unwrap().iter().count(), 6_435);
        // Of two values the four resamples are aa, ab, ba, bb.
        let two = Resamples::new(2, 5).unwrap();
        assert_eq!(two.weights.as_deref(), Some(&[0.25, 0.5, 0.25][..]));
        assert_eq!(two.quantile(&mut [1.0, 1.5, 2.0], 0.25), 1.0);
        assert_eq!(two.quantile(&mut [1.0, 1.5, 2.0], 0.3), 1.5);
    }

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&mut [4.0, 1.0, 3.0, 2.0], 0.5), 2.5);
        assert_eq!(quantile(&mut [4.0, 1.0], 1.0), 4.0);
        assert_eq!(quantile(&mut [4.0], 0.3), 4.0);
    }
}
