//! Painting a scene as an SVG document, through plotters' SVG backend.

use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, FontTransform, WHITE};

use crate::error::{PlotError, backend};
use crate::font::{FAMILY, Weight};
use crate::scene::{Anchor, Mark, Scene, Text};

/// Document units a point: the backend takes whole numbers only, and a twentieth of a point is finer than print.
const UNITS: f64 = 20.0;

/// What the backend divides every font size by.
const FONT_DIVISOR: f64 = 1.24;
/// How far below its position the backend puts the baseline of text anchored at the top, as a fraction of the font size.
const TOP_TO_BASELINE: f64 = 0.76;

/// The scene as an SVG document whose size is stated in points.
pub fn to_svg(scene: &Scene) -> Result<String, PlotError> {
    let (width, height) = units((scene.width, scene.height));
    let mut document = String::new();
    {
        let mut svg = SVGBackend::with_string(&mut document, (width.unsigned_abs(), height.unsigned_abs()));
        svg.draw_rect((0, 0), (width, height), &WHITE.filled(), true).map_err(backend)?;
        for mark in &scene.marks {
            paint(&mut svg, mark)?;
        }
        svg.present().map_err(backend)?;
    }
    // The backend declares its units to be pixels, which would make the figure twenty times too large.
    let pixels = format!("width=\"{width}\" height=\"{height}\" viewBox");
    let points = format!("width=\"{}pt\" height=\"{}pt\" viewBox", f64::from(width) / UNITS, f64::from(height) / UNITS);
    Ok(document.replacen(&pixels, &points, 1))
}

fn units((x, y): (f64, f64)) -> (i32, i32) {
    ((x * UNITS).round() as i32, (y * UNITS).round() as i32)
}

fn length(points: f64) -> u32 {
    (points * UNITS).round().max(1.0) as u32
}

fn paint(svg: &mut SVGBackend<'_>, mark: &Mark) -> Result<(), PlotError> {
    match mark {
        Mark::Polygon { points, colour } => {
            svg.fill_polygon(points.iter().map(|&point| units(point)), &colour.filled()).map_err(backend)
        }
        Mark::Line { points, width, colour } => {
            let stroke = colour.stroke_width(length(*width));
            svg.draw_path(points.iter().map(|&point| units(point)), &stroke).map_err(backend)
        }
        Mark::Disc { centre, radius, colour } => {
            svg.draw_circle(units(*centre), length(*radius), &colour.filled(), true).map_err(backend)
        }
        Mark::Text(text) => paint_text(svg, text),
    }
}

fn paint_text(svg: &mut SVGBackend<'_>, text: &Text) -> Result<(), PlotError> {
    let weight = match text.weight {
        Weight::Regular => FontStyle::Normal,
        Weight::Bold => FontStyle::Bold,
    };
    let anchor = match text.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let lift = TOP_TO_BASELINE * text.size;
    // The backend lowers the text before it turns it, so that upward text moves to the right instead of down.
    let (turn, position) = if text.upward {
        (FontTransform::Rotate270, (text.x - lift, text.y))
    } else {
        (FontTransform::None, (text.x, text.y - lift))
    };
    let font = FontDesc::new(FontFamily::Name(FAMILY), text.size * UNITS * FONT_DIVISOR, weight).transform(turn);
    let style = font.color(&text.colour).pos(Pos::new(anchor, VPos::Top));
    svg.draw_text(&text.content, &style, units(position)).map_err(backend)
}
