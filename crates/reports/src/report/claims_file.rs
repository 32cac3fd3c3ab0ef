//! `claims.md` and `claims.csv`.

use crate::claims::{Finding, MOST_SEEDS, Outcome, Part, Ruling, Seeds, SidedP, Verdict};
use crate::report::format::{interval, number, p};
use crate::report::markdown::cell;

/// What became of a claim, in a sentence that carries the scale.
pub(crate) fn sentence(ruling: &Ruling, scale: &str) -> String {
    let figures = ruling.figures.iter().map(u8::to_string).collect::<Vec<_>>().join(" or ");
    let with_data: Vec<&Part> = ruling.parts.iter().filter(|part| part.outcome != Outcome::NoData).collect();
    let n = seeds(&with_data);
    let missing = missing(&ruling.parts);
    let missing = if missing.is_empty() { String::new() } else { format!(" There are no runs for: {missing}.") };
    let id = ruling.id;
    match ruling.verdict {
        Verdict::NoData => {
            format!("At {scale} scale, there are no data for claim {id}: it needs runs of Figure {figures}.")
        }
        Verdict::Reproduced => format!("At {scale} scale, with {n}, claim {id} is reproduced.{missing}"),
        Verdict::SupportedWhereTested { tested, named } => format!(
            "At {scale} scale, with {n}, claim {id} is supported where tested, in {tested} of the {named} parts that it names.{missing}"
        ),
        Verdict::Contradicted => format!("At {scale} scale, with {n}, claim {id} is contradicted.{missing}"),
        Verdict::Estimated => {
            let sizes = with_data.iter().map(|part| {
                let value = part.estimate.map_or_else(|reason| reason.to_string(), number);
                format!("{}, {}: {value} {}", part.dataset, part.what, interval(part.interval))
            });
            format!(
                "At {scale} scale, claim {id} is estimated and not decided: {}.{missing}",
                sizes.collect::<Vec<_>>().join("; ")
            )
        }
        Verdict::Inconclusive => match ruling.seeds() {
            Seeds { low: None, .. } => format!(
                "At {scale} scale, with {n}, the runs are inconclusive on claim {id}, and give no number of seeds that would settle \
                 it.{missing}"
            ),
            seeds => format!(
                "At {scale} scale, with {n}, the runs are inconclusive on claim {id}; {} seeds a condition would settle it with 80 % \
                 power, if the truth is near what was observed.{missing}",
                seed_range(seeds)
            ),
        },
    }
}

/// The parts that lack data: datasets, where all of one do.
fn missing(parts: &[Part]) -> String {
    let has_data = |part: &Part| part.outcome != Outcome::NoData;
    let mut names: Vec<String> = Vec::new();
    for part in parts.iter().filter(|part| !has_data(part)) {
        let any = parts.iter().any(|other| other.dataset == part.dataset && has_data(other));
        let name = if any { format!("{}, {}", part.dataset, part.what) } else { part.dataset.clone() };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join("; ")
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
        Outcome::Estimated => "estimated",
        Outcome::NoData => "no data",
    }
}

pub(crate) const PART_HEADING: [&str; 9] = [
    "Dataset",
    "What",
    "Test",
    "n",
    "Estimate, with 95 % interval (90 % of equivalence tests)",
    "p (Holm)",
    "Outcome",
    "Seeds that would settle this part",
    "Remarks",
];

/// The cells of a part, under [`PART_HEADING`].
pub(crate) fn part_cells(ruling: &Ruling, part: &Part) -> Vec<String> {
    let estimate = match part.estimate {
        _ if part.outcome == Outcome::NoData => "no data".into(),
        Ok(value) => format!("{} {}: {}", number(value), interval(part.interval), part.measure),
        Err(reason) => format!("not defined ({reason})"),
    };
    let p_value = match (part.finding, part.corrected) {
        (Finding::Tested { oppose, .. }, Some(corrected)) if part.leans_against() => {
            format!("{} ({}) against", p(oppose), p(corrected.oppose))
        }
        (Finding::Tested { support, .. }, Some(corrected)) => format!("{} ({}) for", p(support), p(corrected.support)),
        _ => "none".into(),
    };
    vec![
        part.dataset.clone(),
        part.what.clone(),
        part.test.clone(),
        part.sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(" / "),
        estimate,
        p_value,
        outcome(part.outcome).into(),
        ruling.seeds_of(part).map(seed_range).unwrap_or_default(),
        part.remarks.join("; "),
    ]
}

