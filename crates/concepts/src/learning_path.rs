//! Figure 1: a learning path on the manifold of tasks, and where the interventions act on it.

use plotting::curve::{length, part, smooth};
use plotting::font;
use plotting::style::{
    FAINT, GAP, HAIRLINE, INK, LABEL, MARGIN, MUTED, PAGE_WIDTH, PANEL_TITLE, PAPER, SMALL, TICK, line_height,
};
use plotting::{Anchor, Bitmap, Scene, Text};

use crate::BlurredImage;
use crate::elements::{BADGE, Intervention, Symbol, badge, close, framed, letter, paragraph, short, titled};
use crate::surface::{BEYOND, FRONT, Surface};

type Point = (f64, f64);

/// A task of the path that Figure 1 draws: its place on the manifold and what its images look like.
#[derive(Debug, Clone, PartialEq)]
pub struct PathTask {
    /// Its blur factor s in (0, 1]; 1 is sharp.
    pub blur: f64,
    /// Its contrast level c in [0, 1]; 1 is full contrast.
    pub contrast: f64,
    /// An image of the task.
    pub picture: Bitmap,
}

/// What Figure 1 shows.
#[derive(Debug, Clone, PartialEq)]
pub struct LearningPath {
    /// The path's tasks in order, the last one the target. Between four and six, each less blurred than the one before.
    pub path: Vec<PathTask>,
    /// The images along the blur axis, from the source to the target, at equal distances.
    pub blur_axis: Vec<BlurredImage>,
}

/// Greatest side of the images on the manifold, in points.
const THUMBNAIL: f64 = 35.0;
/// Distance from a task to the image above it, in points.
const PIN: f64 = 11.0;
/// Where a task's pin meets the image above it, as a share of the image's width: the path comes from the left and from below.
const LEANING: f64 = 0.7;
/// Width of the column that explains the interventions, in points.
const LEGEND: f64 = 112.0;
/// Distance from the path down to the badges of the interventions, in points.
const BELOW: f64 = 31.0;

/// Lays out Figure 1.
///
/// # Panics
/// Where the path has fewer than four tasks: the three interventions act at different places of it.
pub fn learning_path(figure: &LearningPath) -> Scene {
    assert!(figure.path.len() >= 4, "a path of {} tasks has no room for three interventions", figure.path.len());
    let (mut scene, top) = titled("A learning path on the manifold of tasks");
    let bottom = manifold(&mut scene, &figure.path, top);
    legend(&mut scene, top);
    let bottom = blur_axis(&mut scene, &figure.blur_axis, bottom + GAP);
    let note = "Nearby points of the manifold are similar tasks. Its height has no meaning. The path's final model \
                is judged by its test loss on the target's standard test images, and so is the baseline, a model \
                that learned the target alone.";
    close(&mut scene, note, bottom + GAP);
    scene
}

/// Draws panel (a) and returns its lower edge.
fn manifold(scene: &mut Scene, path: &[PathTask], top: f64) -> f64 {
    letter(scene, 'a', "The path, and where the three interventions act on it", (MARGIN, top));
    let blur = Parameter::of(path.iter().map(|task| task.blur));
    let contrast = Parameter::of(path.iter().map(|task| task.contrast));
    let places: Vec<Point> = path.iter().map(|task| (blur.share(task.blur), contrast.share(task.contrast))).collect();
    let left = MARGIN + 36.0;
    let begins = top + line_height(PANEL_TITLE) + 8.0;
    // The images stand above the surface where their tasks are far back.
    let unplaced = Surface::new((left, begins));
    let highest = places.iter().map(|&(u, v)| unplaced.point(u, v).1 - PIN - THUMBNAIL).fold(begins, f64::min);
    let surface = Surface::new((left, begins + (begins - highest)));
    surface.draw(scene);
    parameters(scene, &surface, blur, contrast);

    let curve: Vec<Point> = smooth(&places).into_iter().map(|(u, v)| surface.point(u, v)).collect();
    let points: Vec<Point> = places.iter().map(|&(u, v)| surface.point(u, v)).collect();
    let pieces = (curve.len() - 1) / (points.len() - 1);
    let first = points[0];
    let start = (MARGIN + 8.0, first.1 + 6.0);
    let arrival = vec![(start.0 + 7.0, start.1 - 1.2), first];
    let legs = (1..points.len()).map(|leg| curve[(leg - 1) * pieces..=leg * pieces].to_vec());
    let legs: Vec<Vec<Point>> = std::iter::once(arrival).chain(legs).collect();
    for leg in &legs {
        scene.line(leg.clone(), 3.4, PAPER);
        scene.arrow(&part(leg, 0.0, length(leg) - 4.0), 1.5, 5.5, INK);
    }
    model(scene, start);
    interventions(scene, &points, &legs);
    tasks(scene, path, &points);
    for (place, leg) in legs.iter().enumerate() {
        let middle = part(leg, 0.0, length(leg) / 2.0).last().copied().unwrap_or(first);
        let number = (place + 1).to_string();
        let symbol = Symbol { base: "ω", index: &number, size: LABEL, colour: INK };
        symbol.draw_centred(scene, middle.0 + 1.0, middle.1 + 11.5);
    }
    surface.bottom() + line_height(LABEL)
}

