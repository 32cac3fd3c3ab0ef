//! Composition of a figure of lines: rows of panels, with everything that is written around them.

use crate::error::PlotError;
use crate::font::{self, Weight};
use crate::legend::{self, Entry, Symbol};
use crate::lines::{LinesFigure, LinesRow};
use crate::lines_panel::{self, RowAxis, layers_frame};
use crate::lines_statements::statements;
use crate::palette::stroke;
use crate::panel::{Frame, TICK_PAD};
use crate::scene::{Anchor, Scene, Text};
use crate::sheet::{BLOCK, sheet};
use crate::style::{
    COLUMN_WIDTH, DIFFERENCES_HEIGHT, GAP, LABEL, LINES_HEIGHT, MARGIN, MUTED, PAGE_WIDTH, PANEL_TITLE, SMALL, TICK,
    line_height,
};
use crate::text::wrap;
use crate::writing::{panel_letter, paragraph, upward_label};

/// Space between a panel's frame and the labels of its groups of layers, in points.
const PAD: f64 = 4.5;
/// Least space between neighbouring labels, in points.
const BETWEEN: f64 = 2.5;
/// Least width of a layer, in points: markers of neighbouring layers stay apart.
const LEAST_SLOT: f64 = 2.5;

/// How markers are drawn, which every figure of several lines must say.
const METHOD: &str = "A marker is a layer; where lines coincide, their markers take turns from layer to layer.";

/// The figure laid out in points.
pub fn lay_out_lines(figure: &LinesFigure) -> Result<Scene, PlotError> {
    figure.validate()?;
    let page = Page::new(figure)?;
    let rows = |scene: &mut Scene, top: f64| {
        let mut y = top;
        let mut heading: Option<&String> = None;
        for (index, row) in figure.rows.iter().enumerate() {
            if let Some(title) = row.title.as_ref().filter(|&title| heading != Some(title)) {
                let heading = Text::new(title.as_str(), page.lefts[0], y, PANEL_TITLE).bold();
                y = paragraph(scene, heading, page.width - MARGIN - page.lefts[0]) + 1.0;
            }
            heading = row.title.as_ref();
            y = page.row(scene, index, y) + BLOCK;
        }
        let middle = (page.lefts[0] + page.width - MARGIN) / 2.0;
        let x_label = Text::new(figure.x_label.as_str(), middle, y, LABEL).anchored(Anchor::Middle);
        paragraph(scene, x_label, 2.0 * (page.width - MARGIN - middle)) + BLOCK
    };
    let several = (figure.lines.len() > 1).then_some(METHOD);
    let notes = several.into_iter().chain(figure.note.as_deref());
    Ok(sheet(page.width, figure.title.as_deref(), rows, &page.legend(), notes))
}

/// The figure and the horizontal arrangement of its panels.
struct Page<'a> {
    figure: &'a LinesFigure,
    axes: Vec<RowAxis>,
    /// The lines of each row's label of the value axis.
    labels: Vec<Vec<String>>,
    width: f64,
    /// Left edge of the data areas of each column.
    lefts: Vec<f64>,
    data_width: f64,
}

impl<'a> Page<'a> {
    fn new(figure: &'a LinesFigure) -> Result<Self, PlotError> {
        let columns = figure.columns.len();
        let width = if columns == 1 { COLUMN_WIDTH } else { PAGE_WIDTH };
        let axes: Vec<RowAxis> = figure.rows.iter().map(RowAxis::new).collect();
        let label = |row: &LinesRow| wrap(&row.y_label, height(row), LABEL, Weight::Regular);
        let labels: Vec<Vec<String>> = figure.rows.iter().map(label).collect();
        let label_lines = labels.iter().map(Vec::len).max().unwrap_or(0);
        let tick_labels = axes.iter().filter_map(|one| one.axis.as_ref()).flat_map(|axis| axis.ticks());
        let widest = tick_labels.map(|tick| font::width(&tick.label, LABEL, Weight::Regular)).fold(0.0, f64::max);
        let first = MARGIN + label_lines as f64 * line_height(LABEL) + TICK + TICK_PAD + widest + 1.0;
        let between = GAP + TICK;
        let data_width = (width - MARGIN - first - between * (columns - 1) as f64) / columns as f64;
        for row in &figure.rows {
            let needed = LEAST_SLOT * row.layers().max(1) as f64;
            if data_width < needed {
                return Err(PlotError::Narrow { panel: row.y_label.clone(), width: data_width, needed });
            }
        }
        let lefts = (0..columns).map(|column| first + column as f64 * (data_width + between)).collect();
        Ok(Page { figure, axes, labels, width, lefts, data_width })
    }

