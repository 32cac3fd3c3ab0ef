//! Drawing one panel of lines: its axis, the lines with their markers and whiskers, and what lies beyond the axis.

use crate::axis::{Axis, Scale};
use crate::dots::BAND;
use crate::estimate::Estimate;
use crate::lines::{Line, LinesPanel, LinesRow};
use crate::order::Fences;
use crate::palette::stroke;
use crate::panel::{Frame, no_data, ticks, triangle};
use crate::scene::Scene;
use crate::style::{FAINT, HAIRLINE, INK, MARKER, WHISKER};

/// Most space between the markers of neighbouring lines at one layer, in points, and the share of a layer's width that
/// all of them fill at most.
const APART: f64 = 0.9;
const FILLED: f64 = 0.6;

/// Empty space between the frame and the first and the last layer, in points.
const INSET: f64 = 2.5;
/// Width of the lines, in points: several lie on one another where conditions agree.
const THIN: f64 = 0.55;

/// The part of a frame that the layers divide among themselves.
pub(crate) fn layers_frame(frame: Frame) -> Frame {
    Frame { left: frame.left + INSET, width: frame.width - 2.0 * INSET, ..frame }
}

/// A row's value axis.
pub(crate) struct RowAxis {
    pub(crate) axis: Option<Axis>,
    fences: Fences,
    above: bool,
    below: bool,
}

/// On which side of the axis a value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Above,
    On,
    Below,
}

impl RowAxis {
    /// The axis of all the row's panels.
    pub(crate) fn new(row: &LinesRow) -> Self {
        let lines = || row.panels.iter().flat_map(|panel| &panel.lines);
        let estimates = || lines().flat_map(|line| line.estimates()).map(|(_, estimate)| estimate);
        let references = || row.panels.iter().flat_map(|panel| &panel.reference).flatten().copied();
        let references = || references().chain(row.zero.then_some(0.0));
        let values: Vec<f64> = estimates().map(|estimate| estimate.value).chain(references()).collect();
        // A logarithmic axis has room for every positive value, and for no other.
        let fences = match row.scale {
            Scale::Linear => Fences::around(&values),
            Scale::Log => Fences { low: f64::MIN_POSITIVE, high: f64::INFINITY },
        };
        let mut found = RowAxis { axis: None, fences, above: false, below: false };
        let all: Vec<f64> = estimates().flat_map(Estimate::parts).chain(references()).collect();
        let on = all.iter().copied().filter(|&value| found.side(value) == Side::On);
        found.axis = match row.scale {
            Scale::Linear => Axis::showing(on),
            Scale::Log => Axis::showing_log(on),
        };
        // A lower end that is not positive is no news on a logarithmic axis; a value is.
        found.above = all.iter().any(|&value| found.side(value) == Side::Above);
        found.below = match row.scale {
            Scale::Linear => all.iter().any(|&value| found.side(value) == Side::Below),
            Scale::Log => values.iter().any(|&value| found.side(value) == Side::Below),
        };
        found
    }

    pub(crate) fn side(&self, value: f64) -> Side {
        match value {
            value if value > self.fences.high => Side::Above,
            value if value < self.fences.low => Side::Below,
            _ => Side::On,
        }
    }

    /// Whether anything lies beyond it.
    pub(crate) fn is_left(&self) -> bool {
        self.above || self.below
    }

    /// Upper and lower end of the axis on the page.
    fn span(&self, frame: Frame) -> (f64, f64) {
        let band = |room: bool| if room { BAND } else { 0.0 };
        (frame.top + band(self.above), frame.bottom() - band(self.below))
    }

    /// Where a value lies on the page, at the end of the axis if it is beyond it.
    fn place(&self, axis: &Axis, value: f64, frame: Frame) -> f64 {
        let (top, bottom) = self.span(frame);
        match self.side(value) {
            Side::On => axis.position(value, top, bottom),
            Side::Above => top,
            Side::Below => bottom,
        }
    }
}