/// Draws the images of the tasks above their points, and the points with their symbols on top of the path.
fn tasks(scene: &mut Scene, path: &[PathTask], points: &[Point]) {
    let spacing = points.windows(2).map(|pair| pair[1].0 - pair[0].0).fold(f64::INFINITY, f64::min);
    let side = (spacing - 5.0).clamp(12.0, THUMBNAIL);
    for (place, (task, &point)) in path.iter().zip(points).enumerate() {
        scene.line(vec![point, (point.0, point.1 - PIN)], HAIRLINE, INK);
        framed(scene, &task.picture, (point.0 - LEANING * side, point.1 - PIN - side), side);
        let target = place + 1 == path.len();
        for (radius, colour) in
            [(5.6, INK), (4.5, PAPER)].into_iter().filter(|_| target).chain([(3.6, PAPER), (2.8, INK)])
        {
            scene.disc(point, radius, colour);
        }
        let number = (place + 1).to_string();
        let symbol = Symbol { base: "τ", index: &number, size: LABEL + 1.0, colour: INK };
        symbol.draw_centred(scene, point.0, point.1 + 13.5);
    }
    for (point, name) in [(points[0], "source"), (points[points.len() - 1], "target")] {
        scene.text(Text::new(name, point.0, point.1 + 22.5, LABEL).anchored(Anchor::Middle));
    }
}

/// Draws the badges of the interventions beneath the places of the path where they act.
fn interventions(scene: &mut Scene, points: &[Point], legs: &[Vec<Point>]) {
    let at = |leg: &[Point], share: f64| part(leg, 0.0, length(leg) * share).last().copied().unwrap_or(leg[0]);
    let (last, middle) = (points.len() - 1, (points.len() - 1) / 2);
    let reset = at(&legs[last], 0.26);
    let places = [
        (Intervention::LearningRate, at(&legs[1], 0.5), 13.5),
        (Intervention::Discretization, points[middle], 15.5),
        (Intervention::BiasReset, reset, 4.0),
    ];
    for (intervention, place, clear) in places {
        let centre = (place.0, place.1 + BELOW);
        scene.line(vec![(place.0, place.1 + clear), centre], 0.9, intervention.colour());
        badge(scene, centre, intervention);
    }
    let diamond = |radius: f64| {
        vec![
            (reset.0, reset.1 - radius),
            (reset.0 + radius, reset.1),
            (reset.0, reset.1 + radius),
            (reset.0 - radius, reset.1),
        ]
    };
    scene.polygon(diamond(5.0), PAPER);
    scene.polygon(diamond(4.0), Intervention::BiasReset.colour());
}

/// Draws the initial model: a circle with its symbol in it.
fn model(scene: &mut Scene, centre: Point) {
    scene.disc(centre, 7.2, INK);
    scene.disc(centre, 6.5, PAPER);
    let symbol = Symbol { base: "f", index: "0", size: LABEL, colour: INK };
    symbol.draw_centred(scene, centre.0, centre.1 + font::MIDDLE * LABEL);
    let below = centre.1 + 8.0 + font::ASCENT * SMALL;
    for (line, text) in ["initial", "model"].into_iter().enumerate() {
        let y = below + line as f64 * line_height(SMALL);
        scene.text(Text::new(text, MARGIN, y, SMALL).coloured(MUTED));
    }
}

/// A range of blur or contrast, from the path's least value to 1.
#[derive(Debug, Clone, Copy)]
struct Parameter {
    least: f64,
}

impl Parameter {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let least = values.fold(1.0, f64::min);
        Parameter { least: if least < 1.0 { least } else { 0.0 } }
    }

    /// How far from the least value to 1 the value lies.
    fn share(&self, value: f64) -> f64 {
        (value - self.least) / (1.0 - self.least)
    }

    /// Values that are marked on the surface's edge, with their shares of the range.
    fn marks(&self) -> [(f64, f64); 3] {
        [0.0, 0.5, 1.0].map(|share| (self.least + (1.0 - self.least) * share, share))
    }
}

