//! `inspect merge`: one table of runs from several, of several machines or sessions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use crate::error::InspectError;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The tables: runs.csv of several `reports/` of one experiment
    #[arg(required = true, num_args = 2.., value_name = "FILE")]
    tables: Vec<PathBuf>,

    /// The table to write; it may be one of those read
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// What tells runs of an experiment apart.
const KEY: [&str; 3] = ["dataset", "condition", "seed"];
/// Settings that may differ between the tables: they say which runs there are, and not what a run is.
const WHICH_RUNS: [&str; 3] = ["datasets", "seeds", "baseline_seeds"];

/// A table as its cells.
struct Table {
    path: PathBuf,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), InspectError> {
    let tables = arguments.tables.iter().map(|path| Table::read(path)).collect::<Result<Vec<_>, _>>()?;
    check_settings(&arguments.tables)?;
    let (rows, repeated) = merge(&tables)?;
    write(&arguments.to, &tables[0].header, &rows)?;
    terminal::out(format!(
        "Wrote {} runs of {} tables to {}{}.",
        rows.len(),
        tables.len(),
        arguments.to.display(),
        if repeated > 0 { format!("; {repeated} were there more than once and agree") } else { String::new() }
    ));
    Ok(())
}

impl Table {
    fn read(path: &Path) -> Result<Self, InspectError> {
        let refuse = |reason: String| InspectError::Refused(format!("{}: {reason}", path.display()));
        let mut reader = csv::Reader::from_path(path).map_err(|e| refuse(e.to_string()))?;
        let header: Vec<String> =
            reader.headers().map_err(|e| refuse(e.to_string()))?.iter().map(str::to_owned).collect();
        if let Some(missing) = KEY.iter().find(|column| !header.iter().any(|name| name == *column)) {
            return Err(refuse(format!("it has no column `{missing}`; a table of runs has it")));
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            rows.push(record.map_err(|e| refuse(e.to_string()))?.iter().map(str::to_owned).collect());
        }
        Ok(Self { path: path.to_owned(), header, rows })
    }

    fn key(&self, row: &[String]) -> [String; 3] {
        KEY.map(|column| {
            let at =
                self.header.iter().position(|name| name == column).expect("the columns of the key were looked for");
            row[at].clone()
        })
    }
}

/// Every run once, in the order in which the tables have them, and how many were there again.
fn merge(tables: &[Table]) -> Result<(Vec<Vec<String>>, usize), InspectError> {
    let mut places: BTreeMap<[String; 3], (usize, usize)> = BTreeMap::new();
    let (mut rows, mut repeated): (Vec<Vec<String>>, usize) = (Vec::new(), 0);
    for (number, table) in tables.iter().enumerate() {
        if table.header != tables[0].header {
            return Err(InspectError::Refused(format!(
                "{} has the columns {}, and {} has {}; merge tables of one version of this program",
                table.path.display(),
                table.header.join(", "),
                tables[0].path.display(),
                tables[0].header.join(", ")
            )));
        }
        for row in &table.rows {
            let key = table.key(row);
            let Some(&(place, from)) = places.get(&key) else {
                places.insert(key, (rows.len(), number));
                rows.push(row.clone());
                continue;
            };
            let known: &[String] = &rows[place];
            if let Some(at) = (0..row.len()).find(|&at| row[at] != known[at]) {
                let [dataset, condition, seed] = key;
                return Err(InspectError::Refused(format!(
                    "dataset {dataset}, condition {condition}, seed {seed}: `{}` is {} in {} and {} in {}; take the run out of \
                     one of the two",
                    table.header[at],
                    known[at],
                    tables[from].path.display(),
                    row[at],
                    table.path.display()
                )));
            }
            repeated += 1;
        }
    }
    Ok((rows, repeated))
}

