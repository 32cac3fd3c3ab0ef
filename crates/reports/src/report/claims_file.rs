//! `claims.md` and `claims.csv`.

use crate::claims::{Outcome, Part, Ruling, Verdict};
use crate::report::format::{interval, number, p};
use crate::report::markdown::cell;

/// What became of a claim, in a sentence that carries the scale.
pub(crate) fn sentence(ruling: &Ruling, scale: &str) -> String {
    let figures = ruling.figures.iter().map(u8::to_string).collect::<Vec<_>>().join(" or ");
    let with_data: Vec<&Part> = ruling.parts.iter().filter(|part| part.outcome != Outcome::NoData).collect();
    let n = seeds(&with_data);
    let missing = missing_datasets(&ruling.parts);
    let missing =
        if missing.is_empty() { String::new() } else { format!(" There are no runs for {missing} at {scale} scale.") };
    match ruling.verdict {
        Verdict::NoData => {
            format!("At {scale} scale, there are no data for claim {}: it needs runs of Figure {figures}.", ruling.id)
        }
        Verdict::Reproduced => format!("At {scale} scale, with {n}, claim {} is reproduced.{missing}", ruling.id),
        Verdict::Contradicted => format!("At {scale} scale, with {n}, claim {} is contradicted.{missing}", ruling.id),
        Verdict::Inconclusive { seeds_needed: Some(needed) } => format!(
            "At {scale} scale, with {n}, the runs are inconclusive on claim {}; {} seeds a condition would settle it at \
             {scale} scale with 80 % power, if the truth is what was observed.{missing}",
            ruling.id,
            seed_number(needed)
        ),
        Verdict::Inconclusive { seeds_needed: None } => format!(
            "At {scale} scale, with {n}, the runs are inconclusive on claim {}, and do not say how many seeds would settle \
             it.{missing}",
            ruling.id
        ),
    }
}

/// Datasets that every part of lacks data.
fn missing_datasets(parts: &[Part]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for part in parts {
        let any = parts.iter().any(|p| p.dataset == part.dataset && p.outcome != Outcome::NoData);
        if !any && !names.contains(&part.dataset.as_str()) {
            names.push(&part.dataset);
        }
    }
    names.join(", ")
}

fn seeds(parts: &[&Part]) -> String {
    let sizes = parts.iter().flat_map(|part| part.sizes.iter().copied());
    match (sizes.clone().min(), sizes.max()) {
        (Some(low), Some(high)) if low == high => format!("n = {low} a side"),
        (Some(low), Some(high)) => format!("n = {low} to {high} a side"),
        _ => "no runs to test".into(),
    }
}

pub(crate) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Supported => "supports",
        Outcome::Opposed => "opposes",
        Outcome::Undecided => "undecided",
        Outcome::NoData => "no data",
    }
}

pub(crate) const PART_HEADING: [&str; 8] = [
    "Dataset",
    "What",
    "Test",
    "n",
    "Estimate, with 95 % interval (90 % of equivalence tests)",
    "p (Holm)",
    "Outcome",
    "Seeds that would settle it",
];

/// The cells of a part, under [`PART_HEADING`].
pub(crate) fn part_cells(part: &Part) -> Vec<String> {
    let estimate = match part.estimate {
        _ if part.outcome == Outcome::NoData => "no data".into(),
        Ok(value) => format!("{} {}: {}", number(value), interval(part.interval), part.measure),
        Err(reason) => format!("not defined ({reason})"),
    };
    let p_value = match (part.finding.p(), part.corrected_p) {
        (Some(raw), Some(corrected)) => format!("{} ({})", p(raw), p(corrected)),
        (Some(raw), None) => p(raw),
        (None, _) => "none".into(),
    };
    vec![
        part.dataset.clone(),
        part.what.clone(),
        part.test.clone(),
        part.sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(" / "),
        estimate,
        p_value,
        outcome(part.outcome).into(),
        part.seeds_needed.map(seed_number).unwrap_or_default(),
    ]
}

/// A number of seeds, where it is one that somebody might train.
fn seed_number(seeds: u64) -> String {
    const MOST: u64 = 1000;
    if seeds > MOST { format!("more than {MOST}") } else { seeds.to_string() }
}

