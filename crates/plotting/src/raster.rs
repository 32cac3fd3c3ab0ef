//! The picture of pixels of a scene, made from its SVG document.

use resvg::tiny_skia::{Color, Pixmap, Transform};

use crate::bitmap::{Bitmap, DPI, POINTS_PER_INCH};
use crate::document::parse;
use crate::error::{PlotError, backend};
use crate::scene::Scene;
use crate::svg::to_svg;

/// The scene at [`DPI`] pixels per inch.
pub fn to_bitmap(scene: &Scene) -> Result<Bitmap, PlotError> {
    render(&parse(&to_svg(scene)?)?)
}

/// The picture of a document at [`DPI`] pixels per inch.
pub(crate) fn render(document: &resvg::usvg::Tree) -> Result<Bitmap, PlotError> {
    let scale = (DPI / POINTS_PER_INCH) as f32;
    let side = |points: f32| (points * scale).ceil() as u32;
    let (width, height) = (side(document.size().width()), side(document.size().height()));
    let mut pixels = Pixmap::new(width, height).ok_or_else(|| backend("the figure is too large for a picture"))?;
    // The last row and column may be covered in part only.
    pixels.fill(Color::WHITE);
    resvg::render(document, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let rgb = pixels.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
    Ok(Bitmap { width, height, rgb })
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
