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
    /// A curve or a dot cannot be placed on its axes.
    #[error("the panel of {panel:?} has a curve or a dot that is not finite; leave out what is not")]
    CurveNotFinite {
        /// The label of its value axis.
        panel: String,
    },
    /// A font file cannot be used.
    #[error("the font {path} cannot be used: {reason}", path = path.display())]
    Font {
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A mean or its interval cannot be placed on an axis.
    #[error(
        "panel {panel:?}, group {group:?}: the mean is {value}, its interval {low} to {high}, and only finite ones can be drawn; \
         leave it out instead"
    )]
    MeanNotFinite {
        /// Title of the panel.
        panel: String,
        /// Label of the group.
        group: String,
        /// The mean.
        value: f64,
        /// Lower end of its interval.
        low: f64,
        /// Upper end of its interval.
        high: f64,
    },
    /// A reference line cannot be placed on an axis.
    #[error(
        "panel {panel:?}: the reference {reference:?} is {value}, and only a finite one can be drawn; leave it out instead"
    )]
    ReferenceNotFinite {
        /// Title of the panel.
        panel: String,
        /// Label of the reference.
        reference: String,
        /// The offending value.
        value: f64,
    },
    /// A task of a path cannot be placed in the plane.
    #[error(
        "diagram {panel:?}, path {path:?}, N = {n}: the task ({x}, {y}) is not finite; give both parameters as numbers"
    )]
    TaskNotFinite {
        /// Title of the diagram.
        panel: String,
        /// Label of the path.
        path: String,
        /// Number of tasks of the discretization.
        n: usize,
        /// Horizontal parameter of the task.
        x: f64,
        /// Vertical parameter of the task.
        y: f64,
    },
    /// An axis of a path diagram has no length.
    #[error(
        "diagram {panel:?}, axis {axis:?}: it runs from {source_value} at the source to {target} at the target; \
         give two different finite values"
    )]
    NoRange {
        /// Title of the diagram.
        panel: String,
        /// Label of the axis.
        axis: String,
        /// Parameter of the source task.
        source_value: f64,
        /// Parameter of the target task.
        target: f64,
    },
    /// More lines than can be told apart.
    #[error("{figure:?}: it has {lines} lines, and only {most} can be told apart; spread them over more figures")]
    TooManyLines {
        /// Title of the figure or diagram.
        figure: String,
        /// How many lines it has.
        lines: usize,
        /// How many it can have.
        most: usize,
    },
    /// The parts of a figure of lines do not fit together.
    #[error("row {row}{}: there are {found} {what}, and {expected} were expected, one for each {each}", .column.map_or(String::new(), |column| format!(", column {column}")))]
    Shape {
        /// Row, counted from 1.
        row: usize,
        /// Column, counted from 1, if the part belongs to one panel.
        column: Option<usize>,
        /// What there are too many or too few of.
        what: &'static str,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
        /// What there should be one for.
        each: &'static str,
    },
    /// A value of a line cannot be placed on an axis.
    #[error(
        "row {row}, column {column}, line {line:?}, layer {layer:?}: the value is {value} ({low} to {high}), and only finite \
         values can be drawn; give `None` for a missing one"
    )]
    LineNotFinite {
        /// Row, counted from 1.
        row: usize,
        /// Column, counted from 1.
        column: usize,
        /// Name of the line.
        line: String,
        /// Name of the layer.
        layer: String,
        /// The value.
        value: f64,
        /// Lower end of its interval.
        low: f64,
        /// Upper end of its interval.
        high: f64,
    },
    /// The legend would show something that has no name.
    #[error("the figure draws {what} and does not say what they are; set `{field}`")]
    Unnamed {
        /// What is drawn.
        what: &'static str,
        /// The field that names it.
        field: &'static str,
    },
    /// A panel is too narrow to be read.
    #[error("panel {panel:?}: it is {width:.1} pt wide and needs {needed:.1} pt; put fewer panels in a row")]
    Narrow {
        /// Title of the panel.
        panel: String,
        /// Width of its data area, in points.
        width: f64,
        /// Least width it can have, in points.
        needed: f64,
    },
    /// The groups of a panel are too narrow to carry labels.
    #[error(
        "panel {panel:?}: its {groups} groups get {slot:.1} pt of width each, and a label needs {needed:.1} pt; \
         put fewer groups in a panel, or fewer panels in a row"
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
