//! Figures of repeated experiments, drawn so that every run can be seen.
//!
//! A mean with a bar hides what ten runs did. The figures here show each run as a dot, coloured by its seed so that it can
//! be followed from condition to condition, over a violin that shows where the runs crowd, and beside them their mean with
//! its interval. Whatever a reader needs to judge them is written in the figure itself: how many runs there are, how many diverged, which value is off the axis,
//! and how the violin was computed.
//!
//! A [`ViolinFigure`] can hold [`PathDiagram`]s beside its violins, which show where in the plane of two transformations the
//! tasks of a path lie. A [`LinesFigure`] shows measures of a network layer by layer, a line a condition; a
//! [`CurvesFigure`] values along a numeric axis, such as losses over epochs, and how two numbers of a run go together; an
//! [`IntervalsFigure`] conditions beneath one another with an estimate of each of several quantities.
//!
//! A figure is first laid out as a [`Scene`] in points, with the widths of an embedded typeface, and then painted twice
//! from that one layout: as an SVG document and as a PNG picture. The two therefore show the same thing.
//!
//! ```
//! use plotting::{Group, Point, Reference, ViolinFigure, ViolinPanel};
//!
//! let runs = |losses: [f64; 3]| losses.into_iter().zip(0..).map(|(value, seed)| Point { seed, value }).collect();
//! let figure = ViolinFigure {
//!     panels: vec![
//!         ViolinPanel {
//!             title: "CIFAR-10".to_string(),
//!             groups: vec![
//!                 Group { label: "[No, No]".to_string(), points: runs([0.61, 0.64, 0.60]), ..Group::default() },
//!                 Group { label: "[No, Yes]".to_string(), points: runs([0.55, 0.57, 0.58]), failed: 1, ..Group::default() },
//!             ],
//!             reference: Some(Reference {
//!                 value: 0.52,
//!                 label: "baseline mean".to_string(),
//!                 n: Some(3),
//!                 ..Reference::default()
//!             }),
//!             ..ViolinPanel::default()
//!         }
//!         .into(),
//!     ],
//!     y_label: "Test loss".to_string(),
//!     x_label: "Bias reset before task [1, 2]".to_string(),
//!     ..ViolinFigure::default()
//! };
//! let scene = plotting::lay_out(&figure)?;
//! let document = plotting::to_svg(&scene)?;
//! assert!(document.contains("1 diverged"));
//! # Ok::<(), plotting::PlotError>(())
//! ```

use std::path::Path;

mod axis;
mod bitmap;
pub mod curve;
mod curves;
mod curves_layout;
mod curves_panel;
mod document;
mod dots;
mod error;
mod estimate;
mod fallback;
pub mod font;
mod glyphs;
mod gutter;
mod intervals;
mod intervals_layout;
mod kde;
mod labels;
mod layout;
mod legend;
mod lines;
mod lines_layout;
mod lines_panel;
mod lines_statements;
mod number;
mod order;
mod palette;
mod panel;
mod path_panel;
mod pdf;
mod plane;
mod prepared;
mod raster;
mod reference;
mod render;
mod scene;
mod sheet;
mod statements;
mod stroke;
pub mod style;
mod svg;
mod swarm;
mod text;
mod units;
mod violin;
mod writing;

pub use axis::{Axis, Scale, Tick};
pub use bitmap::{Bitmap, DPI};
pub use curves::{Band, Curve, CurveDot, CurvesFigure, CurvesPanel, CurvesRow};
pub use curves_layout::lay_out_curves;
pub use error::PlotError;
pub use estimate::Estimate;
pub use fallback::add_font;
pub use intervals::{IntervalsCell, IntervalsColumn, IntervalsFigure, IntervalsRow, IntervalsSection};
pub use intervals_layout::lay_out_intervals;
pub use kde::{CUT, Kde};
pub use layout::{lay_out, most_groups};
pub use lines::{LayerGroup, Line, LinesFigure, LinesPanel, LinesRow};
pub use lines_layout::lay_out_lines;
pub use order::{FENCE, Fences, median};
pub use palette::{MOST_STROKES, SeedColours, ramp, stroke};
pub use plane::{Discretization, DrawnPath, PathDiagram, PlaneAxis};
pub use plotters::style::RGBColor;
pub use raster::to_bitmap;
pub use render::save;
pub use scene::{Anchor, Mark, Scene, Text, TextBox};
pub use stroke::{Dashes, Marker, Stroke};
pub use svg::to_svg;
pub use swarm::swarm;
pub use text::wrap;
pub use violin::{Group, Panel, Point, Reference, SharedY, ViolinFigure, ViolinPanel};

/// Lays the figure out and writes it to the files `svg` and `png`, the picture at [`DPI`] pixels per inch, and beside `svg`
/// a PDF of the same name.
pub fn draw_violins(figure: &ViolinFigure, svg: &Path, png: &Path) -> Result<(), PlotError> {
    save(&lay_out(figure)?, svg, png)
}

/// Lays the figure out and writes it to the files `svg` and `png`, the picture at [`DPI`] pixels per inch, and beside `svg`
/// a PDF of the same name.
pub fn draw_curves(figure: &CurvesFigure, svg: &Path, png: &Path) -> Result<(), PlotError> {
    save(&lay_out_curves(figure)?, svg, png)
}

/// Lays the figure out and writes it to the files `svg` and `png`, the picture at [`DPI`] pixels per inch, and beside `svg`
/// a PDF of the same name.
pub fn draw_intervals(figure: &IntervalsFigure, svg: &Path, png: &Path) -> Result<(), PlotError> {
    save(&lay_out_intervals(figure)?, svg, png)
}

/// Lays the figure out and writes it to the files `svg` and `png`, the picture at [`DPI`] pixels per inch, and beside `svg`
/// a PDF of the same name.
pub fn draw_lines(figure: &LinesFigure, svg: &Path, png: &Path) -> Result<(), PlotError> {
    save(&lay_out_lines(figure)?, svg, png)
}
