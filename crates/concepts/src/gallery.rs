//! Figure 7: example images of each dataset under each transformation along its path.

use plotting::font;
use plotting::style::{GAP, INK, LABEL, MARGIN, MUTED, PAGE_WIDTH, PANEL_TITLE, SMALL, line_height};
use plotting::{Anchor, Bitmap, Scene, Text};

use crate::elements::{close, framed, letter, paragraph, titled};

/// What Figure 7 shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Gallery {
    /// The datasets, one beneath the other.
    pub blocks: Vec<Block>,
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
const NAMES: f64 = 52.0;
/// Least space between two images, in points.
const BETWEEN: f64 = 3.0;
/// Greatest side of an image, in points.
const LARGEST: f64 = 46.0;
/// Height that the blocks may take together, in points: a page with a caption holds no more.
const PAGE: f64 = 585.0;

/// Lays out Figure 7.
pub fn gallery(figure: &Gallery) -> Scene {
    let (mut scene, mut y) = titled("The tasks: example images along each path");
    let columns =
        figure.blocks.iter().flat_map(|block| &block.rows).map(|row| row.steps.len()).max().unwrap_or(0).max(1);
    let width = PAGE_WIDTH - 2.0 * MARGIN - NAMES;
    let side = side(&figure.blocks).min((width + BETWEEN) / columns as f64 - BETWEEN).min(LARGEST);
    let slot = (width - side) / (columns - 1).max(1) as f64;
    y += header(&mut scene, y);
    for (panel, block) in ('a'..).zip(&figure.blocks) {
        letter(&mut scene, panel, &block.title, (MARGIN, y));
        y += line_height(PANEL_TITLE) + 2.0;
        for row in &block.rows {
            y += draw(&mut scene, row, y, slot, side);
        }
        y += GAP / 2.0;
    }
    let note = "s: images are shrunk to s times their size and enlarged again. c: c times the image, 1 − c times its mean grey. \
                a: images are moved by up to a times their size across and down, anew in each epoch; two draws are shown.";
    close(&mut scene, note, y);
    scene
}

/// The side of an image with which all blocks fit on a page.
fn side(blocks: &[Block]) -> f64 {
    let rows = || blocks.iter().flat_map(|block| &block.rows);
    let images: usize = rows().map(images_high).sum();
    let text =
        blocks.len() as f64 * (line_height(PANEL_TITLE) + 2.0 + GAP / 2.0) + rows().count() as f64 * below_images();
    ((PAGE - text) / images.max(1) as f64 - BETWEEN).max(8.0)
}

fn images_high(row: &Row) -> usize {
    row.steps.iter().map(|step| step.draws.len()).max().unwrap_or(0)
}

fn below_images() -> f64 {
    line_height(SMALL) + 3.5
}

/// Draws the direction of all paths above the columns and returns its height.
fn header(scene: &mut Scene, top: f64) -> f64 {
    let baseline = top + font::ASCENT * LABEL;
    let (left, right) = (MARGIN + NAMES, PAGE_WIDTH - MARGIN);
    let source = Text::new("source task", left, baseline, LABEL);
    let target = Text::new("target task", right, baseline, LABEL).anchored(Anchor::End);
    let middle = baseline - font::MIDDLE * LABEL;
    scene.arrow(&[(source.bounds().right + 5.0, middle), (target.bounds().left - 5.0, middle)], 0.8, 5.0, MUTED);
    scene.text(source);
    scene.text(target);
    line_height(LABEL) + 4.0
}

/// Draws a transformation's images and returns the height that they take.
fn draw(scene: &mut Scene, row: &Row, top: f64, slot: f64, side: f64) -> f64 {
    let high = images_high(row) as f64 * (side + BETWEEN);
    paragraph(scene, &row.title, (MARGIN, top + (high - BETWEEN - line_height(LABEL)) / 2.0), NAMES - 6.0, LABEL, INK);
    for (column, step) in row.steps.iter().enumerate() {
        let left = MARGIN + NAMES + column as f64 * slot;
        for (line, picture) in step.draws.iter().enumerate() {
            framed(scene, picture, (left, top + line as f64 * (side + BETWEEN)), side);
        }
        let baseline = top + high - BETWEEN + 1.5 + font::ASCENT * SMALL;
        scene.text(Text::new(&step.label, left + side / 2.0, baseline, SMALL).anchored(Anchor::Middle).coloured(MUTED));
    }
    high - BETWEEN + 1.5 + below_images()
}
