//! How stages were trained: the settings of their records, a column each.

use std::collections::BTreeSet;

use sequence::Record;
use serde_json::Value;

/// The parts of a record that are settings.
const PARTS: [&str; 4] = ["process", "model", "numerics", "data"];
/// What of its provenance is one, in that results depend on it.
const PROVENANCE: [&str; 3] = ["device", "version", "libtorch"];
/// Settings that the list of stages shows in any case.
const SHOWN: [&str; 3] = ["lr", "network", "width"];

/// Columns of settings and, for each record, their cells.
pub(super) struct Settings {
    /// Names of the settings.
    pub(super) columns: Vec<String>,
    /// For each record, a cell for each of the columns; `-` where it has no such setting.
    pub(super) cells: Vec<Vec<String>>,
}

impl Settings {
    /// The settings that differ between `records`, besides those that are shown in any case.
    pub(super) fn that_differ<'a>(records: impl Iterator<Item = &'a Record>) -> Self {
        let mut settings = Self::all(records);
        let differs = |column: usize| {
            let distinct: BTreeSet<_> = settings.cells.iter().map(|cells| &cells[column]).collect();
            distinct.len() > 1
        };
        let kept: Vec<usize> = (0..settings.columns.len()).filter(|&column| differs(column)).collect();
        let keep = |cells: &mut Vec<String>| *cells = kept.iter().map(|&column| cells[column].clone()).collect();
        keep(&mut settings.columns);
        settings.cells.iter_mut().for_each(keep);
        settings
    }

    /// Every setting that any of `records` has, besides those that are shown in any case.
    pub(super) fn all<'a>(records: impl Iterator<Item = &'a Record>) -> Self {
        let records: Vec<Vec<(String, String)>> = records.map(of).collect();
        let mut columns: Vec<String> = Vec::new();
        for (name, _) in records.iter().flatten() {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        let cell = |record: &[(String, String)], column: &String| {
            record.iter().find(|(name, _)| name == column).map_or_else(|| "-".to_owned(), |(_, value)| value.clone())
        };
        let cells = records.iter().map(|record| columns.iter().map(|column| cell(record, column)).collect()).collect();
        Self { columns, cells }
    }
}

/// The settings of one record, in its own order.
fn of(record: &Record) -> Vec<(String, String)> {
    let record = serde_json::to_value(record).expect("a record can be written");
    let parts = PARTS.iter().filter_map(|part| record[part].as_object()).flatten();
    let settings = parts.filter(|(name, _)| !SHOWN.contains(&name.as_str()));
    let provenance = PROVENANCE.iter().map(|name| (*name, &record["provenance"][name]));
    settings
        .map(|(name, value)| (name.as_str(), value))
        .chain(provenance)
        .map(|(name, value)| (name.to_owned(), text(value)))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record of a stage with these settings of its learning process.
    fn record(process: &str) -> Record {
        let id = "fb1bafcce3173c05b155a9fbdc3b9e2f";
        let text = format!(
            r#"{{"stage": "{id}", "parent": null, "seed": 0, "position": 0, "interventions": [],
            "task": {{"dataset": "mnist", "transform": {{}}}}, "process": {{{process}}}, "model": {{"width": 16}},
            "numerics": {{}}, "data": {{}}, "outcome": {{"diverged": {{"epoch": 1}}}},
            "provenance": {{"device": "cpu", "version": "0.1.0", "libtorch": "2.11.0", "host": "h", "finished_unix_seconds": 0,
            "train_seconds": 1.0, "wall_seconds": 1.0, "images_per_second": 1.0}}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn settings_that_differ_are_shown() {
        let records = [record("\"patience\": 5"), record("\"patience\": 7, \"lr\": 0.5, \"augmentation\": \"crop\"")];
        let differing = Settings::that_differ(records.iter());
        assert_eq!(differing.columns, ["augmentation", "patience"]);
        assert_eq!(differing.cells, [["none", "5"], ["crop", "7"]]);
        let none = Settings::that_differ(records[..1].iter());
        assert!(none.columns.is_empty() && none.cells == [[""; 0]]);
    }

    #[test]
    fn a_program_gets_every_setting() {
        let all = Settings::all([record("\"patience\": 5")].iter());
        for (name, value) in [("patience", "5"), ("momentum", "0.9"), ("split_seed", "0"), ("version", "0.1.0")] {
            let column = all.columns.iter().position(|column| column == name).unwrap();
            assert_eq!(all.cells[0][column], value, "{name}");
        }
        assert!(SHOWN.iter().all(|shown| !all.columns.contains(&(*shown).to_owned())));
    }
}
