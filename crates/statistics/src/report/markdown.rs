//! `report.md`.

use crate::comparisons::{Against, Comparison};
use crate::family::FAMILY;
use crate::not_defined::Defined;
use crate::report::Analysis;
use crate::report::format::{defined, interval, number, p, plural, signed};
use crate::trends::Trend;

/// A table: its heading, and its rows of cells. Shared by the markdown and the page.
pub(crate) struct Table {
    pub heading: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    fn markdown(&self) -> String {
        let line =
            |cells: &[String]| format!("| {} |\n", cells.iter().map(|c| cell(c)).collect::<Vec<_>>().join(" | "));
        let heading: Vec<String> = self.heading.iter().map(|c| (*c).to_owned()).collect();
        let rule: Vec<String> = self.heading.iter().map(|_| "---".to_owned()).collect();
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!("{}| {} |\n{rows}", line(&heading), rule.join(" | "))
    }
}

/// A cell that cannot end its column or its row, and whose brackets are no link.
pub(crate) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ").replace('[', "\\[").replace('<', "\\<")
}

pub(crate) fn summary_table(analysis: &Analysis) -> Table {
    let rows = analysis.summaries.iter().map(|s| {
        vec![
            s.dataset.clone(),
            s.condition.clone(),
            s.n.to_string(),
            s.failed.to_string(),
            defined(s.mean),
            interval(s.mean_interval),
            interval(s.bootstrap_interval),
            defined(s.std),
            defined(s.median),
            defined(s.interquartile_mean),
            defined(s.min),
            defined(s.max),
        ]
    });
    Table {
        heading: vec![
            "Dataset",
            "Condition",
            "n",
            "Failed",
            "Mean",
            "95 % t-interval",
            "95 % BCa interval",
            "SD",
            "Median",
            "Interquartile mean",
            "Min",
            "Max",
        ],
        rows: rows.collect(),
    }
}

pub(crate) fn comparison_table(analysis: &Analysis, against: Against) -> Table {
    let of = |c: &&Comparison| c.against == against;
    let rows = analysis.comparisons.iter().filter(of).map(|c| {
        let test = c.deciding();
        let estimate = |value: Defined<crate::interval::Estimate>| match value {
            Ok(e) => format!("{} {}", number(e.value), interval(e.interval)),
            Err(reason) => format!("not defined ({reason})"),
        };
        let rank =
            if c.sides.is_paired() { (c.wilcoxon, c.holm.wilcoxon) } else { (c.mann_whitney, c.holm.mann_whitney) };
        let sizes = format!("{} / {}, {} shared", c.sides.x.len(), c.sides.y.len(), c.sides.x_shared.len());
        vec![
            c.dataset.clone(),
            format!("{} − {}", c.condition, c.other),
            sizes,
            c.difference.map_or_else(|reason| format!("not defined ({reason})"), signed),
            interval(test.map(|t| t.interval)),
            if c.sides.is_paired() { "paired t, Wilcoxon".into() } else { "Welch t, Mann–Whitney".into() },
            p_pair(test.map(|t| t.p.two_sided), c.deciding_p()),
            p_pair(rank.0.map(|t| t.p.two_sided), rank.1),
            estimate(c.hedges_g),
            estimate(c.cliff_delta),
            estimate(c.improvement),
            c.equivalence.map_or_else(|reason| format!("not defined ({reason})"), |e| p(e.p)),
            defined(c.detectable),
        ]
    });
    Table {
        heading: vec![
            "Dataset",
            "Difference",
            "n",
            "Estimate",
            "95 % interval",
            "Tests",
            "p of t (Holm)",
            "p of ranks (Holm)",
            "Hedges' g",
            "Cliff's delta",
            "Probability of improvement",
            "p of equivalence within 5 %",
            "Detectable with 80 % power",
        ],
        rows: rows.collect(),
    }
}

fn p_pair(raw: Defined<f64>, corrected: Option<f64>) -> String {
    match (raw, corrected) {
        (Ok(raw), Some(corrected)) => format!("{} ({})", p(raw), p(corrected)),
        (Ok(raw), None) => p(raw),
        (Err(reason), _) => format!("not defined ({reason})"),
    }
}

