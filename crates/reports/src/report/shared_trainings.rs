//! Whether figures that share trainings have the same ones.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::table::RunTable;

/// Settings of figures that say which runs there are, not how one is trained.
const WHICH_RUNS: [&str; 6] = ["datasets", "seeds", "baseline_seeds", "line_seeds", "max_tasks", "other_networks"];
/// With the settings, all that decides the training of a baseline on standard images.
const BASELINE: [&str; 4] = ["dataset", "network", "seed", "lr_1"];
/// What a run has beside the settings, which no baseline has.
const OF_ITS_OWN: [&str; 2] = ["target_settings", "interventions"];

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
    let of_its_own: Vec<_> = OF_ITS_OWN.iter().filter_map(|name| column(name)).collect();
    let has_none = |row| of_its_own.iter().all(|column| column.get(row).is_none_or(str::is_empty));
    (0..table.frame.height())
        .filter(|&row| (tasks.get(row), path.get(row)) == (Some("1"), Some("standard")) && has_none(row))
        .filter_map(|row| {
            let baseline = parts.iter().map(|part| part.get(row).map(str::to_owned)).collect::<Option<_>>()?;
            Some((baseline, stages.get(row)?.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among(tables: &[&str]) -> SharedTrainings {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("settings.json"), r#"{"patience": 10, "seeds": [0]}"#).unwrap();
        let header = "dataset,network,seed,lr_1,tasks,path,target_settings,interventions,stage,condition,test_loss\n";
        let table = |rows: &&str| RunTable::from_csv(format!("{header}{rows}\n").into_bytes(), "t".as_ref()).unwrap();
        let tables: Vec<RunTable> = tables.iter().map(table).collect();
        let names = ["a", "b", "c"];
        SharedTrainings::among(names.iter().zip(&tables).map(|(name, table)| (*name, folder.path(), table)))
    }

    #[test]
    fn baselines_of_one_setting_are_the_same_trainings() {
        let [one, other] = ["s1", "s2"].map(|stage| format!("mnist,resnet18,0,0.1,1,standard,,,{stage},baseline,1"));
        assert_eq!(among(&[&one, &one]), SharedTrainings { shared: 1, contradictions: Vec::new() });
        let found = among(&[&one, &other, &one]);
        assert_eq!(found.shared, 2);
        assert!(found.contradictions.len() == 1 && found.contradictions[0].starts_with("The baselines of a and b"));
    }

    #[test]
    fn what_a_condition_has_of_its_own_is_no_baseline() {
        let baseline = "mnist,resnet18,0,0.1,1,standard,,,s1,baseline,1";
        for own in ["patience 50,", ",random crops and flips"] {
            let row = format!("mnist,resnet18,0,0.1,1,standard,{own},s2,sharp only,1");
            assert_eq!(among(&[baseline, &row]), SharedTrainings::default(), "{own}");
        }
    }
}
