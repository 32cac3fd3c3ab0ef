//! `report.json`: everything, for programs.

use serde_json::{Value, json};
use statistics::{Defined, Interval};

use crate::analysis::Analysis;
use crate::estimates::{Across, Beside, FAMILY, NOTICEABLE, Ranking, Summary};
use crate::report::tests_file::{Row, rows};

/// The analysis as JSON: a number that is not defined is an object with the reason.
pub(crate) fn report(analysis: &Analysis) -> String {
    let comparisons = analysis.comparisons.iter().map(|c| {
        json!({
            "dataset": c.dataset,
            "condition": c.condition,
            "other": c.other,
            "against": c.against.name(),
            "shared_seeds": c.sides.x_shared.len(),
            "seeds_only_in_condition": c.sides.only_x,
            "seeds_only_in_other": c.sides.only_y,
            "deciding_test": if c.sides.is_paired() { "paired t" } else { "Welch t" },
            "difference": number(c.difference),
            "p_holm": c.deciding_p(),
        })
    });
    let provenance = analysis.provenance.iter().map(|(name, values)| ((*name).to_owned(), json!(values)));
    let value = json!({
        "name": analysis.name,
        "scale": analysis.scale,
        "quantity": analysis.measure.column,
        "higher_is_better": analysis.measure.higher_is_better,
        "roles": analysis.roles,
        "holm_family": FAMILY,
        "equivalence_margin_as_fraction_of_the_other_mean": NOTICEABLE,
        "provenance": provenance.collect::<serde_json::Map<String, Value>>(),
        "summaries": analysis.summaries.iter().map(summary).collect::<Vec<_>>(),
        "beside": analysis.beside.iter().map(beside).collect::<Vec<_>>(),
        "across_datasets": analysis.across.iter().map(across).collect::<Vec<_>>(),
        "rankings": analysis.rankings.iter().map(ranking).collect::<Vec<_>>(),
        "comparisons": comparisons.collect::<Vec<_>>(),
        "tests": rows(analysis).iter().map(test).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&value).expect("a value is JSON");
    text.push('\n');
    text
}

fn number(value: Defined<f64>) -> Value {
    value.map_or_else(|reason| json!({ "not_defined": reason.to_string() }), |v| json!(v))
}

fn interval(value: Defined<Interval>) -> Value {
    value.map_or_else(|reason| json!({ "not_defined": reason.to_string() }), |i| json!([i.low, i.high]))
}

fn ranking(ranking: &Ranking) -> Value {
    let ranked = ranking.ranked.iter().map(|(condition, rank)| {
        json!({ "condition": condition, "rank": rank.rank, "interval": [rank.low, rank.high], "is_best": rank.is_lowest })
    });
    json!({
        "dataset": ranking.dataset,
        "network": ranking.network,
        "seeds": ranking.seeds,
        "ranked": ranked.collect::<Vec<_>>(),
    })
}

fn beside(beside: &Beside) -> Value {
    json!({
        "quantity": beside.measure.column,
        "higher_is_better": beside.measure.higher_is_better,
        "summaries": beside.summaries.iter().map(summary).collect::<Vec<_>>(),
    })
}

fn across(across: &Across) -> Value {
    json!({
        "condition": across.condition,
        "datasets": across.datasets,
        "n": across.sizes,
        "interquartile_mean_log_ratio": number(across.log_ratio.map(|e| e.value)),
        "interquartile_mean_log_ratio_ci95": interval(across.log_ratio.and_then(|e| e.interval)),
    })
}

fn summary(s: &Summary) -> Value {
    json!({
        "dataset": s.dataset,
        "condition": s.condition,
        "n": s.n,
        "failed": s.failed,
        "mean": number(s.mean),
        "std": number(s.std),
        "mean_ci95": interval(s.mean_interval),
        "mean_bca95": interval(s.bootstrap_interval),
        "median": number(s.median),
        "interquartile_mean": number(s.interquartile_mean),
        "min": number(s.min),
        "max": number(s.max),
    })
}

fn test(row: &Row) -> Value {
    json!({
        "dataset": row.dataset,
        "against": row.kind,
        "condition": row.condition,
        "other": row.other,
        "test": row.test,
        "n": row.n,
        "n_other": row.n_other,
        "statistic": row.statistic,
        "degrees": row.degrees,
        "measure": row.measure,
        "estimate": row.estimate,
        "interval": row.interval.map(|i| [i.low, i.high]),
        "confidence": row.confidence,
        "p": row.p,
        "p_holm": row.p_holm,
        "method": row.method,
        "smallest_p": row.smallest_p,
        "value": row.value,
        "not_defined": row.not_defined.map(|reason| reason.to_string()),
    })
}
