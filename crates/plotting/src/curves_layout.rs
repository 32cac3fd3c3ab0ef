//! Composition of a figure of curves.

use crate::curves::{CurvesFigure, CurvesPanel};
use crate::curves_panel::{self, Axes, x_ticks_height};
use crate::error::PlotError;
use crate::font::{self, Weight};
use crate::legend::{Entry, Symbol};
use crate::palette::stroke;
use crate::panel::{Frame, TICK_PAD};
use crate::scene::{Anchor, Scene, Text};
use crate::sheet::{BLOCK, sheet};
use crate::style::{
    COLUMN_WIDTH, GAP, LABEL, LINES_HEIGHT, MARGIN, MUTED, PAGE_WIDTH, PANEL_TITLE, SMALL, TICK, line_height,
};
use crate::text::wrap;
use crate::writing::{panel_letter, paragraph, upward_label};

/// The figure laid out in points.
pub fn lay_out_curves(figure: &CurvesFigure) -> Result<Scene, PlotError> {
    figure.validate()?;
    let page = Page::new(figure);
    let rows = |scene: &mut Scene, y| (0..figure.rows.len()).fold(y, |y, index| page.row(scene, index, y) + BLOCK);
    Ok(sheet(page.width, figure.title.as_deref(), rows, &page.legend(), figure.note.as_deref()))
}

/// The figure and the horizontal arrangement of its panels.
struct Page<'a> {
    figure: &'a CurvesFigure,
    axes: Vec<Vec<Option<Axes>>>,
    width: f64,
    /// Left edge of everything, and of the data areas, of each column.
    columns: Vec<(f64, f64)>,
    data_width: f64,
}

impl<'a> Page<'a> {
    fn new(figure: &'a CurvesFigure) -> Self {
        let count = figure.rows[0].panels.len();
        let width = if count == 1 { COLUMN_WIDTH } else { PAGE_WIDTH };
        let axes: Vec<Vec<Option<Axes>>> =
            figure.rows.iter().map(|row| row.panels.iter().map(Axes::new).collect()).collect();
        let gutter = |column: usize| {
            let of_row = |(row, axes): (&crate::curves::CurvesRow, &Vec<Option<Axes>>)| {
                let ticks = axes[column].iter().flat_map(|axes| axes.y.ticks());
                let widest = ticks.map(|tick| font::width(&tick.label, LABEL, Weight::Regular)).fold(0.0, f64::max);
                let lines = y_label(&row.panels[column]).len() as f64;
                lines * line_height(LABEL) + TICK + TICK_PAD + widest + 1.0
            };
            figure.rows.iter().zip(&axes).map(of_row).fold(0.0, f64::max)
        };
        let gutters: Vec<f64> = (0..count).map(gutter).collect();
        let between = GAP * (count - 1) as f64;
        let data_width = (width - 2.0 * MARGIN - between - gutters.iter().sum::<f64>()) / count as f64;
        let mut left = MARGIN;
        let columns = gutters.iter().map(|gutter| {
            let column = (left, left + gutter);
            left += gutter + data_width + GAP;
            column
        });
        let columns = columns.collect();
        Page { figure, axes, width, columns, data_width }
    }

    /// Draws row `index` below `y` and returns where what is written beneath it ends.
    fn row(&self, scene: &mut Scene, index: usize, y: f64) -> f64 {
        let row = &self.figure.rows[index];
        let count = self.columns.len();
        let lettered = self.figure.rows.len() * count > 1;
        let mut top = y;
        let mut x = self.columns[0].1;
        if lettered {
            for (column, &(_, left)) in self.columns.iter().enumerate() {
                let end = panel_letter(scene, index * count + column, (left, y));
                x = if column == 0 { end } else { x };
            }
            top = y + line_height(PANEL_TITLE);
        }
        if let Some(title) = &row.title {
            // Up to the next panel's letter.
            let right = self.columns.get(1).map_or(self.width - MARGIN, |(_, left)| left - GAP / 2.0);
            top = top.max(paragraph(scene, Text::new(title.as_str(), x, y, PANEL_TITLE).bold(), right - x));
        }
        top += BLOCK / 2.0;
        let mut bottom = top;
        for (column, panel) in row.panels.iter().enumerate() {
            let (outer, left) = self.columns[column];
            let frame = Frame { left, top, width: self.data_width, height: LINES_HEIGHT, labelled: true };
            let below = self.figure.rows.get(index + 1).map(|row| &row.panels[column]);
            let same = |other: &CurvesPanel| other.x_label == panel.x_label;
            let labelled = below.is_none_or(|below| !same(below)) || self.ranges_differ(index, column);
            curves_panel::draw(
                scene,
                panel,
                self.axes[index][column].as_ref(),
                frame,
                (labelled, self.figure.are_rings),
            );
            upward_label(scene, &y_label(panel), outer, top + LINES_HEIGHT / 2.0, LABEL);
            let mut y = frame.bottom() + x_ticks_height(labelled);
            if below.is_none_or(|below| !same(below)) {
                let text = Text::new(panel.x_label.as_str(), left + self.data_width / 2.0, y, LABEL);
                y = paragraph(scene, text.anchored(Anchor::Middle), self.data_width + GAP);
            }
            for statement in &panel.statements {
                let text = Text::new(statement.as_str(), left, y, SMALL).coloured(MUTED);
                y = paragraph(scene, text, self.data_width);
            }
            bottom = bottom.max(y);
        }
        bottom
    }

    /// Whether the panel below has other positions along its axis.
    fn ranges_differ(&self, row: usize, column: usize) -> bool {
        let ticks = |row: usize| self.axes.get(row)?[column].as_ref().map(|axes| axes.x.clone());
        ticks(row) != ticks(row + 1)
    }

    fn legend(&self) -> Vec<Entry> {
        let figure = self.figure;
        let panels = || figure.rows.iter().flat_map(|row| &row.panels);
        let named =
            |(place, name): (usize, &String)| Entry { symbol: Symbol::Stroke(stroke(place)), label: name.clone() };
        let mut entries: Vec<Entry> = figure.names.iter().enumerate().map(named).collect();
        let mut add = |there: bool, symbol: Symbol, label: &String| {
            entries.extend(there.then(|| Entry { symbol, label: label.clone() }));
        };
        add(figure.has_ribbons(), Symbol::Ribbon, &figure.ribbon);
        add(panels().flat_map(|panel| &panel.curves).any(|curve| curve.is_thin), Symbol::Thin, &figure.thin);
        let dots = if figure.are_rings { Symbol::Ring } else { Symbol::Dots };
        add(panels().any(|panel| !panel.dots.is_empty()), dots, &figure.dot);
        add(panels().any(|panel| !panel.marks.is_empty()), Symbol::Mark, &figure.mark);
        entries
    }
}

/// The lines of a panel's label of the value axis.
fn y_label(panel: &CurvesPanel) -> Vec<String> {
    wrap(&panel.y_label, LINES_HEIGHT, LABEL, Weight::Regular)
}