/// Numbers of seeds, where they are ones that somebody might train.
fn seed_range(seeds: Seeds) -> String {
    let number = |seeds: Option<u64>| seeds.map_or_else(|| format!("more than {MOST_SEEDS}"), |n| n.to_string());
    match seeds {
        Seeds { likely: None, low: None, .. } => number(None),
        Seeds { low, likely: None, .. } => format!("{} or more, perhaps more than {MOST_SEEDS}", number(low)),
        Seeds { low, likely, high } => format!("{} ({} to {})", number(likely), number(low), number(high)),
    }
}

/// `claims.md`.
pub(crate) fn markdown(rulings: &[Ruling], scale: &str, warnings: &[String]) -> String {
    let warnings: String = warnings.iter().map(|warning| format!("**{}**\n\n", cell(warning))).collect();
    let mut text = format!(
        "# Claims at {scale} scale\n\n{warnings}Every verdict below is about {scale} scale and the number of runs that it states. The \
         rules are part of the program and the same for all scales and data: every part of a claim has a p-value for it and one \
         against it, each side Holm-corrected over the claim's parts and held against 5 %; directions are two-sided, \"no noticeable \
         change\" is two one-sided tests against 5 % of the mean test loss. A claim that is *reproduced* holds in every part that it \
         names; *supported where tested* says that runs are missing for some. Intervals are about seeds, given one subset of the \
         training images, one split and one test set. Scales other than the paper's have smaller networks, and other ways to be \
         cheaper; docs/scales.md says how they were chosen, and that the demo's was chosen with a look at the effect in Figures 3 and \
         6.\n\n\
         Numbers of seeds are for 80 % power of the whole claim after correction, should the truth be what was observed; in \
         parentheses, should it lie at an end of the 50 % interval around it. They are a plan for new runs. Whoever adds \
         seeds until a verdict appears, and stops then, makes more than 5 % false ones: `report --looks 5,10,20` gives the levels \
         for looks that are fixed beforehand.\n\n\
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
            let cells: Vec<String> = part_cells(ruling, part).iter().map(|c| cell(c)).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
    }
    text
}

/// `claims.csv`: one row a part.
pub(crate) fn csv(rulings: &[Ruling], scale: &str) -> Vec<u8> {
    let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
    let count = |value: Option<u64>| value.map(|v| v.to_string()).unwrap_or_default();
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
        "p_for",
        "p_for_holm",
        "p_against",
        "p_against_holm",
        "outcome",
        "seeds_needed",
        "seeds_needed_low",
        "seeds_needed_high",
        "remarks",
        "not_defined",
    ];
    writer.write_record(header).expect("writing to memory does not fail");
    for ruling in rulings {
        for part in &ruling.parts {
            let seeds = ruling.seeds_of(part);
            let sides = match part.finding {
                Finding::Tested { support, oppose } => Some(SidedP { support, oppose }),
                _ => None,
            };
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
                number(sides.map(|p| p.support)),
                number(part.corrected.map(|p| p.support)),
                number(sides.map(|p| p.oppose)),
                number(part.corrected.map(|p| p.oppose)),
                outcome(part.outcome).to_owned(),
                count(seeds.and_then(|seeds| seeds.likely)),
                count(seeds.and_then(|seeds| seeds.low)),
                count(seeds.and_then(|seeds| seeds.high)),
                part.remarks.join("; "),
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
        assert_eq!(rulings.len(), 19);
        for ruling in &rulings {
            let sentence = sentence(ruling, "demo");
            assert_eq!(ruling.verdict, Verdict::NoData);
            assert!(sentence.contains("demo scale") && sentence.contains("no data"), "{sentence}");
        }
        assert!(markdown(&rulings, "demo", &[]).contains("## Claim 7a"));
        assert!(csv(&rulings, "demo").starts_with(b"claim,scale,verdict"));
    }
}
