//! What every figure's page has: a title, the panels, a legend, and what is to be read beneath.

use crate::legend::{self, Entry};
use crate::scene::{Scene, Text};
use crate::style::{MARGIN, MUTED, SMALL, TITLE};
use crate::writing::paragraph;

/// Space between blocks of a figure, in points.
pub(crate) const BLOCK: f64 = 4.0;

/// A page of a width in points. `panels` draws below the height that it is given, and returns where it ends.
pub(crate) fn sheet<'a>(
    width: f64,
    title: Option<&str>,
    panels: impl FnOnce(&mut Scene, f64) -> f64,
    legend: &[Entry],
    notes: impl IntoIterator<Item = &'a str>,
) -> Scene {
    let mut scene = Scene::new(width);
    let inner = width - 2.0 * MARGIN;
    let mut y = MARGIN;
    if let Some(title) = title {
        y = paragraph(&mut scene, Text::new(title, MARGIN, y, TITLE).bold(), inner) + BLOCK;
    }
    y = panels(&mut scene, y);
    y += legend::draw(&mut scene, legend, (MARGIN, y), inner);
    for note in notes {
        y = paragraph(&mut scene, Text::new(note, MARGIN, y + 1.0, SMALL).coloured(MUTED), inner);
    }
    scene.height = y + MARGIN;
    scene
}
