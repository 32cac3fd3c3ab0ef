//! Figure 2: the default sequence of two tasks, the baseline and the three interventions, as timelines.

use plotting::font;
use plotting::style::{GAP, HAIRLINE, INK, LABEL, MARGIN, MUTED, PAGE_WIDTH, PAPER, SMALL, TICK, line_height};
use plotting::{Anchor, RGBColor, Scene, Text};

use crate::BlurredImage;
use crate::elements::{BADGE, Intervention, Symbol, badge, close, framed, mix, paragraph, short, titled};

/// What Figure 2 shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Timelines {
    /// An image along the path of the discretization, from the source to the target; the other timelines show the first and
    /// the last. At least three and at most six.
    pub path: Vec<BlurredImage>,
    /// Most epochs of a task.
    pub epochs: u32,
    /// Most epochs of a task of the discretization.
    pub discretized_epochs: u32,
    /// Learning rate of every task but one.
    pub lr: f64,
    /// Learning rate of the second task in the intervention on learning rates.
    pub second_lr: f64,
    /// What the bias reset adds to every bias.
    pub bias: f64,
}

/// Width of the column of the timelines' names, in points.
const NAMES: f64 = 112.0;
/// Width of the column of the final tests, in points.
const TESTS: f64 = 66.0;
/// Heights of the strip that shows the learning rate, of a task's block and of a whole timeline, in points.
const STRIP: f64 = 21.0;
const BLOCK: f64 = 31.0;
const ROW: f64 = 66.0;
/// Room for the sign of a bias reset, in points.
const RESET: f64 = 7.0;
/// Radius of the circle of a model, in points.
const MODEL: f64 = 7.0;
/// Distance from a model to its neighbouring block, in points.
const TO_MODEL: f64 = 8.0;
/// Grounds of the blocks of the most blurred and of the sharp task.
const BLURRED: RGBColor = RGBColor(236, 239, 244);
const SHARP: RGBColor = RGBColor(196, 211, 233);

/// One timeline.
struct Timeline<'a> {
    name: &'static str,
    text: String,
    intervention: Option<Intervention>,
    tasks: Vec<Task<'a>>,
    /// What is written beneath the blocks.
    remark: String,
}

struct Task<'a> {
    number: String,
    image: &'a BlurredImage,
    epochs: u32,
    lr: f64,
    /// Whether the biases are reset before it.
    reset: bool,
}

/// Lays out Figure 2.
///
/// # Panics
/// Where the path has fewer than three images.
pub fn timelines(figure: &Timelines) -> Scene {
    assert!(figure.path.len() >= 3, "a path of {} images is no discretization", figure.path.len());
    let (mut scene, top) = titled("One sequence of two tasks, and three ways to intervene");
    let rows = rows(figure);
    let longest = rows.iter().map(|row| row.tasks.iter().map(|task| task.epochs).sum::<u32>()).max().unwrap_or(1);
    let left = MARGIN + NAMES + 2.0 * MODEL + TO_MODEL;
    let right = PAGE_WIDTH - MARGIN - TESTS - 2.0 * MODEL - TO_MODEL - 17.0;
    let frame = Frame { left, scale: (right - left) / f64::from(longest), lr: figure.lr.max(figure.second_lr) };
    let mut y = top + headings(&mut scene, top);
    for row in &rows {
        draw(&mut scene, row, &frame, y);
        y += ROW;
    }
    let sharp = &figure.path[figure.path.len() - 1];
    test(&mut scene, sharp, &rows, y - ROW * rows.len() as f64);
    y += axis(&mut scene, &frame, figure, longest, y + 2.0) + 2.0;
    let note = "s: blur factor. Blocks are as long as a task may last; a task ends sooner when its validation loss \
                has stopped falling. The model that a task ends with is the one that the next begins with. Negative \
                pretraining: the default sequence ends with a higher test loss than the baseline.";
    close(&mut scene, note, y + GAP / 2.0);
    scene
}

fn rows(figure: &Timelines) -> [Timeline<'_>; 5] {
    let path = &figure.path;
    let (source, target) = (&path[0], &path[path.len() - 1]);
    let task =
        |number: usize, image, lr| Task { number: number.to_string(), image, epochs: figure.epochs, lr, reset: false };
    let two = |second_lr: f64| vec![task(1, source, figure.lr), task(2, target, second_lr)];
    let discretized = (1..)
        .zip(path)
        .map(|(number, image)| Task { epochs: figure.discretized_epochs, ..task(number, image, figure.lr) });
    [
        Timeline {
            name: "Baseline",
            text: "the target task alone".into(),
            intervention: None,
            tasks: vec![Task { number: String::new(), ..task(1, target, figure.lr) }],
            remark: String::new(),
        },
        Timeline {
            name: "Default sequence",
            text: "pretraining on blurred images, then the target task".into(),
            intervention: None,
            tasks: two(figure.lr),
            remark: String::new(),
        },
        Timeline {
            name: Intervention::LearningRate.name(),
            text: "another learning rate in one of the tasks".into(),
            intervention: Some(Intervention::LearningRate),
            tasks: two(figure.second_lr),
            remark: String::new(),
        },
        Timeline {
            name: Intervention::Discretization.name(),
            text: "more tasks between the source and the target".into(),
            intervention: Some(Intervention::Discretization),
            tasks: discretized.collect(),
            remark: format!(
                "N = {} tasks, evenly spaced from s = {} to s = {}",
                path.len(),
                short(source.factor),
                short(target.factor)
            ),
        },
        Timeline {
            name: Intervention::BiasReset.name(),
            text: "a constant added to every bias before the first task, the second or both".into(),
            intervention: Some(Intervention::BiasReset),
            tasks: two(figure.lr).into_iter().map(|task| Task { reset: true, ..task }).collect(),
            remark: format!("+{} to every bias", figure.bias),
        },
    ]
}

