//! A figure as a list of shapes in points: what the layout produces and both kinds of file are painted from.

use plotters::style::RGBColor;

use crate::bitmap::Bitmap;
use crate::curve;
use crate::font::{self, Weight};
use crate::style;

/// Which part of a text is at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins there.
    Start,
    /// The text is centred there.
    Middle,
    /// The text ends there.
    End,
}

/// One line of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// What it says.
    pub content: String,
    /// Horizontal position of the anchor (of the baseline, if the text reads upward), in points from the left.
    pub x: f64,
    /// Vertical position of the baseline (of the anchor, if the text reads upward), in points from the top.
    pub y: f64,
    /// Font size in points.
    pub size: f64,
    /// How heavy its strokes are.
    pub weight: Weight,
    /// Which part of it is at its position.
    pub anchor: Anchor,
    /// Whether it is turned by a quarter to read from bottom to top.
    pub upward: bool,
    /// Its colour.
    pub colour: RGBColor,
}

impl Text {
    /// Regular, dark, horizontal text that begins at (`x`, `y`), in points; `y` is its baseline.
    pub fn new(content: impl Into<String>, x: f64, y: f64, size: f64) -> Self {
        let (weight, anchor, colour) = (Weight::Regular, Anchor::Start, style::INK);
        Text { content: content.into(), x, y, size, weight, anchor, upward: false, colour }
    }

    /// The same text in bold.
    pub fn bold(self) -> Self {
        Text { weight: Weight::Bold, ..self }
    }

    /// The same text with another part at its position.
    pub fn anchored(self, anchor: Anchor) -> Self {
        Text { anchor, ..self }
    }

    /// The same text, reading from bottom to top.
    pub fn reading_upward(self) -> Self {
        Text { upward: true, ..self }
    }

    /// The same text in another colour.
    pub fn coloured(self, colour: RGBColor) -> Self {
        Text { colour, ..self }
    }

    /// Where the text begins along its baseline, relative to its anchor, in points.
    pub fn start(&self) -> f64 {
        let width = font::width(&self.content, self.size, self.weight);
        match self.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -width / 2.0,
            Anchor::End => -width,
        }
    }

    /// The rectangle that the text occupies.
    pub fn bounds(&self) -> TextBox {
        let width = font::width(&self.content, self.size, self.weight);
        let (above, below) = (font::ASCENT * self.size, font::DESCENT * self.size);
        let start = self.start();
        let (left, top, right, bottom) = if self.upward {
            (self.x - above, self.y - start - width, self.x + below, self.y - start)
        } else {
            (self.x + start, self.y - above, self.x + start + width, self.y + below)
        };
        TextBox { content: self.content.clone(), left, top, right, bottom }
    }
}

/// The rectangle that a text occupies, in points from the figure's upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct TextBox {
    /// What the text says.
    pub content: String,
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
}

impl TextBox {
    /// Whether this rectangle and `other` share any area.
    pub fn overlaps(&self, other: &TextBox) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// A shape; coordinates are in points, x from the left and y from the top.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A filled polygon that does not cross itself.
    Polygon {
        /// Its corners.
        points: Vec<(f64, f64)>,
        /// Its colour.
        colour: RGBColor,
    },
    /// A filled polygon through which what is behind it is seen.
    Veil {
        /// Its corners.
        points: Vec<(f64, f64)>,
        /// Its colour.
        colour: RGBColor,
        /// 0, which is nothing, to 1, which hides what is behind.
        opacity: f64,
    },
    /// A line through points.
    Line {
        /// The points, in order.
        points: Vec<(f64, f64)>,
        /// Width of the stroke.
        width: f64,
        /// Its colour.
        colour: RGBColor,
    },
    /// A filled circle.
    Disc {
        /// Its centre.
        centre: (f64, f64),
        /// Its radius.
        radius: f64,
        /// Its colour.
        colour: RGBColor,
    },
    /// A picture whose pixels stay sharp squares however large it is drawn.
    Image {
        /// The picture.
        pixels: Bitmap,
        /// Its upper left corner.
        corner: (f64, f64),
        /// Its width and height.
        size: (f64, f64),
    },
    /// A line of text.
    Text(Text),
}

/// A laid-out figure on a white ground.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Width in points.
    pub width: f64,
    /// Height in points.
    pub height: f64,
    /// Its shapes, later ones on top of earlier ones.
    pub marks: Vec<Mark>,
}

impl Scene {
    /// An empty figure of `width` points; its height is set when the layout knows it.
    pub fn new(width: f64) -> Self {
        Scene { width, height: 0.0, marks: Vec::new() }
    }

    /// The rectangles that the figure's texts occupy.
    pub fn text_boxes(&self) -> Vec<TextBox> {
        self.marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Text(text) => Some(text.bounds()),
                _ => None,
            })
            .collect()
    }

    /// Adds a line of text.
    pub fn text(&mut self, text: Text) {
        self.marks.push(Mark::Text(text));
    }

    /// Adds a filled polygon.
    pub fn polygon(&mut self, points: Vec<(f64, f64)>, colour: RGBColor) {
        self.marks.push(Mark::Polygon { points, colour });
    }

    /// Adds a filled polygon through which what is behind it is seen, to the share 1 − `opacity`.
    pub fn veil(&mut self, points: Vec<(f64, f64)>, colour: RGBColor, opacity: f64) {
        self.marks.push(Mark::Veil { points, colour, opacity });
    }

    /// Adds a filled rectangle from (`left`, `top`) to (`right`, `bottom`).
    pub fn rectangle(&mut self, (left, top): (f64, f64), (right, bottom): (f64, f64), colour: RGBColor) {
        self.polygon(vec![(left, top), (right, top), (right, bottom), (left, bottom)], colour);
    }

    /// Adds a line through `points`.
    pub fn line(&mut self, points: Vec<(f64, f64)>, width: f64, colour: RGBColor) {
        self.marks.push(Mark::Line { points, width, colour });
    }

    /// Adds a line through `points` cut into dashes: lengths drawn and left out in turn, a whole line where there are none.
    pub fn dashed(&mut self, points: &[(f64, f64)], pattern: &[f64], width: f64, colour: RGBColor) {
        for points in curve::dashes(points, pattern) {
            self.line(points, width, colour);
        }
    }

    /// Adds a line through `points` that ends in a filled arrowhead of length `head`, its tip at the last point.
    pub fn arrow(&mut self, points: &[(f64, f64)], width: f64, head: f64, colour: RGBColor) {
        if let Some((shaft, corners)) = curve::arrow(points, head) {
            self.line(shaft, width, colour);
            self.polygon(corners, colour);
        }
    }

    /// Adds a filled circle.
    pub fn disc(&mut self, centre: (f64, f64), radius: f64, colour: RGBColor) {
        self.marks.push(Mark::Disc { centre, radius, colour });
    }

    /// Adds a picture, its upper left corner at `corner`, its width and height `size`.
    pub fn image(&mut self, pixels: Bitmap, corner: (f64, f64), size: (f64, f64)) {
        self.marks.push(Mark::Image { pixels, corner, size });
    }

    /// Adds a horizontal dotted line from `left` to `right` at height `y`.
    pub fn dotted(&mut self, left: f64, right: f64, y: f64, colour: RGBColor) {
        const PITCH: f64 = 2.4;
        let dots = ((right - left) / PITCH).floor().max(0.0) as usize;
        for dot in 0..=dots {
            self.disc((left + dot as f64 * PITCH, y), 0.5, colour);
        }
    }
}
