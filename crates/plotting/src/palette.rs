//! Colours of the seeds: one colour a seed, the same in every panel.

use plotters::style::RGBColor;

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