/// Refuses tables whose `settings.json` beside them differ in more than which runs there are.
fn check_settings(tables: &[PathBuf]) -> Result<(), InspectError> {
    let mut first: Option<(PathBuf, Value)> = None;
    for path in tables.iter().map(|table| table.with_file_name("settings.json")).filter(|path| path.exists()) {
        let refuse = |reason: String| InspectError::Refused(format!("{}: {reason}", path.display()));
        let text = std::fs::read(&path).map_err(|e| refuse(e.to_string()))?;
        let mut settings: Value = serde_json::from_slice(&text).map_err(|e| refuse(e.to_string()))?;
        let fields = settings.as_object_mut().ok_or_else(|| refuse("it holds no settings".into()))?;
        fields.retain(|name, _| !WHICH_RUNS.contains(&name.as_str()));
        match &first {
            None => first = Some((path, settings)),
            Some((other, known)) if *known != settings => {
                let differing =
                    settings.as_object().into_iter().flatten().find(|(name, value)| known[*name] != **value);
                let (name, value) = differing.map_or(("?", &Value::Null), |(name, value)| (name.as_str(), value));
                return Err(InspectError::Refused(format!(
                    "`{name}` is {} in {} and {value} in {}; runs of different settings are different experiments",
                    known[name],
                    other.display(),
                    path.display()
                )));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Writes by way of a temporary file, so that a table that is read and written is never lost.
fn write(path: &Path, header: &[String], rows: &[Vec<String>]) -> Result<(), InspectError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in std::iter::once(header).chain(rows.iter().map(Vec::as_slice)) {
        writer.write_record(row).expect("rows have as many cells as the header");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    whole_file::replace(path, &bytes).map_err(|source| InspectError::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "dataset,condition,seed,test_loss,stage\n";

    fn table(folder: &Path, name: &str, rows: &str) -> PathBuf {
        let path = folder.join(name).join("runs.csv");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("{HEADER}{rows}")).unwrap();
        path
    }

    fn merged(tables: &[&PathBuf], to: &Path) -> Result<String, String> {
        let arguments = Arguments { tables: tables.iter().copied().cloned().collect(), to: to.to_owned() };
        run(&arguments).map_err(|e| e.to_string())?;
        Ok(std::fs::read_to_string(to).unwrap())
    }

    #[test]
    fn runs_of_several_tables_become_one_table() {
        let folder = tempfile::tempdir().unwrap();
        let a = table(folder.path(), "a", "mnist,\"[No, No]\",0,0.5,aa\nmnist,\"[No, No]\",1,0.25,bb\n");
        let b = table(folder.path(), "b", "mnist,\"[No, No]\",1,0.25,bb\nmnist,\"[No, No]\",2,0.75,cc\n");
        let expected = format!(
            "{HEADER}mnist,\"[No, No]\",0,0.5,aa\nmnist,\"[No, No]\",1,0.25,bb\nmnist,\"[No, No]\",2,0.75,cc\n"
        );
        assert_eq!(merged(&[&a, &b], &folder.path().join("all.csv")), Ok(expected.clone()));
        // Into one of those that were read.
        assert_eq!(merged(&[&a, &b], &a), Ok(expected));
    }

    #[test]
    fn contradictions_are_refused_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let a = table(folder.path(), "a", "mnist,x,0,0.5,aa\n");
        let b = table(folder.path(), "b", "mnist,x,0,0.5,ab\n");
        let to = folder.path().join("all.csv");
        let message = merged(&[&a, &b], &to).unwrap_err();
        assert!(message.contains("`stage` is aa") && message.contains("ab in"), "{message}");
        std::fs::write(&b, "dataset,condition,seed\n").unwrap();
        assert!(merged(&[&a, &b], &to).unwrap_err().contains("has the columns"));
        std::fs::write(&b, "a,b\n").unwrap();
        assert!(merged(&[&a, &b], &to).unwrap_err().contains("no column `dataset`"));
        assert!(!to.exists());
    }

    #[test]
    fn other_settings_are_another_experiment() {
        let folder = tempfile::tempdir().unwrap();
        let a = table(folder.path(), "a", "mnist,x,0,0.5,aa\n");
        let b = table(folder.path(), "b", "mnist,x,1,0.5,ab\n");
        let settings =
            |table: &PathBuf, text: &str| std::fs::write(table.with_file_name("settings.json"), text).unwrap();
        settings(&a, r#"{"lr": 0.001, "seeds": [0]}"#);
        settings(&b, r#"{"lr": 0.001, "seeds": [1]}"#);
        let to = folder.path().join("all.csv");
        assert!(merged(&[&a, &b], &to).is_ok());
        settings(&b, r#"{"lr": 0.002, "seeds": [1]}"#);
        let message = merged(&[&a, &b], &to).unwrap_err();
        assert!(message.contains("`lr` is 0.001") && message.contains("different experiments"), "{message}");
    }
}
