//! Text of SVG documents, as outlines of the embedded typeface: each glyph is defined once and used where it occurs.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::font;
use crate::scene::Text;
use crate::units::UNITS;

/// Definitions of the glyphs of `texts`, and a group for each text that carries its content as a label, so that it can be
/// searched and read aloud.
pub(crate) fn to_svg<'a>(texts: impl Iterator<Item = &'a Text>) -> String {
    let (mut definitions, mut groups) = (BTreeMap::new(), String::new());
    for text in texts {
        let scale = text.size * UNITS / font::units_per_em(text.weight);
        let (x, y) = (text.x * UNITS, text.y * UNITS);
        let turn = if text.upward { " rotate(-90)" } else { "" };
        let start = text.start() * UNITS;
        let _ = write!(
            groups,
            "<g aria-label=\"{}\" fill=\"#{:02X}{:02X}{:02X}\" transform=\"translate({x:.1} {y:.1}){turn} translate({start:.1} 0) \
             scale({scale:.5} {:.5})\">",
            escaped(&text.content),
            text.colour.0,
            text.colour.1,
            text.colour.2,
            -scale
        );
        for (id, offset, path) in font::paths(&text.content, text.weight) {
            let _ = write!(groups, "<use href=\"#{id}\" x=\"{offset:.0}\"/>");
            definitions.entry(id).or_insert(path);
        }
        groups.push_str("</g>\n");
    }
    let mut document = String::from("<defs>\n");
    for (id, path) in definitions {
        let _ = writeln!(document, "<path id=\"{id}\" d=\"{path}\"/>");
    }
    document.push_str("</defs>\n");
    document + &groups
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Anchor;

    #[test]
    fn a_glyph_is_defined_once_and_the_content_is_a_label() {
        let text = Text::new("a < aa", 10.0, 20.0, 7.0).anchored(Anchor::Middle);
        let svg = to_svg([&text].into_iter());
        assert_eq!(svg.matches("<path").count(), 2);
        assert_eq!(svg.matches("<use").count(), 4);
        assert!(svg.contains("aria-label=\"a &lt; aa\""));
    }
}
