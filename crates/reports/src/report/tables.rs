//! The tables of a report, shared by the markdown and the page.

use statistics::{Defined, Estimate, RankTest};

use crate::analysis::Analysis;
use crate::estimates::{Against, Comparison, Trend};
use crate::report::format::{defined, interval, number, p, signed};

/// A table: its heading, and its rows of cells.
pub(crate) struct Table {
    pub heading: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

/// Each dataset and condition.
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

/// Each condition with what it is compared with.
pub(crate) fn comparison_table(analysis: &Analysis, against: Against) -> Table {
    let of = |c: &&Comparison| c.against == against;
    let rows = analysis.comparisons.iter().filter(of).map(|c| {
        let test = c.deciding();
        let estimate = |value: Defined<Estimate>| match value {
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

/// Conditions that have an order.
pub(crate) fn trend_table(analysis: &Analysis) -> Table {
    let row = |trend: &Trend| {
        let test = |test: Defined<RankTest>| match test {
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
