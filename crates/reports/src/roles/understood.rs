//! What was understood of a table, in words for people.

use std::collections::HashSet;

use crate::roles::factors::Factors;
use crate::runs::Run;

/// Labels of conditions, each once, in the order of their first runs.
pub(crate) fn conditions<'a>(runs: impl Iterator<Item = &'a Run>) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    runs.map(|run| run.condition.as_str()).filter(|label| seen.insert(*label)).collect()
}

/// What the columns say of baselines; everything else is in the table itself.
pub(crate) fn of_columns(runs: &[Run], factors: &[Factors]) -> String {
    let baselines = runs.iter().zip(factors).filter(|(_, factors)| factors.is_baseline).map(|(run, _)| run);
    let baselines: Vec<String> = conditions(baselines).iter().map(|label| format!("“{label}”")).collect();
    let baseline = match &baselines[..] {
        [] => "none is a baseline".to_owned(),
        [only] => format!("the baseline is {only}"),
        several => format!("the baselines are {}", several.join(", ")),
    };
    format!("Roles were read from the factor columns; {baseline}.")
}

/// What was understood of the labels.
pub(crate) fn of_labels(runs: &[Run], factors: &[Factors], baseline: &str) -> String {
    let all: Vec<(&str, &Factors)> = {
        let mut seen = HashSet::new();
        let rows = runs.iter().zip(factors);
        rows.map(|(run, factors)| (run.condition.as_str(), factors)).filter(|pair| seen.insert(pair.0)).collect()
    };
    let mut parts = Vec::new();
    parts.push(if all.iter().any(|pair| pair.1.is_baseline) {
        format!("“{baseline}” is the baseline")
    } else {
        format!("no condition is called “{baseline}”, so there is no baseline (--baseline names one)")
    });
    type Has = fn(&Factors) -> bool;
    let kinds: [(Has, &str); 4] = [
        (|f| f.tasks.is_some(), "a number of tasks"),
        (|f| f.rates().is_some(), "a pair of learning rates"),
        (|f| f.resets().is_some(), "bias resets"),
        (|f| !f.is_baseline && f.tasks.is_none() && f.rates().is_none() && f.resets().is_none(), "nothing but a name"),
    ];
    for (has, what) in kinds {
        let found: Vec<&str> = all.iter().filter(|pair| has(pair.1)).map(|pair| pair.0).collect();
        if let [first, ..] = found[..] {
            let such_as = if found.len() == 1 { "namely" } else { "such as" };
            let noun = if found.len() == 1 { "label says" } else { "labels say" };
            parts.push(format!("{} {noun} {what}, {such_as} “{first}”", found.len()));
        }
    }
    format!("Roles were read from labels: {}.", parts.join("; "))
}
