//! Drawing a path diagram: the plane of two transformations, the paths through it and the tasks they visit.

use plotters::style::WHITE;

use crate::font::{self, Weight};
use crate::legend::STROKE_SAMPLE;
use crate::number::MINUS;
use crate::palette::stroke;
use crate::panel::{Frame, TICK_PAD};
use crate::plane::{DrawnPath, PathDiagram, PlaneAxis, same};
use crate::scene::{Anchor, Scene, Text};
use crate::stroke::Stroke;
use crate::style::{HAIRLINE, HALO, INK, LABEL, MARKER, SMALL, STROKE, TASK_MARKER, TICK, line_height};
use crate::text::wrap;
use crate::writing::{paragraph, upward_label};

/// Least width of a diagram that is still readable, in points.
pub(crate) const LEAST_WIDTH: f64 = 50.0;
/// Empty space inside the axes beside the outermost tasks, in points.
const INSET_X: f64 = 9.0;
/// Empty space inside the axes above and below them, with room for the words "source" and "target", in points.
const INSET_Y: f64 = 15.0;
/// Space between the horizontal axis' label and what is above it, in points.
const PAD: f64 = 2.0;

/// How a path is drawn: unlike any other, and unlike the tasks that all of them visit, which are black.
pub(crate) fn path_stroke(place: usize) -> Stroke {
    stroke(place + 1)
}

/// Space that the diagram needs left of its frame, in points.
pub(crate) fn gutter(diagram: &PathDiagram, height: f64) -> f64 {
    let ticks = ticks(&diagram.y);
    let widest = ticks.iter().map(|(_, label)| font::width(label, LABEL, Weight::Regular)).fold(0.0, f64::max);
    label_lines(diagram, height).len() as f64 * line_height(LABEL) + widest + TICK + TICK_PAD + 1.0
}

fn label_lines(diagram: &PathDiagram, height: f64) -> Vec<String> {
    wrap(&diagram.y.label, height, LABEL, Weight::Regular)
}

/// Every number of tasks in the diagrams, ascending.
pub(crate) fn numbers_of_tasks<'a>(diagrams: impl Iterator<Item = &'a PathDiagram>) -> Vec<usize> {
    let paths = diagrams.flat_map(|diagram| &diagram.paths);
    let mut numbers: Vec<usize> = paths.flat_map(|path| &path.discretizations).map(|one| one.n).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Radius of the tasks that paths of `n` tasks and more visit, in points; the fewer, the larger.
pub(crate) fn task_radius(n: usize, numbers: &[usize]) -> f64 {
    let (most, least) = TASK_MARKER;
    let steps = numbers.len().saturating_sub(1).max(1) as f64;
    let step = numbers.iter().filter(|&&other| other < n).count() as f64;
    most - (most - least) * step / steps
}

/// Draws the diagram in its frame, with the names of its paths below, and returns where they end. `numbers` are the
/// figure's numbers of tasks.
pub(crate) fn draw(scene: &mut Scene, diagram: &PathDiagram, frame: Frame, numbers: &[usize]) -> f64 {
    let plane = Plane::new(diagram, frame);
    for (place, path) in diagram.paths.iter().enumerate() {
        let points: Vec<(f64, f64)> = path.finest().iter().map(|&point| plane.place(point)).collect();
        path_stroke(place).line(scene, &points, STROKE);
    }
    let visits = |point: (f64, f64)| {
        let visited = |path: &&DrawnPath| path.tasks().iter().any(|&(other, _)| same(other, point));
        diagram.paths.iter().filter(visited).count()
    };
    for (place, path) in diagram.paths.iter().enumerate() {
        // Small ones last, so that no large one hides them.
        for (point, n) in path.tasks() {
            let (centre, radius) = (plane.place(point), task_radius(n, numbers));
            if visits(point) > 1 {
                scene.disc(centre, radius + HALO, WHITE);
                scene.disc(centre, radius, INK);
            } else {
                path_stroke(place).mark(scene, centre, radius);
            }
        }
    }
    let [source, target] = [(diagram.x.source, diagram.y.source), (diagram.x.target, diagram.y.target)];
    let clear = TASK_MARKER.0 + 2.0;
    let (x, y) = plane.place(source);
    scene.text(Text::new("source", x - TASK_MARKER.0, y + clear + font::ASCENT * SMALL, SMALL));
    let (x, y) = plane.place(target);
    scene.text(Text::new("target", x + TASK_MARKER.0, y - clear, SMALL).anchored(Anchor::End));
    frame.axes(scene);
    plane.ticks(scene);
    let lines = label_lines(diagram, frame.height);
    let left = frame.left - gutter(diagram, frame.height);
    upward_label(scene, &lines, left, frame.top + frame.height / 2.0, LABEL);
    let top = frame.bottom() + TICK + TICK_PAD + line_height(LABEL) + PAD;
    let middle = frame.left + frame.width / 2.0;
    let label = Text::new(diagram.x.label.as_str(), middle, top, LABEL).anchored(Anchor::Middle);
    let mut y = paragraph(scene, label, frame.width) + PAD;
    for (place, path) in diagram.paths.iter().enumerate() {
        let middle = y + (font::ASCENT - font::MIDDLE) * LABEL;
        path_stroke(place).sample(scene, (frame.left, middle), STROKE_SAMPLE, MARKER * 1.3);
        let left = frame.left + STROKE_SAMPLE + 3.0;
        y = paragraph(scene, Text::new(path.label.as_str(), left, y, LABEL), frame.right() - left);
    }
    y
}

/// The plane, laid out in a frame.
struct Plane<'a> {
    diagram: &'a PathDiagram,
    frame: Frame,
    x: (f64, f64),
    y: (f64, f64),
}