/// Writes the values of blur beneath the surface's front edge and those of contrast beside its right edge.
fn parameters(scene: &mut Scene, surface: &Surface, blur: Parameter, contrast: Parameter) {
    for (value, share) in blur.marks() {
        let edge = surface.point(share, -FRONT);
        scene.line(vec![edge, (edge.0 - 1.2, edge.1 + TICK)], HAIRLINE, MUTED);
        let value = Text::new(format!("s = {}", short(value)), edge.0 - 2.0, edge.1 + TICK + 7.0, SMALL);
        scene.text(value.anchored(Anchor::Middle).coloured(MUTED));
    }
    let front = surface.point(0.25, -FRONT);
    let name = Text::new("blur factor", front.0 - 2.0, front.1 + TICK + 7.5, LABEL);
    scene.text(name.anchored(Anchor::Middle).coloured(MUTED));
    for (value, share) in contrast.marks() {
        let edge = surface.point(1.0 + BEYOND, share);
        scene.line(vec![edge, (edge.0 + TICK, edge.1)], HAIRLINE, MUTED);
        let value =
            Text::new(format!("c = {}", percent(value)), edge.0 + TICK + 2.0, edge.1 + font::MIDDLE * SMALL, SMALL);
        scene.text(value.coloured(MUTED));
    }
    let right = surface.point(1.0 + BEYOND, 0.25);
    scene.text(Text::new("contrast", right.0 + TICK + 2.0, right.1 + font::MIDDLE * LABEL, LABEL).coloured(MUTED));
}

/// Explains the badges in a column at the page's right edge.
fn legend(scene: &mut Scene, top: f64) {
    let left = PAGE_WIDTH - MARGIN - LEGEND;
    let indent = left + 2.0 * BADGE + 5.0;
    let entries = [
        (Intervention::LearningRate, "acts on a learning process ω: how far each training step moves the model."),
        (
            Intervention::Discretization,
            "acts on the path: more tasks between source and target, so that each differs less from the one before.",
        ),
        (
            Intervention::BiasReset,
            "acts on the model between two tasks: a constant is added to every bias before training goes on.",
        ),
    ];
    let mut y = top + line_height(PANEL_TITLE) + 6.0;
    for (intervention, text) in entries {
        let baseline = y + font::ASCENT * LABEL;
        badge(scene, (left + BADGE, baseline - font::MIDDLE * LABEL), intervention);
        scene.text(Text::new(intervention.name(), indent, baseline, LABEL).bold().coloured(intervention.colour()));
        y += line_height(LABEL);
        y += paragraph(scene, text, (indent, y), PAGE_WIDTH - MARGIN - indent, LABEL, INK) + 5.0;
    }
    let symbols = [
        ("τ", "a task: a dataset under a transformation, and a loss"),
        ("ω", "a learning process: training on a task until the validation loss stops falling"),
        ("f", "a model"),
    ];
    y += 2.0;
    scene.line(vec![(left, y), (PAGE_WIDTH - MARGIN, y)], HAIRLINE, FAINT);
    y += 5.0;
    for (base, text) in symbols {
        let symbol = Symbol { base, index: "", size: LABEL + 1.0, colour: INK };
        symbol.draw_centred(scene, left + BADGE, y + font::ASCENT * LABEL);
        y += paragraph(scene, text, (indent, y), PAGE_WIDTH - MARGIN - indent, SMALL, MUTED) + 3.0;
    }
}

/// Draws panel (b) and returns its lower edge.
fn blur_axis(scene: &mut Scene, steps: &[BlurredImage], top: f64) -> f64 {
    /// Space between two images, in points.
    const BETWEEN: f64 = 7.0;
    letter(scene, 'b', "The blur axis: one test image from the source task to the target task", (MARGIN, top));
    let width = PAGE_WIDTH - 2.0 * MARGIN;
    let slot = (width + BETWEEN) / steps.len().max(1) as f64;
    let side = (slot - BETWEEN).min(60.0);
    let images = top + line_height(PANEL_TITLE) + 4.0;
    let axis = images + side + 5.0;
    let centre = |place: usize| MARGIN + (slot - BETWEEN) / 2.0 + place as f64 * slot;
    for (place, step) in steps.iter().enumerate() {
        let x = centre(place);
        framed(scene, &step.picture, (x - side / 2.0, images), side);
        scene.line(vec![(x, axis), (x, axis + TICK)], HAIRLINE, INK);
        let label =
            Text::new(format!("s = {}", short(step.factor)), x, axis + TICK + 2.0 + font::ASCENT * LABEL, LABEL);
        scene.text(label.anchored(Anchor::Middle));
    }
    scene.arrow(&[(MARGIN, axis), (PAGE_WIDTH - MARGIN, axis)], HAIRLINE, 5.0, INK);
    let names = axis + TICK + 2.0 + line_height(LABEL);
    let baseline = names + font::ASCENT * SMALL;
    let name =
        |text: &str, x: f64, anchor: Anchor| Text::new(text, x, baseline, SMALL).anchored(anchor).coloured(MUTED);
    scene.text(name("source task: blurred", MARGIN, Anchor::Start));
    scene.text(name("target task: standard images", PAGE_WIDTH - MARGIN, Anchor::End));
    scene.text(name("images are shrunk to s times their size and enlarged again", PAGE_WIDTH / 2.0, Anchor::Middle));
    names + line_height(SMALL)
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
