//! How a line that stands for a condition or a path is drawn: its colour, its dashes and the markers on it.

use plotters::style::{RGBColor, WHITE};

use crate::scene::Scene;
use crate::style::{HALO, STROKE};

/// Lengths of dashes and of the gaps between them, in points, in turn; empty for a line without gaps.
pub type Dashes = &'static [f64];

/// The shape of the markers on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// A circle.
    Disc,
    /// A square on its side.
    Square,
    /// A triangle that points up.
    Triangle,
    /// A square on its corner.
    Diamond,
    /// A triangle that points down.
    Wedge,
    /// A plus sign.
    Plus,
}

/// What tells one line from the others: any of the three is enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Colour of the line and its markers.
    pub colour: RGBColor,
    /// Its dashes.
    pub dashes: Dashes,
    /// Its markers.
    pub marker: Marker,
}

impl Stroke {
    /// Draws the line through `points`, `width` points wide.
    pub(crate) fn line(&self, scene: &mut Scene, points: &[(f64, f64)], width: f64) {
        scene.dashed(points, self.dashes, width, self.colour);
    }

    /// Draws a marker about `radius` points wide to either side of `centre`, parted from what is behind it by white.
    pub(crate) fn mark(&self, scene: &mut Scene, centre: (f64, f64), radius: f64) {
        for (radius, colour) in [(radius + HALO, WHITE), (radius, self.colour)] {
            if self.marker == Marker::Disc {
                scene.disc(centre, radius, colour);
            } else {
                let corners = corners(self.marker).iter().map(|(x, y)| (centre.0 + radius * x, centre.1 + radius * y));
                scene.polygon(corners.collect(), colour);
            }
        }
    }

    /// Draws a sample `width` points long from (`left`, `middle`) on, with a marker in its middle.
    pub(crate) fn sample(&self, scene: &mut Scene, (left, middle): (f64, f64), width: f64, radius: f64) {
        // From both ends inwards, so that neither is a gap.
        let centre = (left + width / 2.0, middle);
        for end in [left, left + width] {
            self.line(scene, &[(end, middle), centre], STROKE);
        }
        self.mark(scene, centre, radius);
    }
}

/// Corners of a marker of radius 1, so large that all shapes seem of one size.
fn corners(marker: Marker) -> &'static [(f64, f64)] {
    const ARM: f64 = 0.45;
    match marker {
        Marker::Disc => &[],
        Marker::Square => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
        Marker::Triangle => &[(-1.15, 0.85), (0.0, -1.2), (1.15, 0.85)],
        Marker::Diamond => &[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)],
        Marker::Wedge => &[(-1.15, -0.85), (1.15, -0.85), (0.0, 1.2)],
        Marker::Plus => &[
            (-ARM, -1.2),
            (ARM, -1.2),
            (ARM, -ARM),
            (1.2, -ARM),
            (1.2, ARM),
            (ARM, ARM),
            (ARM, 1.2),
            (-ARM, 1.2),
            (-ARM, ARM),
            (-1.2, ARM),
            (-1.2, -ARM),
            (-ARM, -ARM),
        ],
    }
}
