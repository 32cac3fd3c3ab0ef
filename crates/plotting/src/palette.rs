//! Colours: one a seed, the same in every panel, and one a line, with dashes and a marker of its own.

use plotters::style::RGBColor;

use crate::stroke::{Marker, Stroke};

/// Colours for up to ten seeds, from dark to light so that their order survives a grey print: Okabe and Ito's eight, which
/// colour-blind readers tell apart, with a wine red and a grey between them.
const DISTINCT: [RGBColor; 10] = [
    RGBColor(0, 0, 0),
    RGBColor(136, 34, 85),
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(153, 153, 153),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
    RGBColor(240, 228, 66),
];

/// Nine equidistant samples of the viridis colour map, whose luminance rises evenly.
const VIRIDIS: [RGBColor; 9] = [
    RGBColor(68, 1, 84),
    RGBColor(71, 44, 122),
    RGBColor(59, 81, 139),
    RGBColor(44, 113, 142),
    RGBColor(33, 144, 141),
    RGBColor(39, 173, 129),
    RGBColor(92, 200, 99),
    RGBColor(170, 220, 50),
    RGBColor(253, 231, 37),
];

/// How many lines can be told apart.
pub const MOST_STROKES: usize = STROKES.len();

/// The lines of conditions and paths, from dark to light, so that they can be told apart in a grey print even without their
/// dashes and markers. After black they are of Tol's muted scheme and none of the seeds' colours (the last apart, which a
/// path diagram does not reach): a path is not to be taken for a seed.
const STROKES: [Stroke; 6] = [
    Stroke { colour: RGBColor(0, 0, 0), dashes: &[], marker: Marker::Disc },
    Stroke { colour: RGBColor(51, 34, 136), dashes: &[4.5, 1.5], marker: Marker::Square },
    Stroke { colour: RGBColor(17, 119, 51), dashes: &[2.0, 1.2], marker: Marker::Triangle },
    Stroke { colour: RGBColor(204, 102, 119), dashes: &[5.0, 1.4, 1.2, 1.4], marker: Marker::Diamond },
    Stroke { colour: RGBColor(153, 153, 51), dashes: &[8.0, 2.0], marker: Marker::Wedge },
    Stroke { colour: RGBColor(86, 180, 233), dashes: &[1.2, 1.2], marker: Marker::Plus },
];

/// How line `place` of a figure is drawn; the figure has been refused if it has more than [`MOST_STROKES`].
pub fn stroke(place: usize) -> Stroke {
    STROKES[place % STROKES.len()]
}

/// Which colour each seed has: distinct ones for up to ten seeds, a continuous ramp for more.
#[derive(Debug, Clone, PartialEq)]
pub struct SeedColours {
    seeds: Vec<u64>,
}

impl SeedColours {
    /// Assigns colours to the distinct seeds of `seeds`, in ascending order.
    pub fn new(seeds: impl IntoIterator<Item = u64>) -> Self {
        let mut seeds: Vec<u64> = seeds.into_iter().collect();
        seeds.sort_unstable();
        seeds.dedup();
        SeedColours { seeds }
    }

    /// The seeds, ascending and without repetition.
    pub fn seeds(&self) -> &[u64] {
        &self.seeds
    }

    /// Whether there are too many seeds for colours that a reader can name.
    pub fn is_ramp(&self) -> bool {
        self.seeds.len() > DISTINCT.len()
    }

    /// The colour of `seed`; a seed that was not given to [`SeedColours::new`] takes its nearest neighbour's.
    pub fn colour(&self, seed: u64) -> RGBColor {
        let rank = match self.seeds.binary_search(&seed) {
            Ok(rank) => rank,
            Err(next) => next.min(self.seeds.len().saturating_sub(1)),
        };
        if self.is_ramp() { ramp(rank as f64 / (self.seeds.len() - 1) as f64) } else { DISTINCT[rank] }
    }
}

/// The viridis colour at `t` ∈ [0, 1], from dark to light.
pub fn ramp(t: f64) -> RGBColor {
    let place = t.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let below = (place.floor() as usize).min(VIRIDIS.len() - 2);
    let share = place - below as f64;
    let (a, b) = (VIRIDIS[below], VIRIDIS[below + 1]);
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
    RGBColor(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance by the sRGB definition, from 0 (black) to 1 (white).
    fn luminance(colour: RGBColor) -> f64 {
        let linear = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2)
    }

    #[test]
    fn order_of_seeds_survives_a_grey_print() {
        for count in [10_u64, 50] {
            let colours = SeedColours::new(0..count);
            let grey: Vec<f64> = (0..count).map(|seed| luminance(colours.colour(seed))).collect();
            assert!(grey.windows(2).all(|pair| pair[0] < pair[1]), "{grey:?}");
        }
    }

    #[test]
    fn lines_differ_in_lightness_and_in_shape() {
        // CIE lightness, from 0 (black) to 100 (white), in equal steps to the eye.
        let lightness = |y: f64| if y > 0.008856 { 116.0 * y.cbrt() - 16.0 } else { 903.3 * y };
        let grey: Vec<f64> = STROKES.iter().map(|stroke| lightness(luminance(stroke.colour))).collect();
        assert!(grey.windows(2).all(|pair| pair[0] + 5.0 < pair[1]), "{grey:?}");
        assert!(grey.iter().all(|&lightness| lightness < 72.0), "too light for white paper: {grey:?}");
        for (place, one) in STROKES.iter().enumerate() {
            assert!(STROKES[place + 1..].iter().all(|other| other.marker != one.marker));
        }
    }

    #[test]
    fn a_seed_keeps_its_colour_whatever_the_order_it_comes_in() {
        assert_eq!(SeedColours::new([7, 3, 3, 5]), SeedColours::new([5, 7, 3]));
        assert_eq!(SeedColours::new([7, 3]).colour(3), DISTINCT[0]);
    }

    #[test]
    fn ramp_starts_dark_and_ends_light() {
        assert_eq!(ramp(0.0), VIRIDIS[0]);
        assert_eq!(ramp(1.0), VIRIDIS[8]);
    }
}
