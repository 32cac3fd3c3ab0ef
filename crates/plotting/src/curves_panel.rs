//! Drawing one panel of curves.

use plotters::style::RGBColor;

use crate::axis::{Axis, Scale};
use crate::curves::{Curve, CurvesPanel};
use crate::font;
use crate::palette::stroke;
use crate::panel::{Frame, TICK_PAD, no_data, ticks, triangle};
use crate::scene::{Anchor, Scene, Text};
use crate::style::{FAINT, HAIRLINE, INK, LABEL, MARKER, MUTED, PAPER, SMALL, TICK, line_height};

/// Width of curves, and of those that are one of many, in points.
const CURVE: f64 = 0.9;
const THIN: f64 = 0.4;
/// Opacity of ribbons: several lie on one another.
const RIBBON: f64 = 0.16;
/// How much of a thin curve's colour is left beside white.
const TINT: f64 = 0.5;
/// Least distance between markers along a curve, in points.
const BETWEEN_MARKERS: f64 = 11.0;
/// Radius of the dots, and of rings and of the white inside them, in points.
const DOT: f64 = 1.7;
const RING: (f64, f64) = (2.4, 1.4);
/// Height of the strip above the values in which bands are named and marks stand, in points.
const STRIP: f64 = 9.0;

/// A panel's two axes; `None` where there is nothing to be drawn.
pub(crate) struct Axes {
    pub(crate) x: Axis,
    pub(crate) y: Axis,
}

impl Axes {
    pub(crate) fn new(panel: &CurvesPanel) -> Option<Self> {
        let points = || panel.curves.iter().flat_map(|curve| curve.points.iter().map(move |point| (curve, point)));
        let positions = points().map(|(_, (x, _))| *x).chain(panel.dots.iter().map(|dot| dot.x));
        let ends = panel.x_range.into_iter().flat_map(|(low, high)| [low, high]);
        let bands = panel.bands.iter().flat_map(|band| [band.from, band.to]);
        let x = Axis::showing(positions.chain(ends).chain(bands).chain(panel.marks.iter().copied()))?;
        let of_curves = points().flat_map(|(curve, (_, e))| if curve.is_thin { [e.value; 3] } else { e.parts() });
        let values = of_curves.chain(panel.dots.iter().map(|dot| dot.y));
        let y = match panel.scale {
            Scale::Linear => Axis::showing(values.chain(panel.level)),
            Scale::Log => Axis::showing_log(values),
        }?;
        Some(Axes { x, y })
    }
}

