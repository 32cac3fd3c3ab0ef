//! The embedded typeface: how wide a text is, and the outlines of its glyphs.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, GlyphId, OutlineCurve, Point};

/// Height of capitals and ascenders above the baseline, as a fraction of the font size.
pub const ASCENT: f64 = 0.76;
/// Depth of descenders below the baseline, as a fraction of the font size.
pub const DESCENT: f64 = 0.22;
/// Distance from a line's vertical middle down to its baseline, as a fraction of the font size: half a digit's height.
pub const MIDDLE: f64 = 0.36;

/// How heavy the strokes of a text are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Ordinary text.
    Regular,
    /// Panel letters and titles.
    Bold,
}

static REGULAR: LazyLock<FontRef<'static>> =
    LazyLock::new(|| parse(include_bytes!("../fonts/PlottingSans-Regular.ttf")));
static BOLD: LazyLock<FontRef<'static>> = LazyLock::new(|| parse(include_bytes!("../fonts/PlottingSans-Bold.ttf")));

fn parse(bytes: &'static [u8]) -> FontRef<'static> {
    FontRef::try_from_slice(bytes).expect("the embedded font is a TrueType file")
}

fn face(weight: Weight) -> &'static FontRef<'static> {
    match weight {
        Weight::Regular => LazyLock::force(&REGULAR),
        Weight::Bold => LazyLock::force(&BOLD),
    }
}

/// Units in which the face states its lengths, per font size.
fn units(face: &FontRef<'static>) -> f64 {
    face.units_per_em().map_or(2048.0, f64::from)
}

/// Each glyph with the distance of its origin from the start of the text, then the text's whole width; in font sizes.
fn set(text: &str, weight: Weight) -> (Vec<(GlyphId, f64)>, f64) {
    let face = face(weight);
    let units = units(face);
    let mut glyphs: Vec<(GlyphId, f64)> = Vec::new();
    let mut x = 0.0;
    for character in text.chars() {
        let glyph = face.glyph_id(character);
        if let Some(&(previous, _)) = glyphs.last() {
            x += f64::from(face.kern_unscaled(previous, glyph)) / units;
        }
        glyphs.push((glyph, x));
        x += f64::from(face.h_advance_unscaled(glyph)) / units;
    }
    (glyphs, x)
}

/// Width of `text` at font size `size`, in the unit of `size`.
pub fn width(text: &str, size: f64, weight: Weight) -> f64 {
    set(text, weight).1 * size
}

/// Units of the typeface a font size.
pub(crate) fn units_per_em(weight: Weight) -> f64 {
    units(face(weight))
}

/// For each visible glyph of `text`: a name, its distance from the start of the text, and its outline as SVG path data; in
/// the typeface's units, with the y axis upwards.
pub(crate) fn paths(text: &str, weight: Weight) -> Vec<(String, f64, String)> {
    let face = face(weight);
    let initial = if weight == Weight::Bold { 'B' } else { 'R' };
    let (glyphs, _) = set(text, weight);
    glyphs
        .into_iter()
        .filter_map(|(glyph, x)| {
            let curves = face.outline(glyph)?.curves;
            Some((format!("{initial}{}", glyph.0), x * units(face), path_data(&curves)))
        })
        .collect()
}

fn path_data(curves: &[OutlineCurve]) -> String {
    let at = |p: &Point| format!("{:.0} {:.0}", p.x, p.y);
    let (mut data, mut end) = (String::new(), None);
    for curve in curves {
        let (start, rest, last) = match curve {
            OutlineCurve::Line(a, b) => (a, format!("L{}", at(b)), b),
            OutlineCurve::Quad(a, b, c) => (a, format!("Q{} {}", at(b), at(c)), c),
            OutlineCurve::Cubic(a, b, c, d) => (a, format!("C{} {} {}", at(b), at(c), at(d)), d),
        };
        // A curve that does not go on from the last one begins another contour.
        if end != Some(*start) {
            let close = if end.is_some() { "Z" } else { "" };
            data.push_str(&format!("{close}M{}", at(start)));
        }
        data.push_str(&rest);
        end = Some(*last);
    }
    data + "Z"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_as_wide_as_arials() {
        assert!((width("0", 1000.0, Weight::Regular) - 556.15).abs() < 0.1);
        assert!((width("0", 1000.0, Weight::Bold) - 556.15).abs() < 0.1);
    }

    #[test]
    fn width_grows_with_the_size() {
        let small = width("Test loss", 7.0, Weight::Regular);
        assert!((width("Test loss", 14.0, Weight::Regular) - 2.0 * small).abs() < 1e-9);
        assert_eq!(width("", 7.0, Weight::Regular), 0.0);
    }

    #[test]
    fn every_sign_that_figures_use_has_a_glyph() {
        for character in "→×±τωΩ−≤≥μσ…–·°²".chars() {
            for weight in [Weight::Regular, Weight::Bold] {
                assert_ne!(face(weight).glyph_id(character), GlyphId(0), "{character} is missing");
            }
        }
    }

    #[test]
    fn a_capital_is_as_high_as_the_font_says() {
        // Pairs of coordinates in the font's units, of straight lines alone.
        let (_, _, path) = paths("H", Weight::Regular).remove(0);
        let numbers = path.split(|c: char| !c.is_ascii_digit() && c != '-' && c != '.').filter(|text| !text.is_empty());
        let heights: Vec<f64> = numbers.skip(1).step_by(2).map(|text| text.parse().unwrap()).collect();
        let (lowest, highest) = heights.iter().fold((0.0f64, 0.0f64), |(l, h), &y| (l.min(y), h.max(y)));
        let em = units_per_em(Weight::Regular);
        assert!(lowest == 0.0 && (highest / em - 0.69).abs() <= 0.01, "{path} {em}");
    }
}
