//! Painting a scene as an SVG document, its shapes through plotters' SVG backend.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::Color;

use crate::bitmap::{Bitmap, DPI, POINTS_PER_INCH};
use crate::error::{PlotError, backend};
use crate::glyphs;
use crate::scene::{Mark, Scene};
use crate::units::UNITS;

/// How often the pixels of an image are repeated: not every viewer knows `image-rendering`, and those smooth edges only.
const ENLARGEMENT: u32 = 4;

/// The scene as an SVG document whose size is stated in points.
pub fn to_svg(scene: &Scene) -> Result<String, PlotError> {
    let (width, height) = units((scene.width, scene.height));
    // The backend would declare its units to be pixels, which would make the figure twenty times too large.
    let mut document = format!(
        "<svg width=\"{}pt\" height=\"{}pt\" viewBox=\"0 0 {width} {height}\" xmlns=\"http://www.w3.org/2000/svg\">\n\
         <rect x=\"0\" y=\"0\" width=\"{width}\" height=\"{height}\" opacity=\"1\" fill=\"#FFFFFF\" stroke=\"none\"/>\n",
        f64::from(width) / UNITS,
        f64::from(height) / UNITS
    );
    // The backend has no images, so that the shapes before and after one are documents of their own, joined here.
    for run in scene.marks.split_inclusive(|mark| matches!(mark, Mark::Image { .. })) {
        document.push_str(&shapes(run)?);
        if let Some(Mark::Image { pixels, corner, size }) = run.last() {
            document.push_str(&image(pixels, *corner, *size)?);
        }
    }
    // The backend's text depends on the viewer's fonts; outlines look the same everywhere.
    let texts = scene.marks.iter().filter_map(|mark| if let Mark::Text(text) = mark { Some(text) } else { None });
    Ok(document + &glyphs::to_svg(texts) + "</svg>\n")
}

/// The elements of `marks` that the backend can paint.
fn shapes(marks: &[Mark]) -> Result<String, PlotError> {
    let mut document = String::new();
    let mut svg = SVGBackend::with_string(&mut document, (0, 0));
    for mark in marks {
        paint(&mut svg, mark)?;
    }
    svg.present().map_err(backend)?;
    drop(svg);
    let inside = document.split_once('\n').and_then(|(_, rest)| rest.rsplit_once("</svg>")).map(|(inside, _)| inside);
    Ok(inside.unwrap_or_default().to_string())
}

/// A picture as an element that carries it as PNG.
fn image(pixels: &Bitmap, corner: (f64, f64), size: (f64, f64)) -> Result<String, PlotError> {
    let ((x, y), (width, height)) = (units(corner), units(size));
    // Viewers choose one of the pixels that lie in a place instead of their mean.
    let most = |points: f64| (points * DPI / POINTS_PER_INCH).ceil() as u32;
    let pixels = pixels.reduced(most(size.0), most(size.1));
    let png = STANDARD.encode(pixels.enlarged(ENLARGEMENT).to_png()?);
    Ok(format!(
        "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
         style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{png}\"/>\n"
    ))
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
        Mark::Veil { points, colour, opacity } => {
            let fill = colour.mix(*opacity).filled();
            svg.fill_polygon(points.iter().map(|&point| units(point)), &fill).map_err(backend)
        }
        Mark::Line { points, width, colour } => {
            let stroke = colour.stroke_width(length(*width));
            svg.draw_path(points.iter().map(|&point| units(point)), &stroke).map_err(backend)
        }
        Mark::Disc { centre, radius, colour } => {
            svg.draw_circle(units(*centre), length(*radius), &colour.filled(), true).map_err(backend)
        }
        Mark::Image { .. } | Mark::Text(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::INK;

    #[test]
    fn images_lie_between_the_shapes_before_and_after_them() {
        let mut scene = Scene { height: 10.0, ..Scene::new(10.0) };
        scene.disc((1.0, 1.0), 1.0, INK);
        scene.image(Bitmap { width: 1, height: 1, rgb: vec![9; 3] }, (2.0, 3.0), (4.0, 5.0));
        scene.line(vec![(0.0, 0.0), (9.0, 9.0)], 1.0, INK);
        let document = to_svg(&scene).unwrap();
        let place = |what: &str| document.find(what).unwrap_or_else(|| panic!("{what} is missing in {document}"));
        assert!(place("<circle") < place("<image x=\"40\" y=\"60\" width=\"80\" height=\"100\""));
        assert!(place("<image") < place("<polyline"));
        assert_eq!(document.matches("<svg").count(), 1);
        assert_eq!(document.matches("</svg>").count(), 1);
    }
}
