//! Painting a scene as a picture of pixels, smoothly: each pixel is covered in proportion to the shape's area in it.

use ab_glyph_rasterizer::{Rasterizer, point};
use plotters::backend::{BitMapBackend, DrawingBackend};
use plotters::style::{Color, RGBColor};

use crate::error::{PlotError, backend};
use crate::font;
use crate::scene::{Mark, Scene, Text};

/// Resolution of PNG files, in pixels per inch.
pub const DPI: f64 = 300.0;
/// Corners of the polygon that stands for a circle: at print size it cannot be told from one.
const CIRCLE_CORNERS: usize = 40;
/// Coverage too small to change a pixel.
const INVISIBLE: f32 = 1.0 / 512.0;

/// A picture of `width` × `height` pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Red, green and blue of each pixel, row by row from the top.
    pub rgb: Vec<u8>,
}

impl Bitmap {
    /// The picture as a PNG file, its resolution stated in it.
    pub fn to_png(&self) -> Result<Vec<u8>, PlotError> {
        const METRES_PER_INCH: f64 = 0.0254;
        let per_metre = (DPI / METRES_PER_INCH).round() as u32;
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.rgb)?;
        writer.finish()?;
        Ok(bytes)
    }
}

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
