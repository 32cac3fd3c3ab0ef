//! The pieces of HTML that the page is made of.

use crate::report::tables::Table;

/// Text as HTML text or attribute value.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A table that scrolls by itself where it is wider than the screen.
pub(crate) fn table(table: &Table) -> String {
    let heading: String = table.heading.iter().map(|c| format!("<th scope=\"col\">{}</th>", escape(c))).collect();
    let row = |cells: &Vec<String>| {
        let cells: String = cells.iter().map(|c| format!("<td>{}</td>", escape(c))).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let rows: String = table.rows.iter().map(row).collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>{heading}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
    )
}

/// A drawing without the lines that only a file of its own needs.
pub(crate) fn svg(text: &str) -> &str {
    text.find("<svg").map_or("", |at| &text[at..])
}

pub(crate) const STYLE: &str = "\
:root { color-scheme: light; }\n\
* { box-sizing: border-box; }\n\
body { margin: 0 auto; max-width: 72rem; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; }\n\
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.3rem; margin-top: 2.5rem; } h3 { font-size: 1.05rem; }\n\
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }\n\
a { color: #0b57a4; }\n\
figure { margin: 1rem 0; } figure svg { display: block; max-width: 100%; height: auto; }\n\
figcaption { color: #555; font-size: .9rem; }\n\
.scroll { overflow-x: auto; margin: .75rem 0; }\n\
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }\n\
th, td { padding: .3rem .6rem; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top; }\n\
thead th { border-bottom: 2px solid #888; }\n\
pre { overflow-x: auto; background: #f5f5f5; padding: .75rem; font-size: .8rem; }\n\
.claim { border-left: .4rem solid #999; padding: .1rem 0 .1rem .9rem; margin: 1.25rem 0; break-inside: avoid-page; }\n\
.reproduced { border-color: #1b7f4b; } .supported { border-color: #7fb79a; } .estimated { border-color: #0b57a4; } .contradicted { border-color: #b3261e; } .inconclusive { border-color: #a86b00; }\n\
.verdict { font-weight: 600; }\n\
@media print {\n\
  body { max-width: none; padding: 0; font-size: 10pt; }\n\
  .scroll { overflow: visible; } table { font-size: 6.5pt; } th, td { padding: 1pt 3pt; overflow-wrap: anywhere; }\n\
  h2, h3 { break-after: avoid; } figure, tr { break-inside: avoid; } nav { display: none; }\n\
  pre { white-space: pre-wrap; }\n\
}\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escape("a < \"b\" & c"), "a &lt; &quot;b&quot; &amp; c");
        let html = table(&Table { heading: vec!["A"], rows: vec![vec!["<script>".into()]] });
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"));
    }

    #[test]
    fn a_drawing_loses_its_prologue() {
        assert_eq!(svg("<?xml version=\"1.0\"?>\n<svg></svg>"), "<svg></svg>");
        assert_eq!(svg("nothing"), "");
    }
}
