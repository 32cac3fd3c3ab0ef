//! What a reader must know to read the tables.

use counted::counted;

use crate::analysis::Analysis;
use crate::claims::LEVEL;
use crate::estimates::{Against, Comparison, FAMILY};
use crate::report::tables::BOOTSTRAP_RUNS;

/// One statement an item, for HTML to escape or as markdown: `name` writes what comes from the table, such as a label.
pub(crate) fn notes(analysis: &Analysis, name: fn(&str) -> String) -> Vec<String> {
    let mut notes = Vec::new();
    let failed: usize = analysis.summaries.iter().map(|s| s.failed).sum();
    let runs: usize = analysis.summaries.iter().map(|s| s.n + s.failed).sum();
    let statuses: Vec<String> = analysis
        .unfinished
        .iter()
        .map(|(status, count)| format!("{count} with status {}", status_name(status)))
        .collect();
    let lost = if failed == 0 {
        "all have a result".to_owned()
    } else {
        format!("{failed} failed and are in no estimate ({})", name(&statuses.join(", ")))
    };
    notes.push(format!("{}, there are {}; {lost}.", analysis.at_scale(), counted(runs, "run")));
    let measure = &analysis.measure;
    notes.push(format!(
        "The quantity is the {}; {} is better, and a positive difference means that the condition ends {} than what it is \
         compared with.",
        name(&measure.name()),
        measure.better(),
        if measure.higher_is_better { "better" } else { "worse" }
    ));
    notes.extend(analysis.roles.iter().map(|role| name(role)));
    notes.push(
        "Which tests are shown is decided by the seeds alone: the paired t-test and Wilcoxon's where at least three seeds \
         are shared and they are at least four fifths of the larger side, Welch's and Mann–Whitney's otherwise. \
         `tests.csv` has all four."
            .into(),
    );
    notes.push(
        "Intervals and p-values are about seeds: repetitions of the initialisation and of the order of batches on one subset of the \
         training images, one split into training and validation and one set of test images (several, where the experiment lists \
         several `split_seed`). They say nothing of how much another subset, split or test set would change."
            .into(),
    );
    if analysis.summaries.iter().any(|s| s.n > 1 && s.n < BOOTSTRAP_RUNS) {
        notes.push(format!(
            "Bootstrap intervals of fewer than {BOOTSTRAP_RUNS} runs are in `summary.csv` and not shown here: they cover in 74 to 90 \
             instead of 95 % of cases. Those across datasets are bootstrap intervals, too narrow for the same reason.",
        ));
    }
    notes.push(format!("P-values in parentheses are Holm-corrected; a family is {FAMILY}."));
    notes.extend(decided(analysis).iter().map(|text| name(text)));
    if !analysis.rankings.is_empty() {
        notes.push(
            "Ranks are those of means over the seeds that all conditions have a run of, a failed one ranking last; their intervals are percentiles of a bootstrap over \
             these seeds, each with the runs of all conditions. It knows no other seeds, and is too narrow for few of them."
                .into(),
        );
    }
    notes.push(format!(
        "Equivalence is tested by two one-sided t-tests of the condition against 95 % and 105 % of the other; the probability of \
         improvement is that a run of the condition ends {}; what is detectable is the smallest true difference that \
         this many runs with this spread would find in four of five repetitions. The additive model (condition + seed, one \
         spread for all conditions of the dataset) is there to see whether a result hangs on the spread of two conditions alone: \
         it is right where spreads are alike.",
        measure.better()
    ));
    let unpaired = analysis.comparisons.iter().map(|c| (c, c.unpaired_seeds())).filter(|(_, seeds)| !seeds.is_empty());
    for (c, seeds) in unpaired {
        let text = format!("{}, {} against {}: {seeds}; paired tests leave them out.", c.dataset, c.condition, c.other);
        notes.push(name(&text));
    }
    notes
}

/// Which conditions are shown to be better or worse than the one that most are compared with, after correction, where these are several.
fn decided(analysis: &Analysis) -> Vec<String> {
    let mut references: Vec<(&str, &str)> = Vec::new();
    let of_references = || analysis.comparisons.iter().filter(|c| c.against == Against::Reference);
    for c in of_references() {
        let key = (c.dataset.as_str(), c.other.as_str());
        if !references.contains(&key) {
            references.push(key);
        }
    }
    let mut statements = Vec::new();
    for (dataset, other) in references {
        let compared: Vec<_> =
            of_references().filter(|c| (c.dataset.as_str(), c.other.as_str()) == (dataset, other)).collect();
        if compared.len() < 2 {
            continue;
        }
        let of = |wanted: Option<bool>| -> String {
            let side = |c: &&&Comparison| {
                let decided = c.deciding_p().is_some_and(|p| p < LEVEL);
                let better = c.difference.is_ok_and(|d| (d < 0.0) != analysis.measure.higher_is_better);
                (if decided { Some(better) } else { None }) == wanted
            };
            let names: Vec<&str> = compared.iter().filter(side).map(|c| c.condition.as_str()).collect();
            if names.is_empty() { "none".into() } else { names.join("; ") }
        };
        statements.push(format!(
            "{dataset}, against {other}, by the t-test that decides and after correction. Shown to be better: {}. Shown to be worse: {}. \
             Neither: {}.",
            of(Some(true)),
            of(Some(false)),
            of(None),
        ));
    }
    statements
}

fn status_name(status: &str) -> &str {
    if status.is_empty() { "empty" } else { status }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::RunTable;

    #[test]
    fn what_is_shown_after_correction_is_said_of_both_sides() {
        let runs = |label: &str, shift: f64, spread: f64| -> String {
            let loss = |seed: u32| 2.0 + shift + spread * f64::from(seed % 2) + 0.001 * f64::from(seed);
            (0..6).map(|seed| format!("d,{label},{seed},{}\n", loss(seed))).collect()
        };
        let rows =
            [runs("none", 0.0, 0.0), runs("helps", -0.5, 0.01), runs("harms", 0.5, 0.01), runs("same", -0.2, 0.4)];
        let text = format!("dataset,condition,seed,test_loss\n{}", rows.concat());
        let table = RunTable::from_csv(text.into(), std::path::Path::new("runs.csv")).unwrap();
        let said = decided(&Analysis::of("t", None, &table, None));
        let end = "Shown to be better: helps. Shown to be worse: harms. Neither: same.";
        assert!(matches!(&said[..], [one] if one.starts_with("d, against none") && one.ends_with(end)), "{said:?}");
    }
}
