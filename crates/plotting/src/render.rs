//! From a scene to files: an SVG document and a PNG picture of the same layout.

use std::path::Path;

use crate::error::PlotError;
use crate::raster::to_bitmap;
use crate::scene::Scene;
use crate::svg::to_svg;

/// Writes the scene to `svg` and `png`, creating their folders. Each file appears whole or not at all.
pub fn save(scene: &Scene, svg: &Path, png: &Path) -> Result<(), PlotError> {
    let document = to_svg(scene)?;
    let picture = to_bitmap(scene)?.to_png()?;
    for (path, bytes) in [(svg, document.as_bytes()), (png, &picture)] {
        whole_file::replace(path, bytes).map_err(|source| PlotError::Write { path: path.to_path_buf(), source })?;
    }
    Ok(())
}
