//! Drawing one panel: its axis, its violins, their medians, the reference and the dots.

use plotters::style::{RGBColor, WHITE};

use crate::axis::Axis;
use crate::dots::{BODY, GroupSwarm, RUNS, STRIP, TRIANGLE, axis_span};
use crate::font::{self, Weight};
use crate::number::three_digits;
use crate::palette::SeedColours;
use crate::prepared::{Prepared, PreparedGroup};
use crate::reference::{self, References};
use crate::scene::{Anchor, Scene, Text};
use crate::style::{BAND_FILL, FAINT, HAIRLINE, INK, LABEL, MUTED, RIM, SMALL, TICK, VIOLIN_EDGE, VIOLIN_FILL};
use crate::violin::Point;

/// Space between tick marks and their labels, in points.
pub(crate) const TICK_PAD: f64 = 1.5;
/// Half the width of the widest violin at most, in points: a panel of one group is not filled by it.
const VIOLIN_MOST: f64 = 24.0;
/// How far a violin stands left of its group's middle, for the mean to stand right of it, as a share of the group's width and at
/// most in points.
const ASIDE: (f64, f64) = (0.07, 4.0);
/// How far the mean stands beside the violin, likewise.
const BESIDE: (f64, f64) = (0.1, 5.0);
/// Width of the mean's interval, and half the width of its diamond, in points.
const INTERVAL: f64 = 0.8;
pub(crate) const DIAMOND: f64 = 1.9;
/// Width of the lines that join the runs of a seed, in points.
const JOIN: f64 = 0.35;
/// Thickness of the median's tick, in points.
const MEDIAN: f64 = 1.1;

/// Where a panel's data area lies, in points.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Whether the ticks are labelled.
    pub(crate) labelled: bool,
}

impl Frame {
    /// Height of the horizontal axis, in points from the top of the figure.
    pub(crate) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Right edge, in points from the left of the figure.
    pub(crate) fn right(&self) -> f64 {
        self.left + self.width
    }

    /// Draws the two axes without their ticks.
    pub(crate) fn axes(&self, scene: &mut Scene) {
        let left = self.left - HAIRLINE / 2.0;
        scene.rectangle((left, self.top), (left + HAIRLINE, self.bottom()), INK);
        let (above, below) = (self.bottom() - HAIRLINE / 2.0, self.bottom() + HAIRLINE / 2.0);
        scene.rectangle((left, above), (self.right(), below), INK);
    }

    /// The part that the groups divide among themselves, right of a strip for the runs behind the reference.
    pub(crate) fn of_groups(&self, prepared: &Prepared<'_>) -> Self {
        let strip = if prepared.reference.is_some() { STRIP } else { 0.0 };
        Frame { left: self.left + strip, width: self.width - strip, ..*self }
    }

    /// Width of each of `groups` groups, in points.
    pub(crate) fn slot(&self, groups: usize) -> f64 {
        self.width / groups.max(1) as f64
    }

    /// The middles of `groups` groups, in points from the left of the figure.
    pub(crate) fn centres(&self, groups: usize) -> Vec<f64> {
        (0..groups).map(|group| self.left + (group as f64 + 0.5) * self.slot(groups)).collect()
    }
}

