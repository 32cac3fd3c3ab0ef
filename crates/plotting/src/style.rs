//! Sizes and colours shared by every figure. All lengths are in points (1/72 inch).

use plotters::style::RGBColor;

/// Width of a figure that fills one column of a two-column page: 3.5 inches, in points.
pub const COLUMN_WIDTH: f64 = 252.0;
/// Width of a figure that fills the page: 7.2 inches, in points.
pub const PAGE_WIDTH: f64 = 518.4;
/// Height of the data area of one panel, in points.
pub const PLOT_HEIGHT: f64 = 132.0;
/// Height of the data area of a panel of lines, in points: there are more rows of them to a page.
pub const LINES_HEIGHT: f64 = 92.0;
/// The same of a panel of differences, which has no shape of its own to be read.
pub const DIFFERENCES_HEIGHT: f64 = 62.0;
/// Empty border around a figure, in points.
pub const MARGIN: f64 = 5.0;
/// Empty space between neighbouring panels, in points.
pub const GAP: f64 = 10.0;

/// Font size of a figure's title, in points.
pub const TITLE: f64 = 9.0;
/// Font size of a panel's title, in points.
pub const PANEL_TITLE: f64 = 8.0;
/// Font size of axis labels, tick labels and the legend, in points.
pub const LABEL: f64 = 7.0;
/// Font size of statements beneath a panel and of the caption, in points: the smallest that journals accept.
pub const SMALL: f64 = 6.0;
/// Distance between the baselines of two lines of text, as a multiple of the font size.
pub const LEADING: f64 = 1.22;

/// Radius of a swarm's dots when there is room for them, in points.
pub const DOT_RADIUS: f64 = 2.1;
/// Radius below which dots are not shrunk any further, in points.
pub const DOT_RADIUS_MIN: f64 = 0.8;
/// Width of the dark rim that keeps a light dot visible, in points.
pub const RIM: f64 = 0.3;
/// Width of lines that stand for conditions or paths, in points.
pub const STROKE: f64 = 1.0;
/// Radius of the markers on lines over layers, in points.
pub const MARKER: f64 = 1.35;
/// Radius of the markers of a path's tasks, in points, of those that the fewest and the most tasks visit.
pub const TASK_MARKER: (f64, f64) = (3.6, 1.4);
/// Width of the white rim that parts a marker from what is behind it, in points.
pub const HALO: f64 = 0.4;
/// Width of an interval's whisker, in points.
pub const WHISKER: f64 = 0.5;
/// Width of axes and tick marks, in points.
pub const HAIRLINE: f64 = 0.6;
/// Length of tick marks, in points.
pub const TICK: f64 = 2.5;

/// Text, axes and tick marks.
pub const INK: RGBColor = RGBColor(25, 25, 25);
/// Statements beneath a panel and the caption.
pub const MUTED: RGBColor = RGBColor(90, 90, 90);
/// The ground of every figure, and what is written on dark colours.
pub const PAPER: RGBColor = RGBColor(255, 255, 255);
/// Faint lines that separate regions of a panel.
pub const FAINT: RGBColor = RGBColor(190, 190, 190);
/// Inside of a violin: light, so that every dot of the palette stands out against it.
pub const VIOLIN_FILL: RGBColor = RGBColor(228, 233, 240);
/// The interval around a reference: warm, to be told from violins, and light, for they lie on it.
pub const BAND_FILL: RGBColor = RGBColor(250, 238, 214);
/// Outline of a violin.
pub const VIOLIN_EDGE: RGBColor = RGBColor(150, 161, 178);

/// Height of a line of text of font size `size`, in points.
pub fn line_height(size: f64) -> f64 {
    size * LEADING
}