impl<'a> Plane<'a> {
    fn new(diagram: &'a PathDiagram, frame: Frame) -> Self {
        let points = || diagram.paths.iter().flat_map(|path| &path.discretizations).flat_map(|one| &one.points);
        let x = share_span(&diagram.x, points().map(|&(x, _)| x));
        let y = share_span(&diagram.y, points().map(|&(_, y)| y));
        Plane { diagram, frame, x, y }
    }

    /// Where two parameters lie on the page.
    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let along = |axis: &PlaneAxis, (low, high): (f64, f64), value: f64| (share(axis, value) - low) / (high - low);
        let (right, up) = (along(&self.diagram.x, self.x, x), along(&self.diagram.y, self.y, y));
        let (width, height) = (self.frame.width - 2.0 * INSET_X, self.frame.height - 2.0 * INSET_Y);
        (self.frame.left + INSET_X + right * width, self.frame.bottom() - INSET_Y - up * height)
    }

    fn ticks(&self, scene: &mut Scene) {
        let (frame, diagram) = (self.frame, self.diagram);
        for (value, label) in ticks(&diagram.x) {
            let (x, _) = self.place((value, diagram.y.source));
            let bottom = frame.bottom();
            scene.rectangle((x - HAIRLINE / 2.0, bottom), (x + HAIRLINE / 2.0, bottom + TICK), INK);
            let baseline = bottom + TICK + TICK_PAD + font::ASCENT * LABEL;
            scene.text(Text::new(label, x, baseline, LABEL).anchored(Anchor::Middle));
        }
        for (value, label) in ticks(&diagram.y) {
            let (_, y) = self.place((diagram.x.source, value));
            scene.rectangle((frame.left - TICK, y - HAIRLINE / 2.0), (frame.left, y + HAIRLINE / 2.0), INK);
            let x = frame.left - TICK - TICK_PAD;
            scene.text(Text::new(label, x, y + font::MIDDLE * LABEL, LABEL).anchored(Anchor::End));
        }
    }
}

/// How far `value` is on the way from the source to the target.
fn share(axis: &PlaneAxis, value: f64) -> f64 {
    (value - axis.source) / (axis.target - axis.source)
}

/// The part of the way that the axis shows: all of it, and further where a task lies outside.
fn share_span(axis: &PlaneAxis, values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.map(|value| share(axis, value)).fold((0.0, 1.0), |(low, high), share| (low.min(share), high.max(share)))
}

/// The two ends of the axis, and its middle where that is a short number.
fn ticks(axis: &PlaneAxis) -> Vec<(f64, String)> {
    let middle = (axis.source + axis.target) / 2.0;
    let label = |value: f64| ((value * 1e6).round() / 1e6).to_string().replace('-', MINUS);
    let longest = label(axis.source).len().max(label(axis.target).len());
    [axis.source, middle, axis.target]
        .into_iter()
        .map(|value| (value, label(value)))
        .filter(|(value, label)| *value != middle || label.len() <= longest + 1)
        .collect()
}