/// Where epochs and learning rates are on the page.
struct Frame {
    /// Where time begins.
    left: f64,
    /// Points an epoch.
    scale: f64,
    /// The greatest learning rate.
    lr: f64,
}

impl Frame {
    fn x(&self, epochs: u32) -> f64 {
        self.left + f64::from(epochs) * self.scale
    }

    /// Height of a learning rate's line above the strip's ground.
    fn height(&self, lr: f64) -> f64 {
        (STRIP - 10.0) * lr / self.lr
    }
}

fn headings(scene: &mut Scene, top: f64) -> f64 {
    let test = PAGE_WIDTH - MARGIN - TESTS;
    paragraph(scene, "Tested on the standard test images", (test, top), TESTS, SMALL, MUTED);
    line_height(SMALL) + 2.0
}

fn draw(scene: &mut Scene, row: &Timeline<'_>, frame: &Frame, top: f64) {
    let accent = row.intervention.map_or(INK, Intervention::colour);
    let (block_top, block_bottom) = (top + STRIP, top + STRIP + BLOCK);
    let middle = (block_top + block_bottom) / 2.0;
    name(scene, row, accent, top);
    let (mut begin, mut ends) = (0, Vec::new());
    for task in &row.tasks {
        let end = begin + task.epochs;
        let (left, right) = (frame.x(begin) + 0.8, frame.x(end) - 0.8);
        block(scene, task, (left, block_top), right, row.tasks.len() > 2);
        rate(scene, row, task, frame, (frame.x(begin), frame.x(end)), block_top);
        ends.push(frame.x(end));
        begin = end;
    }
    let first = frame.left - MODEL - TO_MODEL;
    let last = frame.x(begin) + MODEL + TO_MODEL;
    scene.line(vec![(first, middle), (frame.left, middle)], 1.2, INK);
    scene.arrow(&[(frame.x(begin), middle), (last - MODEL + 1.0, middle)], 1.2, 4.0, INK);
    model(scene, (first, middle), "0");
    model(scene, (last, middle), &row.tasks.len().to_string());
    if row.tasks.len() == 1 {
        for (x, kind) in [(first, "initial"), (last, "trained")] {
            for (line, text) in (0..).zip([kind, "model"]) {
                let y = middle + MODEL + 2.0 + font::ASCENT * SMALL + f64::from(line) * line_height(SMALL);
                scene.text(Text::new(text, x, y, SMALL).anchored(Anchor::Middle).coloured(MUTED));
            }
        }
    }
    let test = PAGE_WIDTH - MARGIN - TESTS;
    scene.dashed(&[(last + MODEL + 2.0, middle), (test - 9.0, middle)], &[2.5, 2.0], HAIRLINE, MUTED);
    scene.arrow(&[(test - 10.0, middle), (test - 3.0, middle)], HAIRLINE, 4.0, MUTED);
    let mut start = 0;
    for task in &row.tasks {
        if task.reset {
            reset(scene, frame.x(start), block_top, block_bottom, accent);
        }
        start += task.epochs;
    }
    let baseline = block_bottom + 3.0 + font::ASCENT * SMALL;
    match row.intervention {
        Some(Intervention::BiasReset) => {
            for x in [frame.left].into_iter().chain(ends.iter().copied().take(ends.len() - 1)) {
                scene.text(Text::new(&row.remark, x - 1.0, baseline + 2.0, SMALL).coloured(accent));
            }
        }
        _ if !row.remark.is_empty() => scene.text(Text::new(&row.remark, frame.left, baseline, SMALL).coloured(accent)),
        _ => {}
    }
}

/// Writes a timeline's name and what it is in the first column.
fn name(scene: &mut Scene, row: &Timeline<'_>, accent: RGBColor, top: f64) {
    let baseline = top + STRIP + font::ASCENT * LABEL;
    let mut left = MARGIN;
    if let Some(intervention) = row.intervention {
        badge(scene, (MARGIN + BADGE, baseline - font::MIDDLE * LABEL), intervention);
        left += 2.0 * BADGE + 4.0;
    }
    scene.text(Text::new(row.name, left, baseline, LABEL).bold().coloured(accent));
    let below = top + STRIP + line_height(LABEL) + 2.0;
    paragraph(scene, &row.text, (MARGIN, below), NAMES - 14.0, SMALL, MUTED);
}