pub(crate) fn trend_table(analysis: &Analysis) -> Table {
    let row = |trend: &Trend| {
        let test = |test: Defined<crate::mann_whitney::RankTest>| match test {
            Ok(t) => {
                let method = if t.exact { "exact" } else { "normal" };
                format!(
                    "{} ({method}), {}",
                    p(t.p.two_sided),
                    if t.p.less < t.p.greater { "falling" } else { "rising" }
                )
            }
            Err(reason) => format!("not defined ({reason})"),
        };
        let rho = trend.spearman.map(|c| c.rho.value);
        let sizes = trend.sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(" / ");
        vec![
            trend.dataset.clone(),
            trend.sequence.conditions.join(" → "),
            format!("{sizes}, {} shared", trend.shared),
            test(trend.jonckheere),
            test(trend.page),
            defined(rho),
            interval(trend.spearman.and_then(|c| c.rho.interval)),
        ]
    };
    Table {
        heading: vec![
            "Dataset",
            "Order",
            "n",
            "p of Jonckheere–Terpstra",
            "p of Page",
            "Spearman's ρ",
            "95 % interval",
        ],
        rows: analysis.trends.iter().map(row).collect(),
    }
}

/// What a reader must know to read the tables, one statement an item.
pub(crate) fn notes(analysis: &Analysis) -> Vec<String> {
    let mut notes = Vec::new();
    let failed: usize = analysis.summaries.iter().map(|s| s.failed).sum();
    let runs: usize = analysis.summaries.iter().map(|s| s.n + s.failed).sum();
    let lost =
        if failed == 0 { "all have a result".to_owned() } else { format!("{failed} failed and are in no estimate") };
    notes.push(format!("{}, there are {}; {lost}.", analysis.at_scale(), plural(runs, "run")));
    notes.push(
        "The quantity is the final test loss on the standard test images; lower is better, and a positive difference \
                means that the condition ends worse than what it is compared with."
            .into(),
    );
    notes.push("Which tests are shown is decided by the seeds alone: the paired t-test and Wilcoxon's where at least three seeds \
                are shared and they are at least four fifths of the larger side, Welch's and Mann–Whitney's otherwise. \
                `tests.csv` has all four.".into());
    notes.push(format!("P-values in parentheses are Holm-corrected; a family is {FAMILY}."));
    notes.push("Equivalence is tested by two one-sided t-tests against a margin of 5 % of the other's mean; the probability of \
                improvement is that a run of the condition ends lower; what is detectable is the smallest true difference that \
                this many runs with this spread would find in four of five repetitions.".into());
    let unpaired = analysis.comparisons.iter().map(|c| (c, c.unpaired_seeds())).filter(|(_, seeds)| !seeds.is_empty());
    for (c, seeds) in unpaired {
        notes
            .push(format!("{}, {} against {}: {seeds}; paired tests leave them out.", c.dataset, c.condition, c.other));
    }
    notes
}

/// The report.
pub(crate) fn report(analysis: &Analysis) -> String {
    let scale = analysis.scale.as_ref().map_or_else(String::new, |scale| format!(", {scale} scale"));
    let mut text = format!("# {}{scale}\n\n", analysis.name);
    for note in notes(analysis) {
        text.push_str(&format!("- {}\n", cell(&note)));
    }
    for (name, values) in &analysis.provenance {
        text.push_str(&format!("- {name}: {}\n", values.join(", ")));
    }
    let mut section = |title: &str, table: Table, otherwise: &str| {
        let body = if table.rows.is_empty() { format!("{otherwise}\n") } else { table.markdown() };
        text.push_str(&format!("\n## {title}\n\n{body}"));
    };
    section("Summary", summary_table(analysis), "No runs.");
    section(
        "Against the baseline",
        comparison_table(analysis, Against::Baseline),
        "The table has no condition `baseline`.",
    );
    section("Against the reference", comparison_table(analysis, Against::Reference), "No condition has a reference.");
    section("Trends", trend_table(analysis), "The labels of the conditions say no order.");
    text
}
