//! Which values a bootstrap draws.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How many resamples a bootstrap interval of a mean uses.
pub const RESAMPLES: usize = 10_000;

/// Indices drawn with replacement, for samples of one size.
///
/// They come from a ChaCha8 stream whose key is fixed and whose number is the sample size and the side, so that the same
/// sample has the same interval wherever and in whatever order it is computed, and samples of one size share the drawing.
#[derive(Clone, Debug)]
pub struct Resamples {
    size: usize,
    indices: Vec<u16>,
}

impl Resamples {
    /// The largest sample that is resampled.
    pub const LARGEST: usize = 5_000;

    /// `count` resamples of a sample of `size` values, for the first side (0) or the second (1) of a comparison. `None` for
    /// an empty sample or one of more than [`Self::LARGEST`] values.
    pub fn new(size: usize, count: usize, side: u64) -> Option<Self> {
        if size == 0 || size > Self::LARGEST {
            return None;
        }
        let mut random = ChaCha8Rng::from_seed(*b"statistics: bootstrap resamples\0");
        random.set_stream((side << 32) | size as u64);
        // The high half of a 32-bit number times the size: uneven by less than one part in 800,000.
        let draw = |_| ((u64::from(random.next_u32()) * size as u64) >> 32) as u16;
        Some(Self { size, indices: (0..size * count).map(draw).collect() })
    }

    /// The size of the sample they are for.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The resamples, each as many indices as the sample has values.
    pub fn iter(&self) -> impl Iterator<Item = &[u16]> {
        self.indices.chunks_exact(self.size)
    }
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
    fn drawings_repeat_and_differ_between_sides() {
        let draw = |size, side| Resamples::new(size, 20, side).unwrap().indices;
        assert_eq!(draw(10, 0), draw(10, 0));
        assert_ne!(draw(10, 0), draw(10, 1));
        assert!(draw(10, 0).iter().all(|&i| i < 10));
        assert!(Resamples::new(0, 5, 0).is_none() && Resamples::new(5_001, 5, 0).is_none());
    }

    #[test]
    fn every_value_is_drawn_as_often() {
        let resamples = Resamples::new(8, 10_000, 0).unwrap();
        let mut counts = [0u32; 8];
        resamples.iter().flatten().for_each(|&i| counts[usize::from(i)] += 1);
        assert!(counts.iter().all(|&c| (9_500..10_500).contains(&c)), "{counts:?}");
    }

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&mut [4.0, 1.0, 3.0, 2.0], 0.5), 2.5);
        assert_eq!(quantile(&mut [4.0, 1.0], 1.0), 4.0);
        assert_eq!(quantile(&mut [4.0], 0.3), 4.0);
    }
}
