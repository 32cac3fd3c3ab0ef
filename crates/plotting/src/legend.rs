//! The legend beneath the panels: which colour is which seed, and what lines, markers and triangles mean.

use plotters::style::RGBColor;

use crate::curves_panel::ring;
use crate::font::{self, Weight};
use crate::palette::{SeedColours, ramp};
use crate::panel::{DIAMOND, dot, mean, triangle};
use crate::prepared::Prepared;
use crate::reference::{self, References};
use crate::scene::{Scene, Text};
use crate::stroke::Stroke;
use crate::style::{DOT_RADIUS, INK, LABEL, MARKER, MUTED, TASK_MARKER, WHISKER, line_height};
use crate::text::wrap;

/// Space between entries, in points.
const BETWEEN: f64 = 8.0;
/// Space between a symbol and what it means, in points.
const AFTER_SYMBOL: f64 = 2.5;
/// Width of a line's sample, in points.
const LINE: f64 = 14.0;
/// Width of the sample of a dashed line with a marker on it, in points.
pub(crate) const STROKE_SAMPLE: f64 = 22.0;
/// Height of an interval's sample, in points.
const INTERVAL: f64 = 6.5;
/// Width and number of cells of the colour ramp, in points.
const RAMP: f64 = 48.0;
const CELLS: usize = 24;

/// What stands before a label.
pub(crate) enum Symbol {
    None,
    Dot(RGBColor),
    Ramp,
    Median,
    Mean,
    /// A mean that stands out.
    FilledMean,
    /// The reference line at a place.
    Reference(usize),
    Triangle,
    Stroke(Stroke),
    /// The marker of a task, of a radius in points.
    Task(f64),
    Interval,
    /// An interval around a curve.
    Ribbon,
    /// A curve of one of many runs.
    Thin,
    /// Single values, whatever their marker.
    Dots,
    /// The same as rings.
    Ring,
    /// A place along the horizontal axis.
    Mark,
}

/// One symbol and what it means.
pub(crate) struct Entry {
    pub(crate) symbol: Symbol,
    pub(crate) label: String,
}

impl Entry {
    fn symbol_width(&self) -> f64 {
        match self.symbol {
            Symbol::None => 0.0,
            Symbol::Dot(_) | Symbol::Triangle | Symbol::Dots | Symbol::Ring | Symbol::Mark => {
                2.0 * DOT_RADIUS + AFTER_SYMBOL
            }
            Symbol::Ramp => RAMP + AFTER_SYMBOL,
            Symbol::Median | Symbol::Reference(_) | Symbol::Ribbon | Symbol::Thin => LINE + AFTER_SYMBOL,
            Symbol::Stroke(_) => STROKE_SAMPLE + AFTER_SYMBOL,
            Symbol::Task(_) => 2.0 * TASK_MARKER.0 + AFTER_SYMBOL,
            Symbol::Interval => DOT_RADIUS + AFTER_SYMBOL,
            Symbol::Mean | Symbol::FilledMean => 2.0 * DIAMOND + AFTER_SYMBOL,
        }
    }

    fn width(&self) -> f64 {
        self.symbol_width() + font::width(&self.label, LABEL, Weight::Regular)
    }

    /// The label in as many lines as it needs within `width` points, symbol included.
    fn lines(&self, width: f64) -> Vec<String> {
        wrap(&self.label, width - self.symbol_width(), LABEL, Weight::Regular)
    }

