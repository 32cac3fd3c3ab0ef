//! What a reader must know to read the tables.

use counted::counted;

use crate::analysis::Analysis;
use crate::estimates::FAMILY;
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

fn status_name(status: &str) -> &str {
    if status.is_empty() { "empty" } else { status }
}