/// Draws the panel in its frame, its dots of `radius` points placed by `swarms`.
pub(crate) fn draw(
    scene: &mut Scene,
    prepared: &Prepared<'_>,
    frame: Frame,
    swarms: &[GroupSwarm],
    radius: f64,
    (colours, references): (&SeedColours, &References),
) {
    let inner = frame.of_groups(prepared);
    let centres = inner.centres(prepared.groups.len());
    let slot = inner.slot(prepared.groups.len());
    // Violins and dots stand a little left of the middle.
    let bodies: Vec<f64> = centres.iter().map(|x| x - (slot * ASIDE.0).min(ASIDE.1)).collect();
    let columns = || {
        let groups = prepared.groups.iter().zip(bodies.iter().map(|&x| (x, slot)));
        let runs = prepared.reference.iter().map(|runs| (runs, (frame.left + RUNS.0, RUNS.1)));
        groups.chain(runs).zip(swarms)
    };
    if let Some(axis) = &prepared.axis {
        let (top, bottom) = axis_span(prepared);
        let place = |value: f64| axis.position(value, frame.top + top, frame.top + bottom);
        let within = |value: f64| place(value).clamp(frame.top + top, frame.top + bottom);
        let band = prepared.reference.as_ref().and_then(|runs| prepared.drawn_mean(runs.group.mean?));
        let band = band.filter(|mean| mean.low < mean.high);
        if let Some(band) = band.filter(|_| prepared.reference_value().is_some()) {
            scene.rectangle((frame.left, within(band.high)), (frame.right(), within(band.low)), BAND_FILL);
        }
        for (group, &x) in prepared.groups.iter().zip(&bodies) {
            violin(scene, group, x, slot, place);
        }
        if let (Some(line), Some(value)) = (&prepared.panel.reference, prepared.reference_value()) {
            let look = references.place(&line.label);
            reference::draw(scene, look, (frame.left + 1.0, frame.right()), place(value));
        }
        if prepared.panel.join_seeds {
            join(
                scene,
                &columns().map(|((group, (x, _)), swarm)| (group, swarm, x)).collect::<Vec<_>>(),
                place,
                colours,
            );
        }
        for (group, &x) in prepared.groups.iter().zip(&bodies) {
            if let Some(estimate) = group.group.mean.and_then(|mean| prepared.drawn_mean(mean)) {
                let x = x + violin_half(slot) + (slot * BESIDE.0).min(BESIDE.1);
                mean(scene, (x, place(estimate.value)), (within(estimate.high), within(estimate.low)));
            }
        }
        for ((group, (x, slot)), swarm) in columns() {
            for (point, offset) in group.shown.iter().zip(&swarm.shown) {
                if let Some(offset) = offset {
                    dot(scene, (x + offset, place(point.value)), radius, colours.colour(point.seed));
                }
            }
            let above = Edge { x, slot, y: frame.top, inward: 1.0 };
            beyond(scene, above, &group.above, &swarm.above, colours);
            let below = Edge { x, slot, y: frame.bottom(), inward: -1.0 };
            beyond(scene, below, &group.below, &swarm.below, colours);
        }
        ticks(scene, axis, frame, place);
        for (room, y) in [(prepared.room_above, top), (prepared.room_below, bottom)] {
            if room {
                scene.line(vec![(frame.left, frame.top + y), (frame.left + frame.width, frame.top + y)], 0.4, FAINT);
            }
        }
    }
    frame.axes(scene);
    if prepared.groups.iter().all(|group| group.group.points.is_empty()) {
        no_data(scene, frame.left + frame.width / 2.0, frame);
    } else {
        for (_, &x) in prepared.groups.iter().zip(&bodies).filter(|(group, _)| group.group.points.is_empty()) {
            no_data(scene, x, Frame { width: slot, ..frame });
        }
    }
}

/// Half the width of the widest violin of groups `slot` points wide.
fn violin_half(slot: f64) -> f64 {
    (slot * BODY).min(VIOLIN_MOST)
}

/// A mean, and its interval from `top` to `bottom`.
pub(crate) fn mean(scene: &mut Scene, (x, y): (f64, f64), (top, bottom): (f64, f64)) {
    if top < bottom {
        scene.line(vec![(x, top), (x, bottom)], INTERVAL, INK);
    }
    for (half, colour) in [(DIAMOND, INK), (DIAMOND - 0.8, WHITE)] {
        scene.polygon(vec![(x - half, y), (x, y - half), (x + half, y), (x, y + half)], colour);
    }
}

