//! The page of a scene, made from its SVG document: what goes into a paper.

use resvg::usvg::Tree;
use svg2pdf::{ConversionOptions, PageOptions, to_pdf};

use crate::bitmap::POINTS_PER_INCH;
use crate::error::{PlotError, backend};

/// The document as a PDF file of one page of its size, with text as outlines.
pub(crate) fn page(document: &Tree) -> Result<Vec<u8>, PlotError> {
    let conversion = ConversionOptions { embed_text: false, ..ConversionOptions::default() };
    to_pdf(document, conversion, PageOptions { dpi: POINTS_PER_INCH as f32 }).map_err(backend)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitmap::Bitmap;
    use crate::document::parse;
    use crate::scene::Scene;
    use crate::style::INK;
    use crate::svg::to_svg;

    fn pdf(scene: &Scene) -> Vec<u8> {
        page(&parse(&to_svg(scene).unwrap()).unwrap()).unwrap()
    }

    fn holds(pdf: &[u8], text: &str) -> bool {
        pdf.windows(text.len()).any(|window| window == text.as_bytes())
    }

    #[test]
    fn a_page_has_the_size_of_the_figure_and_its_pictures_and_is_the_same_every_time() {
        let mut scene = Scene { height: 30.0, ..Scene::new(40.0) };
        scene.line(vec![(0.0, 0.0), (9.0, 9.0)], 1.0, INK);
        let without = pdf(&scene);
        assert!(without.starts_with(b"%PDF-") && holds(&without, "/MediaBox [0 0 40 30]"));
        assert!(!holds(&without, "/Subtype /Image"));
        scene.image(Bitmap { width: 2, height: 1, rgb: vec![200, 10, 20, 0, 90, 250] }, (5.0, 5.0), (20.0, 10.0));
        let with = pdf(&scene);
        assert!(holds(&with, "/Subtype /Image"));
        assert_eq!(with, pdf(&scene));
    }
}
