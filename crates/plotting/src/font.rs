//! The embedded typeface, and those that stand in where it lacks a letter: how wide a text is, and the outlines of its glyphs.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, GlyphId, OutlineCurve, Point};

use crate::fallback::{self, Borrowed};

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
fn units(face: &dyn Font) -> f64 {
    face.units_per_em().map_or(2048.0, f64::from)
}

/// A glyph of a text.
struct Placed {
    glyph: GlyphId,
    /// The typeface that it is borrowed from; `None` for the embedded one.
    borrowed: Option<Borrowed>,
    /// Distance of its origin from the start of the text, in font sizes.
    x: f64,
}

impl Placed {
    fn new(character: char, x: f64, weight: Weight) -> Self {
        let glyph = face(weight).glyph_id(character);
        let borrowed = if glyph == GlyphId(0) { fallback::face_with(character) } else { None };
        Placed { glyph: borrowed.as_ref().map_or(glyph, |own| own.face.glyph_id(character)), borrowed, x }
    }

    /// Something of the glyph's typeface, with the typeface's units per font size.
    fn of_face<T>(&self, weight: Weight, what: impl Fn(&dyn Font, f64) -> T) -> T {
        let face: &dyn Font = match &self.borrowed {
            Some(own) => &own.face,
            None => face(weight),
        };
        what(face, units(face))
    }
}

/// Each glyph, then the text's whole width in font sizes.
fn set(text: &str, weight: Weight) -> (Vec<Placed>, f64) {
    let place = |glyph: &Placed| glyph.borrowed.as_ref().map(|own| own.place);
    let mut glyphs: Vec<Placed> = Vec::new();
    let mut x = 0.0;
    for character in text.chars() {
        let mut placed = Placed::new(character, x, weight);
        if let Some(previous) = glyphs.last().filter(|previous| place(previous) == place(&placed)) {
            x += placed
                .of_face(weight, |face, units| f64::from(face.kern_unscaled(previous.glyph, placed.glyph)) / units);
            placed.x = x;
        }
        x += placed.of_face(weight, |face, units| f64::from(face.h_advance_unscaled(placed.glyph)) / units);
        glyphs.push(placed);
    }
    (glyphs, x)
}

/// The letters that the embedded typeface lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foreign {
    /// Those that are drawn, with the typeface that they are drawn with.
    pub drawn: Vec<(char, String)>,
    /// Those that no typeface at hand has: a box stands in their place.
    pub absent: Vec<char>,
}

/// The letters in `texts` that the embedded typeface lacks, each once.
pub fn foreign<'a>(texts: impl IntoIterator<Item = &'a str>) -> Foreign {
    let letters: BTreeSet<char> = texts.into_iter().flat_map(str::chars).collect();
    let mut found = Foreign::default();
    for letter in letters.into_iter().filter(|&letter| face(Weight::Regular).glyph_id(letter) == GlyphId(0)) {
        match fallback::face_with(letter) {
            Some(borrowed) => found.drawn.push((letter, fallback::name_of(&borrowed))),
            None => found.absent.push(letter),
        }
    }
    found
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
    let own_units = units(face(weight));
    let initial = if weight == Weight::Bold { 'B' } else { 'R' };
    let (glyphs, _) = set(text, weight);
    glyphs
        .into_iter()
        .filter_map(|placed| {
            let (curves, scale) =
                placed.of_face(weight, |face, units| Some((face.outline(placed.glyph)?.curves, own_units / units)))?;
            let from = placed.borrowed.as_ref().map_or_else(|| initial.to_string(), |own| format!("F{}-", own.place));
            Some((format!("{from}{}", placed.glyph.0), placed.x * own_units, path_data(&curves, scale)))
        })
        .collect()
}

/// An outline, its coordinates multiplied by `scale`.
fn path_data(curves: &[OutlineCurve], scale: f64) -> String {
    let at = |p: &Point| format!("{:.0} {:.0}", f64::from(p.x) * scale, f64::from(p.y) * scale);
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
    fn a_letter_that_no_typeface_has_is_said() {
        // The last of the private letters, which none defines.
        let found = foreign(["Ω\u{10FFFD}"]);
        assert_eq!(found, Foreign { drawn: vec![], absent: vec!['\u{10FFFD}'] });
        assert!(width("\u{10FFFD}", 7.0, Weight::Regular) > 0.0);
    }

    #[test]
    fn a_named_font_has_the_letters_that_the_system_s_are_not_asked_for() {
        let missing = std::path::Path::new("no/such/font.ttf");
        assert!(fallback::add_font(missing).unwrap_err().to_string().contains("no/such/font.ttf"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("not-a-font.ttf");
        std::fs::write(&path, "text").unwrap();
        assert!(fallback::add_font(&path).unwrap_err().to_string().contains("no TrueType"));
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
