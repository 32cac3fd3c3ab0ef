//! Composition of a violin figure: panels in rows, with everything that is written around them.

use crate::dots;
use crate::error::PlotError;
use crate::font::{self, Weight};
use crate::labels::Labels;
use crate::legend;
use crate::palette::SeedColours;
use crate::panel::{self, Frame, TICK_PAD};
use crate::prepared::{Prepared, prepare};
use crate::scene::{Anchor, Scene, Text};
use crate::statements::{remarks, statements};
use crate::style::{
    COLUMN_WIDTH, GAP, LABEL, MARGIN, MUTED, PAGE_WIDTH, PANEL_TITLE, PLOT_HEIGHT, SMALL, TICK, TITLE, line_height,
};
use crate::text::wrap;
use crate::violin::ViolinFigure;

/// Space between blocks of a figure, in points.
const BLOCK: f64 = 4.0;
/// Most panels put in a row when the figure does not ask for a number.
const MOST_COLUMNS: usize = 4;
/// Width of a group that most labels and swarms do well with, and a guess at the width of an axis, in points.
const COMFORTABLE_SLOT: f64 = 17.0;
const USUAL_AXIS: f64 = 28.0;
/// Most groups that a figure of one panel shows in a single column's width.
const COLUMN_GROUPS: usize = 6;

/// How violins are computed, which every figure with one must say.
const METHOD: &str = "Violin: Gaussian kernel density, Scott's bandwidth, cut one bandwidth beyond the data, \
                      all of equal greatest width. A dot is one run.";

/// The figure laid out in points.
pub fn lay_out(figure: &ViolinFigure) -> Result<Scene, PlotError> {
    figure.validate()?;
    let grid = Grid::new(figure)?;
    let mut scene = Scene::new(grid.figure_width);
    let inner = scene.width - 2.0 * MARGIN;
    let mut y = MARGIN;
    if let Some(title) = &figure.title {
        y = paragraph(&mut scene, Text::new(title.as_str(), MARGIN, y, TITLE).bold(), inner) + BLOCK;
    }
    let mut first_top = None;
    let mut last_bottom = y;
    for row in 0..grid.panels.len().div_ceil(grid.columns) {
        let from = row * grid.columns;
        let to = (from + grid.columns).min(grid.panels.len());
        let title_bottom = (from..to).map(|at| grid.title(&mut scene, at, y)).fold(y, f64::max);
        let top = title_bottom + BLOCK;
        let mut row_bottom = top;
        for at in from..to {
            row_bottom = row_bottom.max(grid.panel(&mut scene, at, top));
        }
        first_top = first_top.or(Some(top));
        last_bottom = top + PLOT_HEIGHT;
        y = row_bottom + 2.0 * BLOCK;
    }
    let middle = (grid.lefts[0] + scene.width - MARGIN) / 2.0;
    let x_label = Text::new(figure.x_label.as_str(), middle, y - BLOCK, LABEL).anchored(Anchor::Middle);
    let available = 2.0 * (scene.width - MARGIN - middle);
    y = paragraph(&mut scene, x_label, available) + BLOCK;
    let plots_middle = (first_top.unwrap_or(last_bottom) + last_bottom) / 2.0;
    for (line, content) in grid.y_label.iter().enumerate() {
        let x = MARGIN + font::ASCENT * LABEL + line as f64 * line_height(LABEL);
        let text = Text::new(content.clone(), x, plots_middle, LABEL);
        scene.text(text.anchored(Anchor::Middle).reading_upward());
    }
    y += legend::draw(&mut scene, &grid.panels, &grid.colours, (MARGIN, y), inner);
    let violins = grid.panels.iter().flat_map(|panel| &panel.groups).any(|group| !group.curve.is_empty());
    for note in violins.then_some(METHOD).into_iter().chain(figure.note.as_deref()) {
        y = paragraph(&mut scene, Text::new(note, MARGIN, y + 1.0, SMALL).coloured(MUTED), inner);
    }
    scene.height = y + MARGIN;
    Ok(scene)
}

/// Draws `text` below its `y` in lines of `width` points and returns where they end.
fn paragraph(scene: &mut Scene, text: Text, width: f64) -> f64 {
    let lines = wrap(&text.content, width, text.size, text.weight);
    let (top, height) = (text.y, line_height(text.size));
    let bottom = top + lines.len() as f64 * height;
    for (line, content) in lines.into_iter().enumerate() {
        let y = top + font::ASCENT * text.size + line as f64 * height;
        scene.text(Text { content, y, ..text.clone() });
    }
    bottom
}

/// The panels of a figure and their horizontal arrangement.
struct Grid<'a> {
    panels: Vec<Prepared<'a>>,
    labels: Vec<Labels>,
    swarms: Vec<Vec<dots::GroupSwarm>>,
    radius: f64,
    colours: SeedColours,
    y_label: Vec<String>,
    figure_width: f64,
    columns: usize,
    /// Left edge of the data areas of each column.
    lefts: Vec<f64>,
    data_width: f64,
    shared_y: bool,
}