/// Draws a task as a block with an image of it.
fn block(scene: &mut Scene, task: &Task<'_>, (left, top): (f64, f64), right: f64, narrow: bool) {
    const INSET: f64 = 3.0;
    let ground = mix(BLURRED, SHARP, task.image.factor.powi(2));
    scene.rectangle((left, top), (right, top + BLOCK), ground);
    let side = BLOCK - 2.0 * INSET;
    let left = left + if task.reset { RESET } else { 0.0 };
    framed(scene, &task.image.picture, (left + INSET, top + INSET), side);
    let x = left + INSET + side + if narrow { 2.5 } else { 5.0 };
    let factor = format!("s = {}", short(task.image.factor));
    let symbol = Symbol { base: "τ", index: &task.number, size: LABEL + 1.0, colour: INK };
    let upper = top + 12.0;
    let end = symbol.draw(scene, x, upper);
    if narrow {
        scene.text(Text::new(short(task.image.factor), x, upper + 11.0, SMALL));
        return;
    }
    let sharp = task.image.factor == 1.0;
    let what = if sharp { "target: sharp" } else { "source: blurred" };
    scene.text(Text::new(what, end + 3.0, upper, SMALL));
    scene.text(Text::new(factor, x, upper + 11.0, SMALL));
}

/// Draws a task's learning rate above its block, and writes it where it is the first or an intervention.
fn rate(scene: &mut Scene, row: &Timeline<'_>, task: &Task<'_>, frame: &Frame, (left, right): (f64, f64), ground: f64) {
    let changed = row.intervention == Some(Intervention::LearningRate);
    let colour = if changed { Intervention::LearningRate.colour() } else { MUTED };
    let (floor, width) = (ground - 2.0, if changed { 1.6 } else { 0.9 });
    let y = floor - frame.height(task.lr);
    scene.rectangle((left, y), (right, floor), mix(PAPER, colour, 0.14));
    scene.rectangle((left, y - width / 2.0), (right, y + width / 2.0), colour);
    if changed || left == frame.left {
        let text = Text::new(format!("learning rate {:e}", task.lr), left + 1.0, y - 2.5, SMALL).coloured(colour);
        scene.text(text);
    }
}

/// Draws a bias reset: a change of the model at the moment when a task begins.
fn reset(scene: &mut Scene, x: f64, top: f64, bottom: f64, colour: RGBColor) {
    let middle = (top + bottom) / 2.0;
    scene.rectangle((x - 0.8, top - 1.0), (x + 0.8, bottom + 3.0), colour);
    for (radius, colour) in [(RESET - 1.0, PAPER), (RESET - 2.2, colour)] {
        scene.polygon(
            vec![(x, middle - radius), (x + radius, middle), (x, middle + radius), (x - radius, middle)],
            colour,
        );
    }
}

/// Draws a model as a circle with its symbol in it.
fn model(scene: &mut Scene, centre: (f64, f64), index: &str) {
    scene.disc(centre, MODEL, INK);
    scene.disc(centre, MODEL - 0.7, PAPER);
    let symbol = Symbol { base: "f", index, size: LABEL, colour: INK };
    symbol.draw_centred(scene, centre.0, centre.1 + font::MIDDLE * LABEL);
}

fn test(scene: &mut Scene, image: &BlurredImage, rows: &[Timeline<'_>], top: f64) {
    let left = PAGE_WIDTH - MARGIN - TESTS;
    for place in 0..rows.len() {
        let block = top + place as f64 * ROW + STRIP;
        let side = BLOCK - 6.0;
        for step in [5.0, 2.5, 0.0] {
            let corner = (left + step, block + 3.0 - step);
            scene.rectangle((corner.0 - 1.0, corner.1 - 1.0), (corner.0 + side + 1.0, corner.1 + side + 1.0), PAPER);
            framed(scene, &image.picture, corner, side);
        }
        let x = left + side + 9.0;
        scene.text(Text::new("test loss", x, block + BLOCK / 2.0 + font::MIDDLE * LABEL, LABEL).bold());
    }
}

/// Draws the axis of epochs and returns its height.
fn axis(scene: &mut Scene, frame: &Frame, figure: &Timelines, longest: u32, top: f64) -> f64 {
    let step = figure.discretized_epochs.max(1);
    scene.arrow(&[(frame.left, top), (frame.x(longest) + 14.0, top)], HAIRLINE, 5.0, INK);
    for epoch in (0..=longest).step_by(step as usize) {
        let x = frame.x(epoch);
        scene.line(vec![(x, top), (x, top + TICK)], HAIRLINE, INK);
        let label = Text::new(epoch.to_string(), x, top + TICK + 2.0 + font::ASCENT * LABEL, LABEL);
        scene.text(label.anchored(Anchor::Middle));
    }
    let label = Text::new(
        "epochs, at most",
        (frame.left + frame.x(longest)) / 2.0,
        top + TICK + 3.0 + line_height(LABEL) + font::ASCENT * LABEL,
        LABEL,
    );
    scene.text(label.anchored(Anchor::Middle));
    TICK + 3.0 + 2.0 * line_height(LABEL)
}
