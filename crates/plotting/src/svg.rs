//! Painting a scene as an SVG document, through plotters' SVG backend.

use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::{Color, WHITE};

use crate::error::{PlotError, backend};
use crate::glyphs;
use crate::scene::{Mark, Scene};

/// Document units a point: the backend takes whole numbers only, and a twentieth of a point is finer than print.
pub(crate) const UNITS: f64 = 20.0;

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
    let document = document.replacen(&pixels, &points, 1);
    // The backend's text depends on the viewer's fonts; outlines look the same everywhere.
    let texts = scene.marks.iter().filter_map(|mark| if let Mark::Text(text) = mark { Some(text) } else { None });
    let (body, end) = document.rsplit_once("</svg>").unwrap_or((&document, ""));
    Ok(format!("{body}{}</svg>{end}", glyphs::to_svg(texts)))
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
        Mark::Text(_) => Ok(()),
    }
}