/// `claims.md`.
pub(crate) fn markdown(rulings: &[Ruling], scale: &str) -> String {
    let mut text = format!(
        "# Claims at {scale} scale\n\nEvery verdict below is about {scale} scale and the number of runs that it states. The \
         rules are part of the program and the same for all scales and data: tests at the 5 % level, directions two-sided and \
         Holm-corrected within a claim, \"no noticeable change\" by two one-sided tests against 5 % of the mean test loss. \
         Numbers of seeds are of single tests before the correction. Scales other than the paper's have smaller networks, \
         fewer images and fewer epochs; README says how they were chosen, and that the demo's was chosen so that the effect \
         shows in Figures 3 and 6.\n\n\
         | Claim | Statement | Verdict at {scale} scale |\n| --- | --- | --- |\n"
    );
    for ruling in rulings {
        text.push_str(&format!("| {} | {} | {} |\n", ruling.id, cell(ruling.statement), ruling.verdict.name()));
    }
    for ruling in rulings {
        text.push_str(&format!("\n## Claim {}\n\n{}\n\n", ruling.id, cell(ruling.statement)));
        text.push_str(&format!("**{}**\n\n", cell(&sentence(ruling, scale))));
        text.push_str(&format!("Hypothesis: {}\nRule: {}\n", cell(ruling.hypothesis), cell(ruling.rule)));
        if ruling.verdict == Verdict::NoData {
            continue;
        }
        text.push_str(&format!("\n| {} |\n|{}\n", PART_HEADING.join(" | "), " --- |".repeat(PART_HEADING.len())));
        for part in &ruling.parts {
            let cells: Vec<String> = part_cells(part).iter().map(|c| cell(c)).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
    }
    text
}

/// `claims.csv`: one row a part.
pub(crate) fn csv(rulings: &[Ruling], scale: &str) -> Vec<u8> {
    let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = [
        "claim",
        "scale",
        "verdict",
        "statement",
        "hypothesis",
        "dataset",
        "what",
        "test",
        "n",
        "measure",
        "estimate",
        "low",
        "high",
        "p",
        "p_holm",
        "outcome",
        "seeds_needed",
        "not_defined",
    ];
    writer.write_record(header).expect("writing to memory does not fail");
    for ruling in rulings {
        for part in &ruling.parts {
            let reason = part.estimate.err().or(part.interval.err()).filter(|_| part.outcome != Outcome::NoData);
            let cells = [
                ruling.id.to_owned(),
                scale.to_owned(),
                ruling.verdict.name().to_owned(),
                ruling.statement.to_owned(),
                ruling.hypothesis.to_owned(),
                part.dataset.clone(),
                part.what.clone(),
                part.test.clone(),
                part.sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(" / "),
                part.measure.to_owned(),
                number(part.estimate.ok()),
                number(part.interval.ok().map(|i| i.low)),
                number(part.interval.ok().map(|i| i.high)),
                number(part.finding.p()),
                number(part.corrected_p),
                outcome(part.outcome).to_owned(),
                part.seeds_needed.map(|n| n.to_string()).unwrap_or_default(),
                reason.map(|r| r.to_string()).unwrap_or_default(),
            ];
            writer.write_record(cells).expect("writing to memory does not fail");
        }
    }
    writer.into_inner().expect("writing to memory does not fail")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::{Evidence, rule};
    use std::collections::BTreeMap;

    #[test]
    fn every_claim_says_that_data_are_absent_and_at_which_scale() {
        let tables = BTreeMap::new();
        let rulings = rule(&Evidence::of(&tables));
        assert_eq!(rulings.len(), 14);
        for ruling in &rulings {
            let sentence = sentence(ruling, "demo");
            assert_eq!(ruling.verdict, Verdict::NoData);
            assert!(sentence.contains("demo scale") && sentence.contains("no data"), "{sentence}");
        }
        assert!(markdown(&rulings, "demo").contains("## Claim 7a"));
        assert!(csv(&rulings, "demo").starts_with(b"claim,scale,verdict"));
    }
}