    /// Draws the symbol from `left` on, beside a text on the line `baseline`.
    fn draw_symbol(&self, scene: &mut Scene, left: f64, baseline: f64) {
        let middle = baseline - font::MIDDLE * LABEL;
        match self.symbol {
            Symbol::None => {}
            Symbol::Dot(colour) => dot(scene, (left + DOT_RADIUS, middle), DOT_RADIUS, colour),
            Symbol::Ramp => {
                let cell = RAMP / CELLS as f64;
                for index in 0..CELLS {
                    let x = left + index as f64 * cell;
                    let colour = ramp(index as f64 / (CELLS - 1) as f64);
                    scene.rectangle((x, middle - 2.5), (x + cell, middle + 2.5), colour);
                }
            }
            Symbol::Median => scene.rectangle((left, middle - 0.55), (left + LINE, middle + 0.55), INK),
            Symbol::FilledMean => {
                let (x, half) = (left + DIAMOND, DIAMOND);
                scene
                    .polygon(vec![(x - half, middle), (x, middle - half), (x + half, middle), (x, middle + half)], INK);
            }
            Symbol::Mean => {
                let half = INTERVAL / 2.0;
                mean(scene, (left + DIAMOND, middle), (middle - half, middle + half));
            }
            Symbol::Reference(place) => reference::draw(scene, place, (left + 0.5, left + LINE), middle),
            Symbol::Triangle => triangle(scene, (left + DOT_RADIUS, middle), 1.0, MUTED),
            Symbol::Stroke(stroke) => stroke.sample(scene, (left, middle), STROKE_SAMPLE, MARKER),
            Symbol::Task(radius) => scene.disc((left + TASK_MARKER.0, middle), radius, INK),
            Symbol::Ribbon => {
                let corners = [(left, -2.5), (left + LINE, -2.5), (left + LINE, 2.5), (left, 2.5)];
                scene.veil(corners.map(|(x, y)| (x, middle + y)).to_vec(), MUTED, 0.3);
            }
            Symbol::Thin => scene.line(vec![(left, middle), (left + LINE, middle)], 0.4, MUTED),
            Symbol::Dots => scene.disc((left + DOT_RADIUS, middle), DOT_RADIUS, MUTED),
            Symbol::Ring => ring(scene, (left + DOT_RADIUS, middle), MUTED),
            Symbol::Mark => triangle(scene, (left + DOT_RADIUS, middle), -1.0, MUTED),
            Symbol::Interval => {
                let x = left + DOT_RADIUS / 2.0;
                scene.line(vec![(x, middle - INTERVAL / 2.0), (x, middle + INTERVAL / 2.0)], 2.0 * WHISKER, INK);
            }
        }
    }
}

/// What the panels of runs need: their seeds, medians, references and the values beyond their axes.
pub(crate) fn of_violins(panels: &[Prepared<'_>], references: &References, colours: &SeedColours) -> Vec<Entry> {
    let mut entries = Vec::new();
    let seeds = colours.seeds();
    if let (Some(first), Some(last)) = (seeds.first(), seeds.last()) {
        entries.push(Entry { symbol: Symbol::None, label: "Seed".to_string() });
        if colours.is_ramp() {
            entries.push(Entry { symbol: Symbol::Ramp, label: format!("{first} to {last}, {} in order", seeds.len()) });
        } else {
            let seed = |&seed: &u64| Entry { symbol: Symbol::Dot(colours.colour(seed)), label: seed.to_string() };
            entries.extend(seeds.iter().map(seed));
        }
        entries.push(Entry { symbol: Symbol::Median, label: "median".to_string() });
    }
    if panels.iter().flat_map(|panel| &panel.groups).any(|group| group.group.mean.is_some()) {
        entries.push(Entry { symbol: Symbol::Mean, label: "mean, 95 % interval".to_string() });
    }
    let reference =
        |(place, named): (usize, &reference::Named)| Entry { symbol: Symbol::Reference(place), label: named.legend() };
    entries.extend(references.iter().map(reference));
    entries.extend(panels.iter().any(|panel| panel.room_above || panel.room_below).then(beyond_the_axis));
    entries
}

/// What triangles at the edge of a panel mean.
pub(crate) fn beyond_the_axis() -> Entry {
    Entry { symbol: Symbol::Triangle, label: "beyond the axis".to_string() }
}

/// Draws the entries from (`left`, `top`) within `width` points, in as many lines as they need, and returns their height.
pub(crate) fn draw(scene: &mut Scene, entries: &[Entry], (left, top): (f64, f64), width: f64) -> f64 {
    if entries.is_empty() {
        return 0.0;
    }
    let height = line_height(LABEL) + 1.0;
    let (mut x, mut line) = (left, 0_u32);
    for entry in entries {
        if x > left && x + entry.width() > left + width {
            (x, line) = (left, line + 1);
        }
        let baseline = |line: u32| top + f64::from(line) * height + font::ASCENT * LABEL;
        entry.draw_symbol(scene, x, baseline(line));
        let label = entry.lines(left + width - x);
        let further = label.len().saturating_sub(1) as u32;
        for (at, text) in (line..).zip(label) {
            scene.text(Text::new(text, x + entry.symbol_width(), baseline(at), LABEL));
        }
        // Nothing stands beside a label of several lines.
        x = if further > 0 { f64::INFINITY } else { x + entry.width() + BETWEEN };
        line += further;
    }
    f64::from(line + 1) * height
}
