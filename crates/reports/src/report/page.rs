//! `index.html`: one page for people, that needs no network, and no script to be read; with scripts there is more to look at.

use std::path::PathBuf;

use crate::analysis::Analysis;
use crate::claims::Ruling;
use crate::estimates::Against;
use crate::report::answers::{RULE, answers_table};
use crate::report::claims_file::{PART_HEADING, part_cells, sentence};
use crate::report::explorer::{self, explorer};
use crate::report::html::{STYLE, escape, svg, table};
use crate::report::notes::notes;
use crate::report::tables::{
    Table, across_table, beside_tables, comparison_table, ranking_table, summary_table, trend_table,
};

/// What goes on the page.
pub(crate) struct Content<'a> {
    pub scale: Option<&'a str>,
    pub analyses: &'a [Analysis],
    pub rulings: &'a [Ruling],
    /// Figures: name, and SVG.
    pub drawings: Vec<(String, String)>,
    /// Settings of each analysis: name, and JSON.
    pub settings: Vec<(String, String)>,
    /// The table of runs behind each analysis: name, and file.
    pub runs: Vec<(String, PathBuf)>,
}

/// The page.
pub(crate) fn page(content: &Content<'_>) -> String {
    let title = match (content.scale, content.analyses) {
        (Some(scale), _) => format!("Negative pretraining, {scale} scale"),
        (None, [analysis]) => format!("Statistics of {}", analysis.name),
        (None, _) => "Statistics".into(),
    };
    let names = names(content);
    let mut links: Vec<(String, String)> = Vec::new();
    if !content.rulings.is_empty() {
        links.push(("claims".into(), "Claims".into()));
    }
    links.extend(names.iter().map(|name| (name.clone(), heading(name))));
    let links: String =
        links.iter().map(|(id, text)| format!("<li><a href=\"#{}\">{}</a></li>", escape(id), escape(text))).collect();
    let body: String = names.iter().map(|name| section(content, name)).collect();
    let scripted = body.contains("class=\"explorer\"");
    let script = if scripted { format!("<script>\n{}</script>\n", explorer::SCRIPT) } else { String::new() };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>\n{STYLE}{}</style>\n</head>\n<body>\n\
         <header><h1>{}</h1></header>\n<nav aria-label=\"Contents\"><ul>{links}</ul></nav>\n<main>\n{body}{}</main>\n\
         <footer><p>Written by report {}.</p></footer>\n{script}</body>\n</html>\n",
        escape(&title),
        if scripted { explorer::STYLE } else { "" },
        escape(&title),
        claims(content),
        env!("CARGO_PKG_VERSION"),
    )
}

/// Figures that are drawn or analysed, in order.
fn names(content: &Content<'_>) -> Vec<String> {
    let mut names: Vec<String> = content.drawings.iter().map(|d| d.0.clone()).collect();
    names.extend(content.analyses.iter().map(|a| a.name.clone()));
    // Figure 10 comes after Figure 9.
    let number = |name: &String| name.strip_prefix("fig").and_then(|number| number.parse::<u32>().ok());
    names.sort_by_key(|name| (number(name).is_none(), number(name), name.clone()));
    names.dedup();
    names
}

fn heading(name: &str) -> String {
    match name.strip_prefix("fig") {
        Some(number) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => format!("Figure {number}"),
        _ => name.to_owned(),
    }
}

fn claims(content: &Content<'_>) -> String {
    let Some(scale) = content.scale.filter(|_| !content.rulings.is_empty()) else {
        return String::new();
    };
    let claim = |ruling: &Ruling| {
        let rows = ruling.parts.iter().map(|part| part_cells(ruling, part)).collect();
        let parts = Table { heading: PART_HEADING.to_vec(), rows };
        format!(
            "<article class=\"claim {}\" id=\"claim-{}\">\n<h3>Claim {}: {}</h3>\n<p class=\"verdict\">{}</p>\n\
             <p>{} {}</p>\n{}</article>\n",
            escape(ruling.verdict.name().split(' ').next().unwrap_or_default()),
            ruling.id,
            ruling.id,
            escape(ruling.statement),
            escape(&sentence(ruling, scale)),
            escape(ruling.hypothesis),
            escape(ruling.rule),
            if ruling.parts.is_empty() { String::new() } else { table(&parts) },
        )
    };
    let overview = Table {
        heading: vec!["Claim", "Statement", "Verdict"],
        rows: content
            .rulings
            .iter()
            .map(|r| vec![r.id.into(), r.statement.into(), format!("{} at {scale} scale", r.verdict.name())])
            .collect(),
    };
    let all: String = content.rulings.iter().map(claim).collect();
    format!(
        "<section id=\"claims\">\n<h2>Claims at {} scale</h2>\n{}{all}</section>\n",
        escape(scale),
        table(&overview)
    )
}

fn section(content: &Content<'_>, name: &str) -> String {
    let mut text = format!("<section id=\"{}\">\n<h2>{}</h2>\n", escape(name), escape(&heading(name)));
    if let Some((_, drawing)) = content.drawings.iter().find(|d| d.0 == name) {
        let caption = content.scale.map_or_else(String::new, |scale| format!(", {scale} scale"));
        text.push_str(&format!(
            "<figure>{}<figcaption>{}{}</figcaption></figure>\n",
            svg(drawing),
            escape(&heading(name)),
            escape(&caption)
        ));
    }
    if let Some((_, runs)) = content.runs.iter().find(|(of, _)| of == name) {
        text.push_str(&explorer(name, &heading(name), runs));
    }
    if let Some(analysis) = content.analyses.iter().find(|a| a.name == name) {
        let items: String =
            notes(analysis, str::to_owned).iter().map(|note| format!("<li>{}</li>\n", escape(note))).collect();
        text.push_str(&format!("<p>{}</p>\n", escape(RULE)));
        let mut parts = vec![
            ("In short".to_owned(), answers_table(analysis)),
            ("Summary".to_owned(), summary_table(analysis)),
            ("Against the baseline".to_owned(), comparison_table(analysis, Against::Baseline)),
            ("Against the reference".to_owned(), comparison_table(analysis, Against::Reference)),
            ("Trends".to_owned(), trend_table(analysis)),
            ("Ranking".to_owned(), ranking_table(analysis)),
            ("Across datasets".to_owned(), across_table(analysis)),
        ];
        parts.extend(beside_tables(analysis).into_iter().map(|(title, table)| (format!("Beside it: {title}"), table)));
        for (title, part) in parts {
            if !part.rows.is_empty() {
                text.push_str(&format!("<h3>{}</h3>\n{}", escape(&title), table(&part)));
            }
        }
        text.push_str(&format!("<h3>How to read it</h3>\n<ul>\n{items}</ul>\n"));
        let versions: Vec<Vec<String>> =
            analysis.provenance.iter().map(|(name, values)| vec![(*name).to_owned(), values.join(", ")]).collect();
        if !versions.is_empty() {
            let versions = Table { heading: vec!["Computed with", ""], rows: versions };
            text.push_str(&format!("<h3>Versions</h3>\n{}", table(&versions)));
        }
    }
    if let Some((_, settings)) = content.settings.iter().find(|s| s.0 == name) {
        text.push_str(&format!("<h3>Settings</h3>\n<pre>{}</pre>\n", escape(settings)));
    }
    text.push_str("</section>\n");
    text
}