/// Joins the dots of each seed from column to column, the reference's first.
fn join(
    scene: &mut Scene,
    columns: &[(&PreparedGroup<'_>, &GroupSwarm, f64)],
    place: impl Fn(f64) -> f64,
    colours: &SeedColours,
) {
    let mut ordered: Vec<_> = columns.to_vec();
    ordered.sort_by(|a, b| a.2.total_cmp(&b.2));
    for &seed in colours.seeds() {
        let at = |(group, swarm, x): &(&PreparedGroup<'_>, &GroupSwarm, f64)| {
            let found = group.shown.iter().zip(&swarm.shown).find(|(point, _)| point.seed == seed)?;
            Some((x + (*found.1)?, place(found.0.value)))
        };
        let points: Vec<Option<(f64, f64)>> = ordered.iter().map(at).collect();
        for piece in points.split(Option::is_none).filter(|piece| piece.len() > 1) {
            scene.line(piece.iter().flatten().copied().collect(), JOIN, colours.colour(seed));
        }
    }
}

/// The outline of the group's density, if it has one, and the tick at its median.
fn violin(scene: &mut Scene, group: &PreparedGroup<'_>, x: f64, slot: f64, place: impl Fn(f64) -> f64) {
    let half = violin_half(slot);
    let densest = group.curve.iter().map(|&(_, density)| density).fold(0.0, f64::max);
    if densest > 0.0 {
        let place = &place;
        let side = |sign: f64| {
            group.curve.iter().map(move |&(value, density)| (x + sign * half * density / densest, place(value)))
        };
        let mut outline: Vec<(f64, f64)> = side(1.0).chain(side(-1.0).rev()).collect();
        scene.polygon(outline.clone(), VIOLIN_FILL);
        outline.extend(outline.first().copied());
        scene.line(outline, HAIRLINE, VIOLIN_EDGE);
    }
    if let Some(median) = group.median {
        let y = place(median);
        scene.rectangle((x - half, y - MEDIAN / 2.0), (x + half, y + MEDIAN / 2.0), INK);
    }
}

/// A dot, its rim dark enough to part a light colour from the violin behind it.
pub(crate) fn dot(scene: &mut Scene, centre: (f64, f64), radius: f64, colour: RGBColor) {
    scene.disc(centre, radius, INK);
    scene.disc(centre, radius - RIM, colour);
}

/// A triangle around `centre` that points up (`inward` = 1, from the upper edge) or down (−1).
pub(crate) fn triangle(scene: &mut Scene, (x, y): (f64, f64), inward: f64, colour: RGBColor) {
    for (half, colour) in [(TRIANGLE, INK), (TRIANGLE - 2.0 * RIM, colour)] {
        let (tip, base) = (y - inward * half, y + inward * half * 0.8);
        scene.polygon(vec![(x - half, base), (x, tip), (x + half, base)], colour);
    }
}

/// Where a group meets the upper or the lower edge of its panel.
struct Edge {
    x: f64,
    slot: f64,
    y: f64,
    /// 1 where the panel lies below the edge, −1 where it lies above.
    inward: f64,
}

/// The values of a group beyond one end of the axis: a triangle each, and the value itself where there is one only.
fn beyond(scene: &mut Scene, edge: Edge, points: &[Point], offsets: &[Option<f64>], colours: &SeedColours) {
    let y = edge.y + edge.inward * 10.0;
    for (point, offset) in points.iter().zip(offsets) {
        if let Some(offset) = offset {
            triangle(scene, (edge.x + offset, y), edge.inward, colours.colour(point.seed));
        }
    }
    if let [point] = points {
        let value = three_digits(point.value);
        if font::width(&value, SMALL, Weight::Regular) < edge.slot - 2.0 {
            let baseline = if edge.inward > 0.0 { edge.y + SMALL * font::ASCENT + 0.5 } else { edge.y - 2.0 };
            scene.text(Text::new(value, edge.x, baseline, SMALL).anchored(Anchor::Middle));
        }
    }
}

/// Draws the ticks of the vertical axis, and their labels where the frame has any.
pub(crate) fn ticks(scene: &mut Scene, axis: &Axis, frame: Frame, place: impl Fn(f64) -> f64) {
    for tick in axis.ticks() {
        let y = place(tick.value);
        scene.rectangle((frame.left - TICK, y - HAIRLINE / 2.0), (frame.left, y + HAIRLINE / 2.0), INK);
        if frame.labelled {
            let x = frame.left - TICK - TICK_PAD;
            let label = Text::new(tick.label.clone(), x, y + font::MIDDLE * LABEL, LABEL);
            scene.text(label.anchored(Anchor::End));
        }
    }
}

/// Says that there is nothing to see around `x`, upward if the frame is too narrow, on white so that no line crosses it.
pub(crate) fn no_data(scene: &mut Scene, x: f64, frame: Frame) {
    let y = frame.top + frame.height / 2.0;
    let text = Text::new("no data", x, y, SMALL).anchored(Anchor::Middle).coloured(MUTED);
    let across = font::width(&text.content, SMALL, Weight::Regular) < frame.width - 2.0;
    let text = if across { text } else { Text { x: x + font::MIDDLE * SMALL, ..text }.reading_upward() };
    let bounds = text.bounds();
    scene.rectangle((bounds.left, bounds.top), (bounds.right, bounds.bottom), WHITE);
    scene.text(text);
}
