//! Painting a scene as a picture of pixels, smoothly: each pixel is covered in proportion to the shape's area in it.

use ab_glyph_rasterizer::{Rasterizer, point};
use plotters::backend::{BitMapBackend, DrawingBackend};
use plotters::style::{Color, RGBColor};

use crate::bitmap::{Bitmap, DPI};
use crate::error::{PlotError, backend};
use crate::font;
use crate::scene::{Mark, Scene, Text};

/// Corners of the polygon that stands for a circle: at print size it cannot be told from one.
const CIRCLE_CORNERS: usize = 40;
/// Coverage too small to change a pixel.
const INVISIBLE: f32 = 1.0 / 512.0;

/// The scene at [`DPI`] pixels per inch.
pub fn to_bitmap(scene: &Scene) -> Result<Bitmap, PlotError> {
    const POINTS_PER_INCH: f64 = 72.0;
    let scale = DPI / POINTS_PER_INCH;
    let (width, height) = ((scene.width * scale).ceil() as u32, (scene.height * scale).ceil() as u32);
    let mut rgb = vec![u8::MAX; width as usize * height as usize * 3];
    {
        let mut canvas = BitMapBackend::with_buffer(&mut rgb, (width, height));
        for mark in &scene.marks {
            paint(&mut canvas, mark, scale)?;
        }
        canvas.present().map_err(backend)?;
    }
    Ok(Bitmap { width, height, rgb })
}

fn paint<DB: DrawingBackend>(canvas: &mut DB, mark: &Mark, scale: f64) -> Result<(), PlotError> {
    let scaled = |points: &[(f64, f64)]| points.iter().map(|&(x, y)| (x * scale, y * scale)).collect::<Vec<_>>();
    match mark {
        Mark::Polygon { points, colour } => fill(canvas, &[scaled(points)], *colour),
        Mark::Line { points, width, colour } => fill(canvas, &stroke(&scaled(points), width * scale), *colour),
        Mark::Disc { centre, radius, colour } => {
            let circle: Vec<(f64, f64)> = (0..CIRCLE_CORNERS)
                .map(|corner| {
                    let (sin, cos) = (std::f64::consts::TAU * corner as f64 / CIRCLE_CORNERS as f64).sin_cos();
                    ((centre.0 + radius * cos) * scale, (centre.1 + radius * sin) * scale)
                })
                .collect();
            fill(canvas, &[circle], *colour)
        }
        Mark::Image { pixels, corner, size } => {
            let ends = (corner.0 + size.0, corner.1 + size.1);
            let edges = [corner.0, ends.0, corner.1, ends.1].map(|edge| (edge * scale).round() as i32);
            paste(canvas, pixels, edges)
        }
        Mark::Text(text) => write(canvas, text, scale),
    }
}

/// The rectangles that a line of `width` pixels covers, one a segment, all running the same way round so that their
/// coverages add where they meet.
fn stroke(points: &[(f64, f64)], width: f64) -> Vec<Vec<(f64, f64)>> {
    points
        .windows(2)
        .filter_map(|pair| {
            let (a, b) = (pair[0], pair[1]);
            let length = (b.0 - a.0).hypot(b.1 - a.1);
            if length == 0.0 {
                return None;
            }
            let (x, y) = ((a.1 - b.1) / length * width / 2.0, (b.0 - a.0) / length * width / 2.0);
            Some(vec![(a.0 + x, a.1 + y), (b.0 + x, b.1 + y), (b.0 - x, b.1 - y), (a.0 - x, a.1 - y)])
        })
        .collect()
}

/// Fills closed outlines, given in pixels.
fn fill<DB: DrawingBackend>(canvas: &mut DB, rings: &[Vec<(f64, f64)>], colour: RGBColor) -> Result<(), PlotError> {
    let corners = || rings.iter().flatten();
    if corners().next().is_none() {
        return Ok(());
    }
    let left = corners().fold(f64::INFINITY, |least, corner| least.min(corner.0)).floor();
    let top = corners().fold(f64::INFINITY, |least, corner| least.min(corner.1)).floor();
    let right = corners().fold(f64::NEG_INFINITY, |most, corner| most.max(corner.0)).ceil();
    let bottom = corners().fold(f64::NEG_INFINITY, |most, corner| most.max(corner.1)).ceil();
    // One column to spare: an edge exactly on the right border would otherwise count towards the next row.
    let mut rasterizer = Rasterizer::new((right - left) as usize + 1, (bottom - top) as usize + 1);
    for ring in rings {
        for (corner, &(x, y)) in ring.iter().enumerate() {
            let (next_x, next_y) = ring[(corner + 1) % ring.len()];
            rasterizer.draw_line(
                point((x - left) as f32, (y - top) as f32),
                point((next_x - left) as f32, (next_y - top) as f32),
            );
        }
    }
    let (left, top) = (left as i32, top as i32);
    let mut outcome = Ok(());
    rasterizer.for_each_pixel_2d(|x, y, coverage| {
        if outcome.is_ok() {
            outcome = blend(canvas, (left + x as i32, top + y as i32), coverage, colour);
        }
    });
    outcome
}