/// Draws the panel in its frame, the positions along its horizontal axis labelled and its dots drawn as rings where that is
/// asked for.
pub(crate) fn draw(
    scene: &mut Scene,
    panel: &CurvesPanel,
    axes: Option<&Axes>,
    frame: Frame,
    (labelled, are_rings): (bool, bool),
) {
    let Some(Axes { x, y }) = axes else {
        frame.axes(scene);
        no_data(scene, frame.left + frame.width / 2.0, frame);
        return;
    };
    let strip = if panel.bands.is_empty() && panel.marks.is_empty() { 0.0 } else { STRIP };
    let top = frame.top + strip;
    let across = |value: f64| x.position(value, frame.right(), frame.left);
    let up = |value: f64| y.position(value, top, frame.bottom()).clamp(top, frame.bottom());
    let shown = |value: f64| panel.scale == Scale::Linear || value > 0.0;
    bands(scene, panel, frame, across);
    if let Some(level) = panel.level.filter(|&level| shown(level)) {
        scene.line(vec![(frame.left, up(level)), (frame.right(), up(level))], HAIRLINE, FAINT);
    }
    let place = |curve: &Curve, of: fn(&crate::estimate::Estimate) -> f64| -> Vec<(f64, f64)> {
        let points = curve.points.iter().filter(|(_, estimate)| shown(of(estimate)));
        points.map(|(x, estimate)| (across(*x), up(of(estimate)))).collect()
    };
    let thick = || panel.curves.iter().filter(|curve| !curve.is_thin);
    for curve in thick().filter(|curve| curve.points.iter().any(|(_, e)| e.low < e.high)) {
        // A lower end that is not positive has no place on a logarithmic axis: the ribbon ends at its edge.
        let low =
            |estimate: &crate::estimate::Estimate| if shown(estimate.low) { up(estimate.low) } else { frame.bottom() };
        let upper = curve.points.iter().map(|(x, e)| (across(*x), up(e.high)));
        let lower = curve.points.iter().rev().map(|(x, e)| (across(*x), low(e)));
        scene.veil(upper.chain(lower).collect(), stroke(curve.name).colour, RIBBON);
    }
    for curve in panel.curves.iter().filter(|curve| curve.is_thin) {
        scene.line(place(curve, |e| e.value), THIN, tinted(stroke(curve.name).colour));
    }
    for curve in thick() {
        stroke(curve.name).line(scene, &place(curve, |e| e.value), CURVE);
    }
    for (order, curve) in thick().enumerate() {
        let points = place(curve, |e| e.value);
        // Where points are so many that not all have a marker, those of neighbouring curves stand apart.
        let all = points.windows(2).all(|pair| pair[1].0 - pair[0].0 >= BETWEEN_MARKERS);
        let mut free = f64::NEG_INFINITY;
        for (number, point) in points.into_iter().enumerate() {
            if point.0 >= free && (number > 0 || all || order == 0) {
                stroke(curve.name).mark(scene, point, MARKER);
                free = point.0 + BETWEEN_MARKERS;
            }
        }
    }
    for dot in panel.dots.iter().filter(|dot| shown(dot.y)) {
        let (centre, look) = ((across(dot.x), up(dot.y)), stroke(dot.name));
        if are_rings { ring(scene, centre, look.colour) } else { look.mark(scene, centre, DOT) }
    }
    for &mark in &panel.marks {
        triangle(scene, (across(mark), frame.top + 2.6), -1.0, MUTED);
        scene.dashed(&[(across(mark), frame.top + 5.0), (across(mark), frame.bottom())], &[1.0, 1.5], 0.4, MUTED);
    }
    ticks(scene, y, Frame { top, height: frame.bottom() - top, ..frame }, up);
    x_ticks(scene, x, frame, labelled);
    frame.axes(scene);
    if panel.curves.iter().all(|curve| curve.points.is_empty()) && panel.dots.is_empty() {
        no_data(scene, frame.left + frame.width / 2.0, frame);
    }
}

/// Names the bands above what is drawn, and parts neighbours by a faint line.
fn bands(scene: &mut Scene, panel: &CurvesPanel, frame: Frame, across: impl Fn(f64) -> f64) {
    for (at, band) in panel.bands.iter().enumerate() {
        let (from, to) = (across(band.from), across(band.to));
        if at > 0 {
            scene.line(vec![(from, frame.top), (from, frame.bottom())], 0.4, FAINT);
        }
        let text = Text::new(band.label.as_str(), (from + to) / 2.0, frame.top + SMALL * font::ASCENT, SMALL);
        let text = text.anchored(Anchor::Middle).coloured(MUTED);
        // The triangle of a mark at the beginning of a band needs room of its own.
        if text.bounds().right - text.bounds().left < to - from - 10.0 {
            scene.text(text);
        }
    }
}

/// The ticks of the horizontal axis, and beneath them their labels as far as these stay apart.
fn x_ticks(scene: &mut Scene, axis: &Axis, frame: Frame, labelled: bool) {
    let mut free = f64::NEG_INFINITY;
    for tick in axis.ticks() {
        let x = axis.position(tick.value, frame.right(), frame.left);
        scene.rectangle((x - HAIRLINE / 2.0, frame.bottom()), (x + HAIRLINE / 2.0, frame.bottom() + TICK), INK);
        let y = frame.bottom() + TICK + TICK_PAD + font::ASCENT * LABEL;
        let label = Text::new(tick.label.clone(), x, y, LABEL).anchored(Anchor::Middle);
        if labelled && label.bounds().left > free {
            free = label.bounds().right + 3.0;
            scene.text(label);
        }
    }
}

/// Height of the labels beneath the horizontal axis, in points.
pub(crate) fn x_ticks_height(labelled: bool) -> f64 {
    TICK + TICK_PAD + if labelled { line_height(LABEL) } else { 0.0 }
}

/// A ring around `centre`.
pub(crate) fn ring(scene: &mut Scene, centre: (f64, f64), colour: RGBColor) {
    scene.disc(centre, RING.0, colour);
    scene.disc(centre, RING.1, PAPER);
}

fn tinted(colour: RGBColor) -> RGBColor {
    let mix = |part: u8| (f64::from(part) * TINT + 255.0 * (1.0 - TINT)).round() as u8;
    RGBColor(mix(colour.0), mix(colour.1), mix(colour.2))
}
