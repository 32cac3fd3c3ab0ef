//! The legend beneath the panels: which colour is which seed, and what the lines and triangles mean.

use plotters::style::RGBColor;

use crate::font::{self, Weight};
use crate::palette::{SeedColours, ramp};
use crate::panel::{dot, triangle};
use crate::prepared::Prepared;
use crate::scene::{Scene, Text};
use crate::style::{DOT_RADIUS, INK, LABEL, MUTED, line_height};

/// Space between entries, in points.
const BETWEEN: f64 = 8.0;
/// Space between a symbol and what it means, in points.
const AFTER_SYMBOL: f64 = 2.5;
/// Width of a line's sample, in points.
const LINE: f64 = 14.0;
/// Width and number of cells of the colour ramp, in points.
const RAMP: f64 = 48.0;
const CELLS: usize = 24;

enum Symbol {
    None,
    Dot(RGBColor),
    Ramp,
    Median,
    Dotted,
    Triangle,
}

struct Entry {
    symbol: Symbol,
    label: String,
}

impl Entry {
    fn symbol_width(&self) -> f64 {
        match self.symbol {
            Symbol::None => 0.0,
            Symbol::Dot(_) | Symbol::Triangle => 2.0 * DOT_RADIUS + AFTER_SYMBOL,
            Symbol::Ramp => RAMP + AFTER_SYMBOL,
            Symbol::Median | Symbol::Dotted => LINE + AFTER_SYMBOL,
        }
    }

    fn width(&self) -> f64 {
        self.symbol_width() + font::width(&self.label, LABEL, Weight::Regular)
    }

    /// Draws the entry from `left` on, its text on the line `baseline`.
    fn draw(&self, scene: &mut Scene, left: f64, baseline: f64) {
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
            Symbol::Dotted => scene.dotted(left + 0.5, left + LINE, middle, INK),
            Symbol::Triangle => triangle(scene, (left + DOT_RADIUS, middle), 1.0, MUTED),
        }
        scene.text(Text::new(self.label.clone(), left + self.symbol_width(), baseline, LABEL));
    }
}

/// The number of runs behind the baseline, if it is the same in all panels that have one.
pub(crate) fn common_baseline_n(panels: &[Prepared<'_>]) -> Option<usize> {
    let mut numbers = panels.iter().filter_map(|panel| panel.panel.baseline).map(|baseline| baseline.n);
    let first = numbers.next()?;
    numbers.all(|n| n == first).then_some(first)
}

fn entries(panels: &[Prepared<'_>], colours: &SeedColours) -> Vec<Entry> {
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
    if panels.iter().any(|panel| panel.panel.baseline.is_some()) {
        let label = common_baseline_n(panels).map_or("baseline".to_string(), |n| format!("baseline (n = {n})"));
        entries.push(Entry { symbol: Symbol::Dotted, label });
    }
    if panels.iter().any(|panel| panel.room_above || panel.room_below) {
        entries.push(Entry { symbol: Symbol::Triangle, label: "beyond the axis".to_string() });
    }
    entries
}

/// Draws the legend from (`left`, `top`) within `width` points, in as many lines as it needs, and returns its height.
pub(crate) fn draw(
    scene: &mut Scene,
    panels: &[Prepared<'_>],
    colours: &SeedColours,
    (left, top): (f64, f64),
    width: f64,
) -> f64 {
    let entries = entries(panels, colours);
    if entries.is_empty() {
        return 0.0;
    }
    let height = line_height(LABEL) + 1.0;
    let (mut x, mut line) = (left, 0_u32);
    for entry in &entries {
        if x > left && x + entry.width() > left + width {
            (x, line) = (left, line + 1);
        }
        entry.draw(scene, x, top + f64::from(line) * height + font::ASCENT * LABEL);
        x += entry.width() + BETWEEN;
    }
    f64::from(line + 1) * height
}
