//! SVG documents as what pictures and pages are made from.

use resvg::usvg::{Options, Tree};

use crate::bitmap::POINTS_PER_INCH;
use crate::error::{PlotError, backend};

/// Reads a document that [`to_svg`](crate::to_svg) wrote; its lengths are points. Text is outlines there, so no fonts are needed.
pub(crate) fn parse(document: &str) -> Result<Tree, PlotError> {
    let options = Options { dpi: POINTS_PER_INCH as f32, ..Options::default() };
    Tree::from_str(document, &options).map_err(backend)
}
