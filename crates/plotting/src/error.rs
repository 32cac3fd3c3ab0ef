//! What can go wrong while drawing.

use std::path::PathBuf;

/// Why a figure was not drawn.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// The figure holds nothing to draw.
    #[error("the figure has no panels; give it one for each dataset")]
    NoPanels,
    /// A run's value cannot be placed on an axis.
    #[error(
        "panel {panel:?}, group {group:?}, seed {seed}: the value is {value}, and only finite values can be drawn; \
         count a diverged run in `failed` instead"
    )]
    NotFinite {
        /// Title of the panel.
        panel: String,
        /// Label of the group.
        group: String,
        /// Seed of the run.
        seed: u64,
        /// The offending value.
        value: f64,
    },
    /// A baseline cannot be placed on an axis.
    #[error("panel {panel:?}: the baseline's mean is {mean}, and only a finite one can be drawn; leave it out instead")]
    BaselineNotFinite {
        /// Title of the panel.
        panel: String,
        /// The offending mean.
        mean: f64,
    },
    /// The groups of a panel are too narrow to carry labels.
    #[error(
        "panel {panel:?}: its {groups} groups get {slot:.1} pt of width each, and a label needs {needed:.1} pt; \
         put fewer panels in a row (`columns`) or fewer groups in a panel"
    )]
    Crowded {
        /// Title of the panel.
        panel: String,
        /// How many groups it holds.
        groups: usize,
        /// Width of a group, in points.
        slot: f64,
        /// Least width that a label needs, in points.
        needed: f64,
    },
    /// The backend refused a drawing operation.
    #[error("the drawing backend failed: {0}")]
    Backend(String),
    /// The image could not be encoded.
    #[error("the image could not be encoded as PNG")]
    Encode(#[from] png::EncodingError),
    /// A file could not be written.
    #[error("{}: the figure could not be written", .path.display())]
    Write {
        /// The file, or the folder that was to hold it.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Wraps a backend's error, whose type differs from backend to backend.
pub(crate) fn backend(error: impl std::fmt::Display) -> PlotError {
    PlotError::Backend(error.to_string())
}