    /// Draws row `index` below `y` and returns where what is written beneath it ends.
    fn row(&self, scene: &mut Scene, index: usize, y: f64) -> f64 {
        let row = &self.figure.rows[index];
        let mut title_bottom = y;
        for (column, &left) in self.lefts.iter().enumerate() {
            let x = if self.figure.rows.len() * self.lefts.len() > 1 {
                panel_letter(scene, index * self.lefts.len() + column, (left, y))
            } else {
                left
            };
            let moment = (index == 0).then_some(self.figure.columns[column].as_str());
            let title: Vec<&str> = moment.into_iter().chain(row.panels[column].title.as_deref()).collect();
            let title = Text::new(title.join(", "), x, y, PANEL_TITLE);
            let bottom = paragraph(scene, title, left + self.data_width - x).max(y + line_height(PANEL_TITLE));
            title_bottom = title_bottom.max(bottom);
        }
        let top = title_bottom + BLOCK / 2.0;
        // Rows over the same layers are read down to the labels beneath the last of them.
        let labelled = self.figure.rows.get(index + 1).is_none_or(|next| next.groups != row.groups);
        let mut bottom = top;
        for (column, &left) in self.lefts.iter().enumerate() {
            let frame = Frame { left, top, width: self.data_width, height: height(row), labelled: column == 0 };
            let panel = &row.panels[column];
            lines_panel::draw(scene, row, panel, &self.axes[index], frame);
            let mut y = frame.bottom() + PAD;
            if labelled {
                y += group_labels(scene, row, frame, y);
            }
            for line in statements(row, panel, &self.figure.lines, &self.axes[index]) {
                y = paragraph(scene, Text::new(line, left, y, SMALL).coloured(MUTED), frame.width);
            }
            bottom = bottom.max(y);
        }
        upward_label(scene, &self.labels[index], MARGIN, top + height(row) / 2.0, LABEL);
        bottom
    }

    fn legend(&self) -> Vec<Entry> {
        let line =
            |(place, name): (usize, &String)| Entry { symbol: Symbol::Stroke(stroke(place)), label: name.clone() };
        let mut entries: Vec<Entry> = self.figure.lines.iter().enumerate().map(line).collect();
        if self.figure.has_intervals() {
            entries.push(Entry { symbol: Symbol::Interval, label: self.figure.interval.clone() });
        }
        if self.figure.has_references() {
            entries.push(Entry { symbol: Symbol::Reference(0), label: self.figure.reference.clone() });
        }
        entries.extend(self.axes.iter().any(RowAxis::is_left).then(legend::beyond_the_axis));
        entries
    }
}

/// Height of the data areas of a row, in points.
fn height(row: &LinesRow) -> f64 {
    if row.zero { DIFFERENCES_HEIGHT } else { LINES_HEIGHT }
}

/// Writes the labels of the row's groups below `top`, across if there is room for all of them and upward if not, and
/// returns their height. Labels that would still cover one another are thinned.
fn group_labels(scene: &mut Scene, row: &LinesRow, frame: Frame, top: f64) -> f64 {
    let inner = layers_frame(frame);
    let slot = inner.slot(row.layers());
    let mut first = 0;
    let middles: Vec<(f64, &str)> = row
        .groups
        .iter()
        .map(|group| {
            let middle = inner.left + (first as f64 + group.layers.len() as f64 / 2.0) * slot;
            first += group.layers.len();
            (middle, group.label.as_str())
        })
        .collect();
    let across = [LABEL, SMALL].into_iter().find(|&size| fits_across(&middles, size, frame));
    if let Some(size) = across {
        for (x, label) in middles {
            let text = Text::new(label, x, top + font::ASCENT * size, size);
            scene.text(text.anchored(Anchor::Middle));
        }
        return line_height(size);
    }
    let (mut height, mut free) = (0.0_f64, f64::NEG_INFINITY);
    for (x, label) in middles.into_iter().filter(|(_, label)| !label.is_empty()) {
        let text = Text::new(label, x + font::MIDDLE * SMALL, top, SMALL).anchored(Anchor::End).reading_upward();
        let bounds = text.bounds();
        if bounds.left >= free {
            height = height.max(bounds.bottom - bounds.top);
            free = bounds.right;
            scene.text(text);
        }
    }
    height + SMALL * 0.5
}

/// Whether the labels around `middles` stay apart and within the space that belongs to the panel.
fn fits_across(middles: &[(f64, &str)], size: f64, frame: Frame) -> bool {
    let mut free = frame.left - GAP / 2.0;
    for &(x, label) in middles {
        let half = font::width(label, size, Weight::Regular) / 2.0;
        if x - half < free {
            return false;
        }
        free = x + half + BETWEEN;
    }
    free - BETWEEN <= frame.right() + GAP / 2.0
}
