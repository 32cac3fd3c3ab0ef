//! Writing on a page: paragraphs and the letters of panels.

use crate::font;
use crate::scene::{Scene, Text};
use crate::style::{PANEL_TITLE, line_height};
use crate::text::wrap;

/// Draws `text` below its `y` in lines of `width` points and returns where they end.
pub(crate) fn paragraph(scene: &mut Scene, text: Text, width: f64) -> f64 {
    let lines = wrap(&text.content, width, text.size, text.weight);
    let (top, height) = (text.y, line_height(text.size));
    let bottom = top + lines.len() as f64 * height;
    for (line, content) in lines.into_iter().enumerate() {
        let y = top + font::ASCENT * text.size + line as f64 * height;
        scene.text(Text { content, y, ..text.clone() });
    }
    bottom
}

/// Draws the letter of panel `at` with its upper left corner at `corner` and returns where the title after it begins.
pub(crate) fn panel_letter(scene: &mut Scene, at: usize, (x, top): (f64, f64)) -> f64 {
    let letter = Text::new(format!("({})", letter(at)), x, top + font::ASCENT * PANEL_TITLE, PANEL_TITLE).bold();
    let end = letter.bounds().right + 3.0;
    scene.text(letter);
    end
}

/// Draws the lines of a vertical axis label from `left` on, each centred at height `middle`.
pub(crate) fn upward_label(scene: &mut Scene, lines: &[String], left: f64, middle: f64, size: f64) {
    for (line, content) in lines.iter().enumerate() {
        let x = left + font::ASCENT * size + line as f64 * line_height(size);
        let text = Text::new(content.clone(), x, middle, size);
        scene.text(text.anchored(crate::scene::Anchor::Middle).reading_upward());
    }
}

/// The letters that count panels: a to z, then aa, ab and so on.
fn letter(at: usize) -> String {
    let last = char::from(b'a' + (at % 26) as u8);
    if at < 26 { last.to_string() } else { letter(at / 26 - 1) + &last.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        let letters: Vec<String> = [0, 25, 26, 51, 52].into_iter().map(letter).collect();
        assert_eq!(letters, ["a", "z", "aa", "az", "ba"]);
    }
}
