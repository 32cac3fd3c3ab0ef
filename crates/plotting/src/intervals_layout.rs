//! Composition of a figure of intervals.

use crate::axis::Axis;
use crate::error::PlotError;
use crate::font::{self, Weight};
use crate::intervals::{IntervalsCell, IntervalsFigure, IntervalsSection};
use crate::legend::{Entry, Symbol};
use crate::panel::DIAMOND;
use crate::scene::{Anchor, Scene, Text};
use crate::sheet::{BLOCK, sheet};
use crate::style::{
    FAINT, GAP, HAIRLINE, INK, LABEL, MARGIN, MUTED, PAGE_WIDTH, PANEL_TITLE, PAPER, TICK, VIOLIN_EDGE, line_height,
};
use crate::text::wrap;
use crate::writing::paragraph;

/// Height of a row, in points.
const ROW: f64 = 11.0;
/// Radius of the dots of single runs, in points.
const DOT: f64 = 1.1;
/// How far estimates lie above the middle of a row, and dots below it, in points.
const APART: (f64, f64) = (1.2, 2.6);
/// Width of the whiskers, in points.
const WHISKER: f64 = 0.9;
/// Most of the page that names of conditions take.
const NAMES: f64 = 0.3;
/// Empty space at either end of a column, in points.
const INSET: f64 = 3.0;

/// The figure laid out in points.
pub fn lay_out_intervals(figure: &IntervalsFigure) -> Result<Scene, PlotError> {
    figure.validate()?;
    let page = Page::new(figure);
    let sections = |scene: &mut Scene, y| {
        let filled = figure.sections.iter().filter(|section| !section.rows.is_empty());
        filled.fold(y, |y, section| page.section(scene, section, y) + BLOCK)
    };
    Ok(sheet(PAGE_WIDTH, figure.title.as_deref(), sections, &page.legend(), figure.note.as_deref()))
}

struct Page<'a> {
    figure: &'a IntervalsFigure,
    /// Right edge of the names.
    names: f64,
    /// Left and right edge of each column.
    columns: Vec<(f64, f64)>,
}

impl<'a> Page<'a> {
    fn new(figure: &'a IntervalsFigure) -> Self {
        let labels = figure.sections.iter().flat_map(|section| &section.rows).map(|row| row.label.as_str());
        let widest = labels.map(|label| font::width(label, LABEL, Weight::Bold)).fold(0.0, f64::max);
        let names = MARGIN + widest.min(NAMES * PAGE_WIDTH) + 2.0;
        let count = figure.columns.len() as f64;
        let width = (PAGE_WIDTH - MARGIN - names - GAP * count) / count;
        let column = |at: usize| {
            let left = names + GAP + at as f64 * (width + GAP);
            (left, left + width)
        };
        Self { figure, names, columns: (0..figure.columns.len()).map(column).collect() }
    }

