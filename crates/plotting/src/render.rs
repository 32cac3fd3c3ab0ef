//! From a scene to files: an SVG document, and a PNG picture and a PDF page made from it, so that all three agree.

use std::path::Path;

use crate::document::parse;
use crate::error::PlotError;
use crate::pdf::page;
use crate::raster::render;
use crate::scene::Scene;
use crate::svg::to_svg;

/// Writes the scene to `svg` and `png`, and beside `svg` a PDF of the same name, creating their folders. Each file appears whole
/// or not at all.
pub fn save(scene: &Scene, svg: &Path, png: &Path) -> Result<(), PlotError> {
    let text = to_svg(scene)?;
    let document = parse(&text)?;
    let (picture, page) = (render(&document)?.to_png()?, page(&document)?);
    for (path, bytes) in [(svg, text.as_bytes()), (png, &picture), (&svg.with_extension("pdf"), &page)] {
        whole_file::replace(path, bytes).map_err(|source| PlotError::Write { path: path.to_path_buf(), source })?;
    }
    Ok(())
}
