//! Whether figures that share trainings have the same ones.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::table::RunTable;

/// Settings of figures that say which runs there are, not how one is trained.
const WHICH_RUNS: [&str; 6] = ["datasets", "seeds", "baseline_seeds", "line_seeds", "max_tasks", "other_networks"];
/// With the settings, all that decides the training of a baseline on standard images.
const BASELINE: [&str; 4] = ["dataset", "network", "seed", "lr_1"];

/// What comparing the tables of figures found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedTrainings {
    /// How many trainings two of the figures have in common.
    pub shared: usize,
    /// A sentence for each pair of figures that are of different versions of the program.
    pub contradictions: Vec<String>,
}

impl SharedTrainings {
    /// Compares `figures`, each with its name, its folder, which has its `settings.json`, and its runs: where settings agree, training on
    /// the standard images alone is the same training in every figure, and has the same `stage`. Tables without these columns, and
    /// folders without settings, are left out.
    pub fn among<'a>(figures: impl IntoIterator<Item = (&'a str, &'a Path, &'a RunTable)>) -> Self {
        let mut found = Self::default();
        let mut firsts: HashMap<(String, Vec<String>), (String, &str)> = HashMap::new();
        for (name, folder, table) in figures {
            let Some(settings) = settings(folder) else { continue };
            for (baseline, stage) in baselines(table) {
                let (first, other) =
                    firsts.entry((settings.clone(), baseline)).or_insert_with(|| (stage.clone(), name));
                if *other == name {
                    continue;
                }
                found.shared += 1;
                let sentence = format!(
                    "The baselines of {other} and {name} are not the same trainings, though their settings agree: the two tables are of \
                     different versions of this program. Draw the older one again."
                );
                if *first != stage && !found.contradictions.contains(&sentence) {
                    found.contradictions.push(sentence);
                }
            }
        }
        found
    }
}

/// What the runs of a folder have in common, as text.
fn settings(folder: &Path) -> Option<String> {
    let text = std::fs::read(folder.join("settings.json")).ok()?;
    let mut settings: Map<String, Value> = serde_json::from_slice(&text).ok()?;
    settings.retain(|name, _| !WHICH_RUNS.contains(&name.as_str()));
    serde_json::to_string(&settings).ok()
}

/// The stages of the runs that train on the standard images alone, by what decides them.
fn baselines(table: &RunTable) -> Vec<(Vec<String>, String)> {
    let column = |name: &str| table.frame.column(name).and_then(|column| column.str()).ok();
    let (Some(tasks), Some(path), Some(stages)) = (column("tasks"), column("path"), column("stage")) else {
        return Vec::new();
    };
    let Some(parts) = BASELINE.iter().map(|name| column(name)).collect::<Option<Vec<_>>>() else {
        return Vec::new();
    };
    (0..table.frame.height())
        .filter(|&row| (tasks.get(row), path.get(row)) == (Some("1"), Some("standard")))
        .filter_map(|row| {
            let baseline = parts.iter().map(|part| part.get(row).map(str::to_owned)).collect::<Option<_>>()?;
            Some((baseline, stages.get(row)?.to_owned()))
        })
        .collect()
}