    /// Draws a section below `y` and returns where it ends.
    fn section(&self, scene: &mut Scene, section: &IntervalsSection, y: f64) -> f64 {
        let mut top = y;
        if let Some(title) = &section.title {
            top = paragraph(scene, Text::new(title.as_str(), MARGIN, y, PANEL_TITLE).bold(), self.names - MARGIN);
        }
        // What columns are stands above them, on as many lines as the longest needs.
        let headings: Vec<Vec<String>> = self
            .figure
            .columns
            .iter()
            .zip(&self.columns)
            .map(|(column, (left, right))| wrap(&column.label, right - left + GAP - 2.0, LABEL, Weight::Regular))
            .collect();
        let lines = headings.iter().map(Vec::len).max().unwrap_or(0) as f64;
        for (heading, (left, right)) in headings.iter().zip(&self.columns) {
            let first = y + (lines - heading.len() as f64) * line_height(LABEL);
            for (line, content) in heading.iter().enumerate() {
                let baseline = first + font::ASCENT * LABEL + line as f64 * line_height(LABEL);
                scene.text(Text::new(content.as_str(), (left + right) / 2.0, baseline, LABEL).anchored(Anchor::Middle));
            }
        }
        top = top.max(y + lines * line_height(LABEL)) + 2.0;
        let bottom = top + ROW * section.rows.len() as f64;
        let middle = |row: usize| top + (row as f64 + 0.5) * ROW;
        for (at, row) in section.rows.iter().enumerate() {
            let text = fitted(&row.label, self.names - MARGIN);
            let text = Text::new(text, MARGIN, middle(at) + font::MIDDLE * LABEL, LABEL);
            scene.text(if row.is_reference { text.bold() } else { text });
            let right = self.columns.last().map_or(self.names, |column| column.1);
            scene.line(
                vec![(self.names, top + (at + 1) as f64 * ROW), (right, top + (at + 1) as f64 * ROW)],
                0.25,
                FAINT,
            );
        }
        for (column, &(left, right)) in self.columns.iter().enumerate() {
            let cells = || section.rows.iter().filter_map(move |row| row.cells[column].as_ref());
            let level = self.figure.columns[column].level;
            let values = cells().flat_map(|cell| cell.estimate.parts().into_iter().chain(cell.dots.iter().copied()));
            let Some(axis) = Axis::showing(values.chain(level)) else { continue };
            let place = |value: f64| axis.position(value, right - INSET, left + INSET);
            if let Some(level) = level {
                scene.line(vec![(place(level), top), (place(level), bottom)], 0.6, MUTED);
            }
            for (at, row) in section.rows.iter().enumerate() {
                if let Some(cell) = &row.cells[column] {
                    draw_cell(scene, cell, middle(at), place);
                }
            }
            scene.rectangle((left, bottom - HAIRLINE / 2.0), (right, bottom + HAIRLINE / 2.0), INK);
            ticks(scene, &axis, bottom, place);
        }
        bottom + TICK + 1.0 + line_height(LABEL)
    }

    fn legend(&self) -> Vec<Entry> {
        let mean = |symbol, label: String| Entry { symbol, label };
        let mut entries = vec![mean(Symbol::Mean, format!("estimate, with its {}", self.figure.interval))];
        let cells = || self.figure.sections.iter().flat_map(|s| &s.rows).flat_map(|r| &r.cells).flatten();
        if cells().any(|cell| cell.stands_out) {
            entries.push(mean(Symbol::FilledMean, self.figure.stands_out.clone()));
        }
        if cells().any(|cell| !cell.dots.is_empty()) {
            entries.push(mean(Symbol::Dots, self.figure.dot.clone()));
        }
        entries
    }
}

/// A name as far as there is room for it.
fn fitted(label: &str, width: f64) -> String {
    if font::width(label, LABEL, Weight::Bold) <= width {
        return label.to_owned();
    }
    let mut kept: Vec<char> = label.chars().collect();
    while kept.len() > 1 && font::width(&format!("{}…", kept.iter().collect::<String>()), LABEL, Weight::Bold) > width
    {
        kept.pop();
    }
    format!("{}…", kept.into_iter().collect::<String>().trim_end())
}

fn draw_cell(scene: &mut Scene, cell: &IntervalsCell, y: f64, place: impl Fn(f64) -> f64) {
    for &value in &cell.dots {
        scene.disc((place(value), y + APART.1), DOT, VIOLIN_EDGE);
    }
    let y = y - APART.0;
    let (low, high) = (place(cell.estimate.low), place(cell.estimate.high));
    if low < high {
        scene.rectangle((low, y - WHISKER / 2.0), (high, y + WHISKER / 2.0), INK);
    }
    let x = place(cell.estimate.value);
    let mut diamond = |half: f64, colour| {
        scene.polygon(vec![(x - half, y), (x, y - half), (x + half, y), (x, y + half)], colour);
    };
    diamond(DIAMOND, INK);
    if !cell.stands_out {
        diamond(DIAMOND - 0.8, PAPER);
    }
}

/// The ticks of a horizontal axis at height `y`; labels that would touch the one before are left out.
fn ticks(scene: &mut Scene, axis: &Axis, y: f64, place: impl Fn(f64) -> f64) {
    let mut free = f64::NEG_INFINITY;
    for tick in axis.ticks() {
        let x = place(tick.value);
        scene.rectangle((x - HAIRLINE / 2.0, y), (x + HAIRLINE / 2.0, y + TICK), INK);
        let half = font::width(&tick.label, LABEL, Weight::Regular) / 2.0;
        if x - half > free + 2.0 {
            let baseline = y + TICK + 1.0 + font::ASCENT * LABEL;
            scene.text(Text::new(tick.label.as_str(), x, baseline, LABEL).anchored(Anchor::Middle));
            free = x + half;
        }
    }
}
