//! The tables of a report, shared by the markdown and the page.

use statistics::{Defined, Estimate, Rank, RankTest};

use crate::analysis::Analysis;
use crate::claims::LEVEL;
use crate::estimates::{Across, Against, Beside, Comparison, Ranking, Summary, Trend};
use crate::report::format::{defined, interval, number, p, signed};

/// A table: its heading, and its rows of cells.
pub(crate) struct Table {
    pub heading: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

/// With fewer runs than these, a bootstrap interval covers too rarely to stand in a table.
pub(crate) const BOOTSTRAP_RUNS: usize = 20;

/// Each dataset and condition. Bootstrap intervals have a column where they are worth one.
pub(crate) fn summary_table(analysis: &Analysis) -> Table {
    type Column = (&'static str, fn(&Summary) -> String);
    let bootstrap: Column = ("95 % BCa interval", |s| {
        if s.n < BOOTSTRAP_RUNS { format!("fewer than {BOOTSTRAP_RUNS} runs") } else { interval(s.bootstrap_interval) }
    });
    let worth_one = analysis.summaries.iter().any(|s| s.n >= BOOTSTRAP_RUNS);
    let mut columns: Vec<Column> = vec![
        ("Dataset", |s| s.dataset.clone()),
        ("Condition", |s| s.condition.clone()),
        ("n", |s| s.n.to_string()),
        ("Failed", |s| s.failed.to_string()),
        ("Mean", |s| defined(s.mean)),
        ("95 % t-interval", |s| interval(s.mean_interval)),
    ];
    columns.extend(worth_one.then_some(bootstrap));
    columns.extend::<[Column; 5]>([
        ("SD", |s| defined(s.std)),
        ("Median", |s| defined(s.median)),
        ("Interquartile mean", |s| defined(s.interquartile_mean)),
        ("Min", |s| defined(s.min)),
        ("Max", |s| defined(s.max)),
    ]);
    Table {
        heading: columns.iter().map(|(name, _)| *name).collect(),
        rows: analysis.summaries.iter().map(|s| columns.iter().map(|(_, cell)| cell(s)).collect()).collect(),
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
            rank_p(rank.0, rank.1),
            estimate(c.hedges_g),
            estimate(c.cliff_delta),
            estimate(c.improvement),
            c.equivalence.map_or_else(|reason| format!("not defined ({reason})"), |e| p(e.p)),
            defined(c.detectable),
            c.additive.map_or_else(
                |reason| format!("not defined ({reason})"),
                |t| format!("{} {}", signed(t.difference), interval(Ok(t.interval))),
            ),
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
            "In the additive model",
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

/// The p-value of a rank test, and the least that it can have where that is not below the level.
fn rank_p(test: Defined<RankTest>, corrected: Option<f64>) -> String {
    let text = p_pair(test.map(|t| t.p.two_sided), corrected);
    match test {
        Ok(test) if test.smallest_p > LEVEL => format!("{text}, can be no less than {}", p(test.smallest_p)),
        _ => text,
    }
}

/// Every other column of the table of runs, a table each.
pub(crate) fn beside_tables(analysis: &Analysis) -> Vec<(String, Table)> {
    let of = |beside: &Beside| {
        let row = |s: &Summary| {
            let against = |kind: Against| {
                let is = |c: &&Comparison| c.dataset == s.dataset && c.condition == s.condition && c.against == kind;
                beside.comparisons.iter().find(is).map_or_else(String::new, |c| match c.deciding() {
                    Ok(test) => {
                        let p = p_pair(Ok(test.p.two_sided), c.deciding_p());
                        format!("{} {}, p = {p}", signed(test.difference), interval(Ok(test.interval)))
                    }
                    Err(reason) => {
                        format!("{}, not tested ({reason})", c.difference.map_or_else(|_| "none".into(), signed))
                    }
                })
            };
            vec![
                s.dataset.clone(),
                s.condition.clone(),
                s.n.to_string(),
                defined(s.mean),
                interval(s.mean_interval),
                against(Against::Baseline),
                against(Against::Reference),
            ]
        };
        let heading = vec![
            "Dataset",
            "Condition",
            "n",
            "Mean",
            "95 % interval",
            "Less the baseline (Holm)",
            "Less the reference (Holm)",
        ];
        let title = format!("{}, {} is better", beside.measure.column, beside.measure.better());
        (title, Table { heading, rows: beside.summaries.iter().map(row).collect() })
    };
    analysis.beside.iter().map(of).collect()
}

/// Conditions from the best to the worst.
pub(crate) fn ranking_table(analysis: &Analysis) -> Table {
    let of = |ranking: &Ranking| {
        let network = ranking.network.clone().unwrap_or_default();
        let (dataset, seeds) = (ranking.dataset.clone(), ranking.seeds.to_string());
        let row = move |(condition, rank): &(String, Rank)| {
            vec![
                dataset.clone(),
                network.clone(),
                condition.clone(),
                seeds.clone(),
                rank.rank.to_string(),
                format!("{} to {}", rank.low, rank.high),
                number(rank.is_lowest),
            ]
        };
        ranking.ranked.iter().map(row).collect::<Vec<_>>()
    };
    Table {
        heading: vec![
            "Dataset",
            "Network",
            "Condition",
            "Seeds",
            "Rank",
            "95 % interval",
            "Share of resamples in which it is the best",
        ],
        rows: analysis.rankings.iter().flat_map(of).collect(),
    }
}

/// Conditions that several datasets have.
pub(crate) fn across_table(analysis: &Analysis) -> Table {
    let row = |across: &Across| {
        let ratio = |value: f64| format!("{:+.1} %", 100.0 * value.exp_m1());
        let datasets = across.datasets.iter().zip(&across.sizes).map(|(name, n)| format!("{name} ({n})"));
        vec![
            across.condition.clone(),
            datasets.collect::<Vec<_>>().join(", "),
            defined(across.log_ratio.map(|e| e.value)),
            interval(across.log_ratio.and_then(|e| e.interval)),
            across.log_ratio.map_or_else(|_| String::new(), |e| ratio(e.value)),
        ]
    };
    Table {
        heading: vec![
            "Condition",
            "Datasets (n)",
            "Interquartile mean of log-ratios to the baseline",
            "95 % interval (stratified bootstrap)",
            "That is",
        ],
        rows: analysis.across.iter().map(row).collect(),
    }
}

/// Conditions that have an order.
pub(crate) fn trend_table(analysis: &Analysis) -> Table {
    let row = |trend: &Trend| {
        let test = |test: Defined<RankTest>| match test {
            Ok(t) => {
                let side = if t.p.less < t.p.greater { "falling" } else { "rising" };
                format!("{} ({}), {side}", rank_p(Ok(t), None), t.method.name())
            }
            Err(reason) => format!("not defined ({reason})"),
        };
        let deciding = trend.deciding();
        let sizes = trend.sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(" / ");
        let rho = trend.spearman.map(|c| c.rho);
        vec![
            trend.dataset.clone(),
            trend.sequence.conditions.join(" → "),
            format!("{sizes}, {} shared", trend.shared),
            deciding.name.into(),
            p_pair(deciding.p.map(|p| p.two_sided), None),
            deciding.estimate.map_or_else(
                |reason| format!("not defined ({reason})"),
                |e| format!("{} {}: {}", signed(e.value), interval(e.interval), deciding.measure),
            ),
            test(trend.jonckheere),
            test(trend.page),
            rho.map_or_else(
                |reason| format!("not defined ({reason})"),
                |rho| format!("{} {}", number(rho.value), interval(rho.interval)),
            ),
        ]
    };
    Table {
        heading: vec![
            "Dataset",
            "Order",
            "n",
            "Deciding test",
            "Its p",
            "Its estimate, 95 % interval",
            "p of Jonckheere–Terpstra",
            "p of Page",
            "Spearman's ρ of all runs, 95 % interval",
        ],
        rows: analysis.trends.iter().map(row).collect(),
    }
}
