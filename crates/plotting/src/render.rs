//! From a scene to files: an SVG document and a PNG picture of the same layout.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::PlotError;
use crate::raster::to_bitmap;
use crate::scene::Scene;
use crate::svg::to_svg;

/// Writes the scene to `svg` and `png`, creating their folders. Each file appears whole or not at all.
pub fn save(scene: &Scene, svg: &Path, png: &Path) -> Result<(), PlotError> {
    let document = to_svg(scene)?;
    let picture = to_bitmap(scene)?.to_png()?;
    write_whole(svg, document.as_bytes())?;
    write_whole(png, &picture)
}

/// Writes beside `path` and renames into place, so that an interrupted run leaves no half a figure.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), PlotError> {
    let failed = |source| PlotError::Write { path: path.to_path_buf(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let partial = partial(path);
    let written = fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        // What matters to the caller is why the figure is missing, not whether the remains could be swept away.
        let _ = fs::remove_file(&partial);
    }
    written.map_err(failed)
}

/// A name beside `path` that no other process writes to.
fn partial(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".{}.partial", std::process::id()));
    PathBuf::from(name)
}