/// Fills the pixels from `left` to `right` and `top` to `bottom` with `picture`. Each takes the mean of what it covers, so
/// that enlarged pixels stay square and equal where the enlargement is not a whole number.
fn paste<DB: DrawingBackend>(
    canvas: &mut DB,
    picture: &Bitmap,
    [left, right, top, bottom]: [i32; 4],
) -> Result<(), PlotError> {
    let columns = covered(picture.width, right - left);
    let rows = covered(picture.height, bottom - top);
    for (down, rows) in (top..).zip(&rows) {
        for (across, columns) in (left..).zip(&columns) {
            let mut sum = [0.0; 3];
            for &(row, tall) in rows {
                for &(column, wide) in columns {
                    for (sum, value) in sum.iter_mut().zip(picture.pixel(column, row)) {
                        *sum += tall * wide * f64::from(value);
                    }
                }
            }
            let [red, green, blue] = sum.map(|value| value.round() as u8);
            blend(canvas, (across, down), 1.0, RGBColor(red, green, blue))?;
        }
    }
    Ok(())
}

/// For each of `targets` equal parts of a line of `sources` pixels: which pixels it covers, and with what share of itself.
fn covered(sources: u32, targets: i32) -> Vec<Vec<(u32, f64)>> {
    let pitch = f64::from(sources) / f64::from(targets.max(1));
    (0..targets)
        .map(|target| {
            let (start, end) = (f64::from(target) * pitch, f64::from(target + 1) * pitch);
            (start as u32..(end.ceil() as u32).min(sources))
                .map(|source| (source, (end.min(f64::from(source + 1)) - start.max(f64::from(source))) / pitch))
                .collect()
        })
        .collect()
}

fn write<DB: DrawingBackend>(canvas: &mut DB, text: &Text, scale: f64) -> Result<(), PlotError> {
    let (x, y, start) = (text.x * scale, text.y * scale, text.start() * scale);
    // Upward text is drawn level from an origin within one pixel of (0, 0), then turned pixel by pixel.
    let (pivot_x, pivot_y) = (x.floor(), y.ceil());
    let origin = if text.upward { (pivot_y - y + start, x - pivot_x) } else { (x + start, y) };
    let mut outcome = Ok(());
    for glyph in font::outlines(&text.content, text.size * scale, text.weight, origin) {
        let corner = glyph.px_bounds().min;
        let (left, top) = (corner.x as i32, corner.y as i32);
        glyph.draw(|across, down, coverage| {
            let (across, down) = (left + across as i32, top + down as i32);
            let pixel = if text.upward { (pivot_x as i32 + down, pivot_y as i32 - across - 1) } else { (across, down) };
            if outcome.is_ok() {
                outcome = blend(canvas, pixel, coverage, text.colour);
            }
        });
    }
    outcome
}

fn blend<DB: DrawingBackend>(
    canvas: &mut DB,
    pixel: (i32, i32),
    coverage: f32,
    colour: RGBColor,
) -> Result<(), PlotError> {
    if coverage < INVISIBLE {
        return Ok(());
    }
    let colour = colour.mix(f64::from(coverage.min(1.0)));
    canvas.draw_pixel(pixel, colour.to_backend_color()).map_err(backend)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The colour of the pixel at (`x`, `y`) points.
    fn colour_at(bitmap: &Bitmap, x: f64, y: f64) -> [u8; 3] {
        bitmap.pixel((x * DPI / 72.0) as u32, (y * DPI / 72.0) as u32)
    }

    #[test]
    fn enlarged_pixels_keep_their_colour_up_to_their_edges() {
        let pixels = Bitmap { width: 2, height: 1, rgb: vec![200, 10, 20, 0, 90, 250] };
        let mut scene = Scene { height: 30.0, ..Scene::new(40.0) };
        scene.image(pixels, (5.0, 5.0), (20.1, 10.0));
        let bitmap = to_bitmap(&scene).unwrap();
        for (x, y, colour) in [
            (5.2, 5.2, [200, 10, 20]),
            (14.8, 14.7, [200, 10, 20]),
            (15.3, 5.2, [0, 90, 250]),
            (24.8, 14.7, [0, 90, 250]),
            (4.7, 10.0, [255; 3]),
            (25.4, 10.0, [255; 3]),
        ] {
            assert_eq!(colour_at(&bitmap, x, y), colour, "at {x}, {y}");
        }
    }

    #[test]
    fn a_picture_drawn_smaller_shows_the_mean_of_its_pixels() {
        let pixels = Bitmap { width: 300, height: 300, rgb: [[0; 3], [200; 3]].concat().repeat(45_000) };
        let mut scene = Scene { height: 10.0, ..Scene::new(10.0) };
        scene.image(pixels, (0.0, 0.0), (7.2, 7.2));
        assert_eq!(colour_at(&to_bitmap(&scene).unwrap(), 3.0, 3.0), [100; 3]);
    }
}
