//! What the concept figures share: framed images, numbered badges, indexed symbols, paragraphs.

use plotting::font::{self, Weight};
use plotting::style::{GAP, HAIRLINE, INK, MARGIN, MUTED, PAGE_WIDTH, PANEL_TITLE, PAPER, SMALL, TITLE, line_height};
use plotting::{Anchor, Bitmap, RGBColor, Scene, Text, wrap};

/// Radius of a badge, in points.
pub(crate) const BADGE: f64 = 5.6;
/// Depth of an index below its symbol's baseline, as a fraction of the symbol's size.
const SUNK: f64 = 0.18;
/// Size of an index, as a fraction of its symbol's.
const INDEX: f64 = 0.72;

/// An intervention, by the number and colour that it has in every figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intervention {
    LearningRate,
    Discretization,
    BiasReset,
}

impl Intervention {
    /// Okabe and Ito's blue, green and vermilion: colour-blind readers tell them apart, and white figures stand out on them.
    pub fn colour(self) -> RGBColor {
        match self {
            Self::LearningRate => RGBColor(0, 114, 178),
            Self::Discretization => RGBColor(0, 128, 94),
            Self::BiasReset => RGBColor(205, 88, 0),
        }
    }

    pub fn number(self) -> usize {
        self as usize + 1
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::LearningRate => "Learning rate",
            Self::Discretization => "Discretization",
            Self::BiasReset => "Bias reset",
        }
    }
}

/// Draws the intervention's number on a disc of its colour.
pub(crate) fn badge(scene: &mut Scene, centre: (f64, f64), intervention: Intervention) {
    const SIZE: f64 = 7.5;
    scene.disc(centre, BADGE + 0.9, PAPER);
    scene.disc(centre, BADGE, intervention.colour());
    let number = Text::new(intervention.number().to_string(), centre.0, centre.1 + font::MIDDLE * SIZE, SIZE);
    scene.text(number.bold().anchored(Anchor::Middle).coloured(PAPER));
}

/// Draws a picture with a thin frame around it, `size` wide and high.
pub(crate) fn framed(scene: &mut Scene, picture: &Bitmap, (left, top): (f64, f64), size: f64) {
    let rim = HAIRLINE / 2.0;
    scene.rectangle((left - rim, top - rim), (left + size + rim, top + size + rim), INK);
    scene.image(picture.clone(), (left, top), (size, size));
}

/// A symbol with an index, such as τ with 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Symbol<'a> {
    pub base: &'a str,
    pub index: &'a str,
    pub size: f64,
    pub colour: RGBColor,
}

impl Symbol<'_> {
    pub fn width(&self) -> f64 {
        font::width(self.base, self.size, Weight::Bold) + font::width(self.index, self.size * INDEX, Weight::Bold)
    }

    /// Draws the symbol from `x` on, its baseline at `y`, and returns where it ends.
    pub fn draw(&self, scene: &mut Scene, x: f64, y: f64) -> f64 {
        let middle = x + font::width(self.base, self.size, Weight::Bold);
        scene.text(Text::new(self.base, x, y, self.size).bold().coloured(self.colour));
        if !self.index.is_empty() {
            let index = Text::new(self.index, middle, y + SUNK * self.size, self.size * INDEX);
            scene.text(index.bold().coloured(self.colour));
        }
        x + self.width()
    }

    /// Draws the symbol with its middle at `x`.
    pub fn draw_centred(&self, scene: &mut Scene, x: f64, y: f64) {
        self.draw(scene, x - self.width() / 2.0, y);
    }
}

/// Draws `text` in lines no wider than `width` from (`left`, `top`) on and returns the height of the lines.
pub(crate) fn paragraph(
    scene: &mut Scene,
    text: &str,
    (left, top): (f64, f64),
    width: f64,
    size: f64,
    colour: RGBColor,
) -> f64 {
    let lines = wrap(text, width, size, Weight::Regular);
    for (place, line) in lines.iter().enumerate() {
        let baseline = top + place as f64 * line_height(size) + font::ASCENT * size;
        scene.text(Text::new(line.clone(), left, baseline, size).coloured(colour));
    }
    lines.len() as f64 * line_height(size)
}

/// An empty figure of a page's width with a title, and where its contents begin.
pub(crate) fn titled(title: &str) -> (Scene, f64) {
    let mut scene = Scene::new(PAGE_WIDTH);
    scene.text(Text::new(title, MARGIN, MARGIN + font::ASCENT * TITLE, TITLE).bold());
    (scene, MARGIN + line_height(TITLE) + GAP / 2.0)
}

/// Ends the figure at height `bottom` with a note in small print.
pub(crate) fn close(scene: &mut Scene, note: &str, bottom: f64) {
    let height = paragraph(scene, note, (MARGIN, bottom), PAGE_WIDTH - 2.0 * MARGIN, SMALL, MUTED);
    scene.height = bottom + height + MARGIN;
}

/// Draws a panel's letter and title from (`left`, `top`) on.
pub(crate) fn letter(scene: &mut Scene, letter: char, title: &str, (left, top): (f64, f64)) {
    let baseline = top + font::ASCENT * PANEL_TITLE;
    let letter = Text::new(format!("({letter})"), left, baseline, PANEL_TITLE).bold();
    let title = Text::new(title, letter.bounds().right + 3.0, baseline, PANEL_TITLE);
    scene.text(letter);
    scene.text(title);
}

/// A number with at most three decimals and no trailing zeros, as the figures write parameters.
pub fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// A colour between two, `share` of the way from `from` to `to`.
pub(crate) fn mix(from: RGBColor, to: RGBColor, share: f64) -> RGBColor {
    let between = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
    RGBColor(between(from.0, to.0), between(from.1, to.1), between(from.2, to.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.25, 0.4375, 1.0, 0.1, 0.0].map(short), ["0.25", "0.438", "1", "0.1", "0"]);
    }
}