impl<'a> Grid<'a> {
    fn new(figure: &'a ViolinFigure) -> Result<Self, PlotError> {
        let panels = prepare(figure);
        let groups = figure.panels.iter().map(|panel| panel.groups.len()).max().unwrap_or(0);
        let narrow = panels.len() == 1 && groups <= COLUMN_GROUPS;
        let figure_width = if narrow { COLUMN_WIDTH } else { PAGE_WIDTH };
        let columns = columns(figure, groups, figure_width);
        let rows = panels.len().div_ceil(columns);
        let y_label = wrap(&figure.y_label, PLOT_HEIGHT * rows as f64, LABEL, Weight::Regular);
        let start = MARGIN + y_label.len() as f64 * line_height(LABEL);
        let tick_labels = panels.iter().filter_map(|panel| panel.axis.as_ref()).flat_map(|axis| axis.ticks());
        let widths = tick_labels.map(|tick| font::width(&tick.label, LABEL, Weight::Regular));
        let axis_width = TICK + TICK_PAD + widths.fold(0.0, f64::max) + 1.0;
        let axis_of = |column: usize| if figure.shared_y && column > 0 { TICK } else { axis_width };
        let axes: f64 = (0..columns).map(axis_of).sum();
        let gaps = GAP * (columns - 1) as f64;
        let data_width = (figure_width - MARGIN - start - axes - gaps) / columns as f64;
        let mut lefts = Vec::new();
        let mut x = start;
        for column in 0..columns {
            lefts.push(x + axis_of(column));
            x += axis_of(column) + data_width + GAP;
        }
        let slots: Vec<f64> = panels.iter().map(|one| data_width / one.groups.len().max(1) as f64).collect();
        for (one, &slot) in panels.iter().zip(&slots) {
            if slot < Labels::least_slot() {
                let (panel, groups) = (one.panel.title.clone(), one.groups.len());
                return Err(PlotError::Crowded { panel, groups, slot, needed: Labels::least_slot() });
            }
        }
        let labels = panels
            .iter()
            .zip(&slots)
            .map(|(one, &slot)| {
                let names: Vec<String> = one.panel.groups.iter().map(|group| group.label.clone()).collect();
                Labels::new(&names, &remarks(one.panel), slot)
            })
            .collect();
        let (radius, swarms) = dots::lay_out(&panels, &slots);
        let colours = SeedColours::new(figure.seeds());
        let shared_y = figure.shared_y;
        Ok(Grid {
            panels,
            labels,
            swarms,
            radius,
            colours,
            y_label,
            figure_width,
            columns,
            lefts,
            data_width,
            shared_y,
        })
    }

    /// Draws the title of panel `at` below `top` and returns where it ends.
    fn title(&self, scene: &mut Scene, at: usize, top: f64) -> f64 {
        let mut x = self.lefts[at % self.columns];
        let right = x + self.data_width;
        if self.panels.len() > 1 {
            let letter =
                Text::new(format!("({})", letter(at)), x, top + font::ASCENT * PANEL_TITLE, PANEL_TITLE).bold();
            x = letter.bounds().right + 3.0;
            scene.text(letter);
        }
        let title = Text::new(self.panels[at].panel.title.as_str(), x, top, PANEL_TITLE);
        paragraph(scene, title, right - x).max(top + line_height(PANEL_TITLE))
    }

    /// Draws panel `at`, its data area beginning at `top`, and returns where what is written beneath it ends.
    fn panel(&self, scene: &mut Scene, at: usize, top: f64) -> f64 {
        let (prepared, labels, swarms) = (&self.panels[at], &self.labels[at], &self.swarms[at]);
        let column = at % self.columns;
        let labelled = column == 0 || !self.shared_y;
        let frame = Frame { left: self.lefts[column], top, width: self.data_width, labelled };
        panel::draw(scene, prepared, frame, swarms, self.radius, &self.colours);
        labels.draw(scene, &frame.centres(prepared.groups.len()), top + PLOT_HEIGHT);
        let state_baseline = legend::common_baseline_n(&self.panels).is_none();
        let mut y = top + PLOT_HEIGHT + labels.height() + 1.0;
        for line in statements(prepared, swarms, !labels.with_remarks, state_baseline) {
            y = paragraph(scene, Text::new(line, frame.left, y, SMALL).coloured(MUTED), frame.width);
        }
        y
    }
}

/// Panels in a row: as many as asked for, or the fewest rows whose groups are comfortably wide.
fn columns(figure: &ViolinFigure, groups: usize, figure_width: f64) -> usize {
    let panels = figure.panels.len();
    if let Some(columns) = figure.columns {
        return columns.clamp(1, panels);
    }
    let comfortable = |columns: &usize| {
        let width = (figure_width - 2.0 * MARGIN - line_height(LABEL)) / *columns as f64 - USUAL_AXIS - GAP;
        *columns <= MOST_COLUMNS && width / groups.max(1) as f64 >= COMFORTABLE_SLOT
    };
    (1..=panels).map(|rows| panels.div_ceil(rows)).find(comfortable).unwrap_or(1)
}

/// The letters that count panels: a to z, then aa, ab and so on.
fn letter(at: usize) -> String {
    let last = char::from(b'a' + (at % 26) as u8);
    if at < 26 { last.to_string() } else { letter(at / 26 - 1) + &last.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        let letters: Vec<String> = [0, 25, 26, 51, 52].into_iter().map(letter).collect();
        assert_eq!(letters, ["a", "z", "aa", "az", "ba"]);
    }

    #[test]
    fn panels_are_spread_evenly_over_rows() {
        let of = |panels: usize, groups: usize| {
            let figure = ViolinFigure { panels: vec![Default::default(); panels], ..ViolinFigure::default() };
            columns(&figure, groups, PAGE_WIDTH)
        };
        assert_eq!((of(1, 4), of(3, 4), of(4, 4), of(4, 8), of(9, 4)), (1, 3, 4, 2, 3));
    }
}
