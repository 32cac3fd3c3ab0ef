//! The statistics of one table of runs.

use std::collections::{BTreeMap, BTreeSet};

use counted::counted;

use polars::prelude::DataType;

use crate::conditions::{Groups, sequences};
use crate::estimates::{
    Across, Beside, Comparison, Ranking, Summary, Trend, across, beside, compare, rankings, summarise_groups, trends,
};
use crate::runs::Measure;
use crate::table::RunTable;

/// The statistics of one table of runs.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// `fig6`, or the name of the user's file.
    pub name: String,
    /// `demo`, `paper`, …; `None` for a user's file.
    pub scale: Option<String>,
    /// Each dataset and condition.
    pub summaries: Vec<Summary>,
    /// Each condition with the baseline and its reference.
    pub comparisons: Vec<Comparison>,
    /// Conditions that have an order (see [`sequences`]).
    pub trends: Vec<Trend>,
    /// Conditions from the best to the worst.
    pub rankings: Vec<Ranking>,
    /// Conditions that several datasets have, over all of them.
    pub across: Vec<Across>,
    /// The other columns: accuracy beside loss, and what it took.
    pub beside: Vec<Beside>,
    /// What is analysed.
    pub measure: Measure,
    /// How the roles of conditions were understood, a statement an item: where they were read, and what is ambiguous.
    pub roles: Vec<String>,
    /// How many runs have a status other than `finished`, by status.
    pub unfinished: BTreeMap<String, usize>,
    /// What the table says of how its runs were computed: column, and its different values.
    pub provenance: Vec<(&'static str, Vec<String>)>,
}

impl Analysis {
    /// Computes everything. `reference` replaces the condition that others are compared with.
    pub fn of(name: &str, scale: Option<&str>, table: &RunTable, reference: Option<&str>) -> Self {
        let groups = Groups::of(table);
        Self {
            name: name.to_owned(),
            scale: scale.map(str::to_owned),
            summaries: summarise_groups(&groups),
            comparisons: compare(&groups, reference),
            trends: trends(&groups),
            rankings: rankings(&groups),
            across: across(&groups),
            beside: beside(table, reference),
            measure: table.reading.measure.clone(),
            roles: roles(table, &groups),
            unfinished: table.unfinished.clone(),
            provenance: provenance(table),
        }
    }

    /// The words that every statement about the result starts with.
    pub(crate) fn at_scale(&self) -> String {
        self.scale.as_ref().map_or_else(|| "In these runs".into(), |scale| format!("At {scale} scale"))
    }
}

/// How roles were understood.
fn roles(table: &RunTable, groups: &Groups<'_>) -> Vec<String> {
    let mut notes = table.notes.clone();
    notes.extend(groups.baseline_notes());
    let strange: Vec<&str> =
        groups.groups.iter().filter(|group| !group.factors.ends_standard()).map(|group| group.condition).collect();
    if let ([first, ..], true) = (&strange[..], table.reading.measure.column == Measure::TEST_LOSS) {
        notes.push(format!(
            "The last task of {} (such as “{first}”) is not standard, and the test loss is of standard images: \
             --runs … --value task_test_loss analyses that of test images made as the last task's are.",
            counted(strange.len(), "condition")
        ));
    }
    for dataset in groups.datasets() {
        let ambiguous = sequences(groups, dataset).into_iter().filter_map(Result::err);
        notes.extend(ambiguous.map(|ambiguity| format!("No trend on {dataset} over {}.", ambiguity.reason)));
    }
    notes
}

fn provenance(table: &RunTable) -> Vec<(&'static str, Vec<String>)> {
    let values = |name: &'static str| -> Option<(&'static str, Vec<String>)> {
        let text = table.frame.column(name).ok()?.cast(&DataType::String).ok()?;
        let found: BTreeSet<String> = text.str().ok()?.iter().flatten().map(str::to_owned).collect();
        (!found.is_empty()).then(|| (name, found.into_iter().collect()))
    };
    ["device", "precision", "version", "libtorch"].into_iter().filter_map(values).collect()
}
