//! Drawing one panel: its axis, its violins, their medians, the reference and the dots.

use plotters::style::{RGBColor, WHITE};

use crate::axis::Axis;
use crate::dots::{GroupSwarm, TRIANGLE, axis_span};
use crate::font::{self, Weight};
use crate::number::three_digits;
use crate::palette::SeedColours;
use crate::prepared::{Prepared, PreparedGroup};
use crate::reference::{self, References};
use crate::scene::{Anchor, Scene, Text};
use crate::style::{FAINT, HAIRLINE, INK, LABEL, MUTED, RIM, SMALL, TICK, VIOLIN_EDGE, VIOLIN_FILL};
use crate::violin::Point;

/// Space between tick marks and their labels, in points.
pub(crate) const TICK_PAD: f64 = 1.5;
/// Half the width of the widest violin, as a share of the group's width and at most in points: a panel of one group
/// is not filled by it.
const VIOLIN_SHARE: f64 = 0.42;
const VIOLIN_MOST: f64 = 24.0;
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
    let centres = frame.centres(prepared.groups.len());
    let slot = frame.slot(prepared.groups.len());
    if let Some(axis) = &prepared.axis {
        let (top, bottom) = axis_span(prepared);
        let place = |value: f64| axis.position(value, frame.top + top, frame.top + bottom);
        for (group, &x) in prepared.groups.iter().zip(&centres) {
            violin(scene, group, x, slot, place);
        }
        if let Some(line) = &prepared.panel.reference {
            let look = references.place(&line.label);
            reference::draw(scene, look, (frame.left + 1.0, frame.right()), place(line.value));
        }
        for ((group, swarm), &x) in prepared.groups.iter().zip(swarms).zip(&centres) {
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
        for (_, &x) in prepared.groups.iter().zip(&centres).filter(|(group, _)| group.group.points.is_empty()) {
            no_data(scene, x, Frame { width: slot, ..frame });
        }
    }
}

/// The outline of the group's density, if it has one, and the tick at its median.
fn violin(scene: &mut Scene, group: &PreparedGroup<'_>, x: f64, slot: f64, place: impl Fn(f64) -> f64) {
    let half = (slot * VIOLIN_SHARE).min(VIOLIN_MOST);
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
