//! `report.md`.

use crate::analysis::Analysis;
use crate::estimates::Against;
use crate::report::answers::{RULE, answers_table};
use crate::report::notes::notes;
use crate::report::tables::{
    Table, across_table, beside_tables, comparison_table, ranking_table, summary_table, trend_table,
};

/// Text in which nothing is markup: it cannot end its column or row, and shows as it is written.
pub(crate) fn cell(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => escaped.push(' '),
            '\\' | '|' | '[' | '<' | '*' | '_' | '`' | '~' | '$' | '&' => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// A table as markdown.
fn markdown(table: &Table) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.iter().map(|c| cell(c)).collect::<Vec<_>>().join(" | "));
    let heading: Vec<String> = table.heading.iter().map(|c| (*c).to_owned()).collect();
    let rule: Vec<String> = table.heading.iter().map(|_| "---".to_owned()).collect();
    let rows: String = table.rows.iter().map(|row| line(row)).collect();
    format!("{}| {} |\n{rows}", line(&heading), rule.join(" | "))
}

/// The report.
pub(crate) fn report(analysis: &Analysis) -> String {
    let scale = analysis.scale.as_ref().map_or_else(String::new, |scale| format!(", {scale} scale"));
    let mut text = format!("# {}{scale}\n\n", cell(&analysis.name));
    text.push_str(&format!("{RULE}\n"));
    let mut section = |title: &str, table: Table, otherwise: &str| {
        let body = if table.rows.is_empty() { format!("{otherwise}\n") } else { markdown(&table) };
        text.push_str(&format!("\n## {title}\n\n{body}"));
    };
    section("In short", answers_table(analysis), "There is nothing to compare.");
    section("Summary", summary_table(analysis), "No runs.");
    section("Against the baseline", comparison_table(analysis, Against::Baseline), "The table has no baseline.");
    section("Against the reference", comparison_table(analysis, Against::Reference), "No condition has a reference.");
    section("Trends", trend_table(analysis), "No conditions have an order.");
    if !analysis.rankings.is_empty() {
        section("Ranking", ranking_table(analysis), "");
    }
    if !analysis.across.is_empty() {
        section("Across datasets", across_table(analysis), "");
    }
    for (title, table) in beside_tables(analysis) {
        section(&format!("Beside it: {}", cell(&title)), table, "");
    }
    text.push_str("\n## How to read it\n\n");
    for note in notes(analysis, cell) {
        text.push_str(&format!("- {note}\n"));
    }
    for (name, values) in &analysis.provenance {
        text.push_str(&format!("- {name}: {}\n", cell(&values.join(", "))));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_show_as_they_are_written() {
        assert_eq!(cell("[No, No]"), "\\[No, No]");
        assert_eq!(cell("a\\|b"), "a\\\\\\|b");
        assert_eq!(cell("__init__ *x* `y` ~~z~~ $t$ & <b>"), r"\_\_init\_\_ \*x\* \`y\` \~\~z\~\~ \$t\$ \& \<b>");
    }
}
