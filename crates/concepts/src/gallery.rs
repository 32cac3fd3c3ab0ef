//! Figure 7: example images of each dataset under each transformation along its path.

use plotting::font::{self, Weight};
use plotting::style::{GAP, INK, LABEL, MARGIN, MUTED, PAGE_WIDTH, PANEL_TITLE, SMALL, line_height};
use plotting::{Anchor, Bitmap, Scene, Text, wrap};

use crate::elements::{close, framed, letter, paragraph, titled};

/// What Figure 7 shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Gallery {
    /// The datasets, in reading order.
    pub blocks: Vec<Block>,
    /// What the parameters in the labels mean.
    pub note: String,
}

/// A dataset's images.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The dataset's name.
    pub title: String,
    /// Its transformations.
    pub rows: Vec<Row>,
}

/// A transformation's path.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The transformation's name.
    pub title: String,
    /// The tasks of the path, from the source to the target; the same number in all rows of all blocks.
    pub steps: Vec<Step>,
}

/// A task of a path.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The value of the transformation's parameter, as it is to be written, such as "s = 0.25".
    pub label: String,
    /// Images of the task: one, or several draws of a random transformation; the same number in all steps of a row.
    pub draws: Vec<Bitmap>,
}

/// Width of the column of the transformations' names, in points.
const NAMES: f64 = 46.0;
/// Least space between two images, in points.
const BETWEEN: f64 = 3.0;
/// Greatest side of an image, in points.
const LARGEST: f64 = 46.0;
/// Height that the blocks may take together, in points: a page with a caption holds no more.
const PAGE: f64 = 585.0;
/// Space between blocks side by side, in points.
const GUTTER: f64 = 16.0;

/// Lays out Figure 7: the blocks beneath one another, or two in a row where that leaves their images larger.
pub fn gallery(figure: &Gallery) -> Scene {
    let (mut scene, mut y) = titled("The tasks: example images along each path");
    let (one, two) = (Layout::new(&figure.blocks, 1), Layout::new(&figure.blocks, 2));
    let layout = if two.side > one.side { two } else { one };
    for column in 0..layout.in_a_row.min(figure.blocks.len()) {
        header(&mut scene, (layout.left(column), y), layout.width);
    }
    y += line_height(LABEL) + 4.0;
    let mut letters = 'a'..;
    for blocks in figure.blocks.chunks(layout.in_a_row) {
        let mut lowest = y;
        for (column, block) in blocks.iter().enumerate() {
            let left = layout.left(column);
            if figure.blocks.len() > 1 {
                letter(&mut scene, letters.next().unwrap_or_default(), &block.title, (left, y));
            } else {
                scene.text(Text::new(&block.title, left, y + font::ASCENT * PANEL_TITLE, PANEL_TITLE));
            }
            let mut bottom = y + title_height();
            for row in &block.rows {
                bottom += draw(&mut scene, row, (left, bottom), &layout);
            }
            lowest = lowest.max(bottom);
        }
        y = lowest + GAP / 2.0;
    }
    close(&mut scene, &figure.note, y);
    scene
}

/// How the blocks share the page.
struct Layout {
    /// Blocks beside one another.
    in_a_row: usize,
    /// Width of a block, in points.
    width: f64,
    /// Distance from one image to the next, in points.
    pitch: f64,
    /// Side of the images, in points.
    side: f64,
}

impl Layout {
    /// The largest images, up to [`LARGEST`], with which the blocks fit on a page.
    fn new(blocks: &[Block], in_a_row: usize) -> Self {
        let width = (PAGE_WIDTH - 2.0 * MARGIN + GUTTER) / in_a_row as f64 - GUTTER;
        let steps = blocks.iter().flat_map(|block| &block.rows).map(|row| row.steps.len()).max().unwrap_or(0).max(1);
        let tallest = |of: fn(&Block) -> usize| -> f64 {
            blocks.chunks(in_a_row).map(|row| row.iter().map(of).max().unwrap_or(0) as f64).sum()
        };
        let images = tallest(|block| block.rows.iter().map(images_high).sum());
        let text = tallest(|_| 1) * (title_height() + GAP / 2.0) + tallest(|block| block.rows.len()) * below_images();
        let high = (PAGE - text) / images.max(1.0) - BETWEEN;
        let side = ((width - NAMES + BETWEEN) / steps as f64 - BETWEEN).min(high).clamp(8.0, LARGEST);
        Layout { in_a_row, width, pitch: (width - NAMES - side) / (steps - 1).max(1) as f64, side }
    }

    /// Where the blocks of a column begin.
    fn left(&self, column: usize) -> f64 {
        MARGIN + column as f64 * (self.width + GUTTER)
    }
}

fn title_height() -> f64 {
    line_height(PANEL_TITLE) + 2.0
}

fn images_high(row: &Row) -> usize {
    row.steps.iter().map(|step| step.draws.len()).max().unwrap_or(0)
}

fn below_images() -> f64 {
    line_height(SMALL) + 3.5
}

/// Draws the direction of the paths above a column of blocks.
fn header(scene: &mut Scene, (left, top): (f64, f64), width: f64) {
    let baseline = top + font::ASCENT * LABEL;
    let source = Text::new("source task", left + NAMES, baseline, LABEL);
    let target = Text::new("target task", left + width, baseline, LABEL).anchored(Anchor::End);
    let middle = baseline - font::MIDDLE * LABEL;
    scene.arrow(&[(source.bounds().right + 5.0, middle), (target.bounds().left - 5.0, middle)], 0.8, 5.0, MUTED);
    scene.text(source);
    scene.text(target);
}

/// Draws a transformation's images and returns the height that they take.
fn draw(scene: &mut Scene, row: &Row, (left, top): (f64, f64), layout: &Layout) -> f64 {
    let side = layout.side;
    let high = images_high(row) as f64 * (side + BETWEEN) - BETWEEN;
    let name = wrap(&row.title, NAMES - 4.0, LABEL, Weight::Regular).len() as f64 * line_height(LABEL);
    paragraph(scene, &row.title, (left, top + (high - name) / 2.0), NAMES - 4.0, LABEL, INK);
    for (column, step) in row.steps.iter().enumerate() {
        let left = left + NAMES + column as f64 * layout.pitch;
        for (line, picture) in step.draws.iter().enumerate() {
            framed(scene, picture, (left, top + line as f64 * (side + BETWEEN)), side);
        }
        let baseline = top + high + 1.5 + font::ASCENT * SMALL;
        scene.text(Text::new(&step.label, left + side / 2.0, baseline, SMALL).anchored(Anchor::Middle).coloured(MUTED));
    }
    high + 1.5 + below_images()
}
