//! The manifold of tasks: a curved patch of the plane of blur and contrast, seen from above and in front.

use plotting::style::{HAIRLINE, PAPER};
use plotting::{RGBColor, Scene};

use crate::elements::mix;

/// Screen vectors of the two parameters and of height, in points.
const ACROSS: (f64, f64) = (184.0, 22.0);
const BACK: (f64, f64) = (60.0, -92.0);
const HEIGHT: f64 = 34.0;
/// How far the patch goes on beyond the range of the parameters, as a share of it: to the sides and back, and in front.
pub(crate) const BEYOND: f64 = 0.15;
pub(crate) const FRONT: f64 = 0.4;
/// Cells a side, and how many of them lie between two lines of equal blur or contrast.
const CELLS: usize = 48;
const LINES: usize = 12;
const SHADE: RGBColor = RGBColor(176, 193, 216);
const LIGHT: RGBColor = RGBColor(240, 244, 249);
const LINE: RGBColor = RGBColor(150, 166, 190);

/// The patch, placed on the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surface {
    origin: (f64, f64),
}

impl Surface {
    /// A patch whose drawing begins at (`left`, `top`).
    pub fn new((left, top): (f64, f64)) -> Self {
        let unplaced = Surface { origin: (0.0, 0.0) };
        let corners = unplaced.outline();
        let least = |pick: fn(&(f64, f64)) -> f64| corners.iter().map(pick).fold(f64::INFINITY, f64::min);
        Surface { origin: (left - least(|p| p.0), top - least(|p| p.1)) }
    }

    /// Where the drawing ends below.
    pub fn bottom(&self) -> f64 {
        self.outline().iter().fold(f64::NEG_INFINITY, |most, point| most.max(point.1))
    }

    /// Where the task at shares `u` of the blur range and `v` of the contrast range lies on the page.
    pub fn point(&self, u: f64, v: f64) -> (f64, f64) {
        let up = HEIGHT * altitude(u, v);
        (self.origin.0 + u * ACROSS.0 + v * BACK.0, self.origin.1 + u * ACROSS.1 + v * BACK.1 - up)
    }

    fn outline(&self) -> Vec<(f64, f64)> {
        (0..=CELLS)
            .flat_map(|i| (0..=CELLS).map(move |j| (i, j)))
            .map(|(i, j)| self.point(across(i as f64), back(j as f64)))
            .collect()
    }

    /// Draws the patch: cells from back to front, shaded by their slope, then lines of equal blur and equal contrast.
    pub fn draw(&self, scene: &mut Scene) {
        for j in (0..CELLS).rev() {
            for i in 0..CELLS {
                let (left, near) = (i as f64, j as f64);
                let colour = mix(SHADE, LIGHT, brightness(across(left + 0.5), back(near + 0.5)));
                // Cells reach under those drawn after them: where two only touched, the ground would shine through.
                let (right, near) =
                    (if i + 1 < CELLS { left + 1.6 } else { left + 1.0 }, if j > 0 { near - 0.6 } else { near });
                let far = j as f64 + 1.0;
                let corners = [(left, near), (right, near), (right, far), (left, far)];
                scene.polygon(corners.iter().map(|&(i, j)| self.point(across(i), back(j))).collect(), colour);
            }
        }
        for step in (0..=CELLS).step_by(CELLS / LINES) {
            let edge = step == 0 || step == CELLS;
            let (width, colour) = if edge { (HAIRLINE, LINE) } else { (HAIRLINE * 0.7, mix(LINE, PAPER, 0.35)) };
            let cells = || (0..=CELLS).map(|cell| cell as f64);
            scene.line(cells().map(|i| self.point(across(i), back(step as f64))).collect(), width, colour);
            scene.line(cells().map(|j| self.point(across(step as f64), back(j))).collect(), width, colour);
        }
    }
}

/// The share of the blur range at so many cells from the left edge.
fn across(cells: f64) -> f64 {
    -BEYOND + (1.0 + 2.0 * BEYOND) * cells / CELLS as f64
}

/// The share of the contrast range at so many cells from the front edge.
fn back(cells: f64) -> f64 {
    -FRONT + (1.0 + BEYOND + FRONT) * cells / CELLS as f64
}

/// Height of the surface, as a share of [`HEIGHT`]: any gentle shape does, as the figure claims nothing about it.
fn altitude(u: f64, v: f64) -> f64 {
    let hill = |u0: f64, v0: f64, width: f64| (-((u - u0).powi(2) + (v - v0).powi(2)) / width).exp();
    hill(0.18, 0.85, 0.10) * 0.9 - hill(0.72, 0.22, 0.12) * 0.6 + hill(0.95, 0.75, 0.10) * 0.35
}

/// How bright the surface looks from 0 to 1, lit from the upper left.
fn brightness(u: f64, v: f64) -> f64 {
    const STEP: f64 = 1e-3;
    let (along, back) =
        ((altitude(u + STEP, v) - altitude(u, v)) / STEP, (altitude(u, v + STEP) - altitude(u, v)) / STEP);
    (0.62 + 0.16 * along - 0.10 * back).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patch_begins_where_it_is_placed() {
        let surface = Surface::new((30.0, 40.0));
        let points = surface.outline();
        assert!(points.iter().all(|point| point.0 >= 30.0 - 1e-9 && point.1 >= 40.0 - 1e-9));
        assert!(points.iter().any(|point| point.0 < 30.0 + 1e-9) && points.iter().any(|point| point.1 < 40.0 + 1e-9));
        assert!(
            (0..=10)
                .all(|i| (0..=10).all(|j| (0.0..=1.0).contains(&brightness(f64::from(i) / 10.0, f64::from(j) / 10.0))))
        );
    }
}