/// Draws the panel of `row` in its frame.
pub(crate) fn draw(scene: &mut Scene, row: &LinesRow, panel: &LinesPanel, row_axis: &RowAxis, frame: Frame) {
    let centres = layers_frame(frame).centres(row.layers());
    separators(scene, row, frame);
    // Where nothing has a place on the axis, its triangles still say that there are values.
    let nothing = Axis::showing([0.0, 1.0]);
    if let Some(axis) = row_axis.axis.as_ref().or(nothing.as_ref()) {
        if row.zero && row_axis.side(0.0) == Side::On {
            let y = row_axis.place(axis, 0.0, frame);
            scene.line(vec![(frame.left, y), (frame.right(), y)], HAIRLINE, FAINT);
        }
        let apart = APART.min(layers_frame(frame).slot(row.layers()) * FILLED / panel.lines.len().max(1) as f64);
        let aside = |line: usize| (line as f64 - (panel.lines.len() as f64 - 1.0) / 2.0) * apart;
        for (place, line) in panel.lines.iter().enumerate() {
            for (layer, estimate) in line.estimates().filter(|(_, estimate)| estimate.low < estimate.high) {
                let x = centres[layer] + aside(place);
                let end = |value: f64| row_axis.place(axis, value, frame);
                scene.line(vec![(x, end(estimate.low)), (x, end(estimate.high))], WHISKER, stroke(place).colour);
            }
        }
        let height = |value: f64| match row_axis.side(value) {
            Side::On => row_axis.place(axis, value, frame),
            Side::Above => frame.top + BAND / 2.0,
            Side::Below => frame.bottom() - BAND / 2.0,
        };
        let of_line = |line: &Line| line.values.iter().map(|one| one.map(|one| height(one.value))).collect();
        let heights: Vec<Vec<Option<f64>>> = panel.lines.iter().map(of_line).collect();
        for (place, line) in panel.lines.iter().enumerate() {
            let at = |layer: usize, estimate: Estimate| {
                let on = row_axis.side(estimate.value) == Side::On;
                on.then(|| (centres[layer] + aside(place), height(estimate.value)))
            };
            let points = line.values.iter().enumerate().map(|(layer, one)| one.and_then(|one| at(layer, one)));
            let points: Vec<Option<(f64, f64)>> = points.collect();
            for piece in points.split(Option::is_none) {
                stroke(place).line(scene, &piece.iter().flatten().copied().collect::<Vec<_>>(), THIN);
            }
            for (layer, estimate) in line.estimates().filter(|&(layer, _)| has_turn(&heights, place, layer)) {
                let (x, colour) = (centres[layer] + aside(place), stroke(place).colour);
                let y = height(estimate.value);
                match row_axis.side(estimate.value) {
                    Side::On => stroke(place).mark(scene, (x, y), MARKER),
                    Side::Above => triangle(scene, (x, y), 1.0, colour),
                    Side::Below => triangle(scene, (x, y), -1.0, colour),
                }
            }
        }
    }
    // On top: it is thinner than what it is compared with.
    if let Some(axis) = &row_axis.axis {
        reference(scene, panel, row_axis, axis, frame, &centres);
        let (top, bottom) = row_axis.span(frame);
        ticks(scene, axis, frame, |value| axis.position(value, top, bottom));
        for (room, y) in [(row_axis.above, top), (row_axis.below, bottom)] {
            if room {
                scene.line(vec![(frame.left, y), (frame.right(), y)], 0.4, FAINT);
            }
        }
    }
    frame.axes(scene);
    if panel.lines.iter().all(|line| line.is_empty()) {
        no_data(scene, frame.left + frame.width / 2.0, frame);
    }
}

/// Whether line `place` shows its marker at `layer`: where lines coincide on the page, they take turns from layer to layer,
/// so that none hides the others. `heights` are those of each line at each layer.
fn has_turn(heights: &[Vec<Option<f64>>], place: usize, layer: usize) -> bool {
    const COINCIDE: f64 = 0.5;
    let height = |line: usize| heights[line].get(layer).copied().flatten();
    let same = |line: &usize| match (height(*line), height(place)) {
        (Some(one), Some(other)) => (one - other).abs() < COINCIDE,
        _ => false,
    };
    let coinciding: Vec<usize> = (0..heights.len()).filter(same).collect();
    !coinciding.is_empty() && coinciding[layer % coinciding.len()] == place
}

/// Faint lines between groups of layers, where not every layer is a group, and a tick for each layer.
fn separators(scene: &mut Scene, row: &LinesRow, frame: Frame) {
    const SHORT: f64 = 1.5;
    const LONG: f64 = 4.0;
    let inner = layers_frame(frame);
    let slot = inner.slot(row.layers());
    let bottom = frame.bottom();
    let mut layers = 0;
    for group in &row.groups {
        if layers > 0 && row.groups.len() < row.layers() {
            let x = inner.left + layers as f64 * slot;
            scene.line(vec![(x, frame.top), (x, bottom + LONG)], 0.4, FAINT);
        }
        layers += group.layers.len();
    }
    for x in inner.centres(layers) {
        scene.rectangle((x - HAIRLINE / 4.0, bottom), (x + HAIRLINE / 4.0, bottom + SHORT), INK);
    }
}

fn reference(scene: &mut Scene, panel: &LinesPanel, row_axis: &RowAxis, axis: &Axis, frame: Frame, centres: &[f64]) {
    const DOTS: &[f64] = &[0.8, 1.2];
    let at = |(value, &x): (&Option<f64>, &f64)| {
        let value = value.filter(|&value| row_axis.side(value) == Side::On)?;
        Some((x, row_axis.place(axis, value, frame)))
    };
    let points: Vec<Option<(f64, f64)>> = panel.reference.iter().zip(centres).map(at).collect();
    for piece in points.split(Option::is_none) {
        let piece: Vec<(f64, f64)> = piece.iter().flatten().copied().collect();
        scene.dashed(&piece, DOTS, 0.8, INK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coinciding_lines_take_turns() {
        let heights = [vec![Some(1.0); 4], vec![Some(1.2); 4], vec![Some(9.0), None, Some(1.0), Some(9.0)]];
        let shown = |place: usize| (0..4).map(|layer| has_turn(&heights, place, layer)).collect::<Vec<bool>>();
        assert_eq!(shown(0), [true, false, false, false]);
        assert_eq!(shown(1), [false, true, false, true]);
        assert_eq!(shown(2), [true, false, true, true]);
    }
}
