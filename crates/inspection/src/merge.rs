//! `inspect merge`: one table of runs from several, of several machines or sessions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use counted::counted;
use reports::Factors;
use serde_json::Value;
use tables::Table;

use crate::error::InspectError;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The tables: runs.csv of several `reports/` of one experiment. Columns are joined by their names
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
pub(crate) fn run(arguments: &Arguments) -> Result<(), InspectError> {
    let tables = arguments.tables.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    check_settings(&arguments.tables)?;
    let mut merged = Merged::of(&tables)?;
    for note in merged.complete(&tables) {
        terminal::err(note);
    }
    merged.write(&arguments.to)?;
    let again = match merged.repeated {
        0 => String::new(),
        1 => "; 1 was there more than once and agrees".into(),
        many => format!("; {many} were there more than once and agree"),
    };
    terminal::out(format!(
        "Wrote {} of {} to {}{again}.",
        counted(merged.rows.len(), "run"),
        counted(tables.len(), "table"),
        arguments.to.display()
    ));
    Ok(())
}

fn read(path: &Path) -> Result<Table, InspectError> {
    let table = Table::read(path)?;
    match KEY.iter().find(|column| table.column(column).is_none()) {
        Some(missing) => Err(InspectError::Refused(format!(
            "{}: it has no column `{missing}`; a table of runs has it, and this one has {}",
            path.display(),
            table.header.join(", ")
        ))),
        None => Ok(table),
    }
}

/// The runs of several tables, each once, in the order in which the tables have them.
struct Merged {
    /// The columns of the first table, then those that later ones have besides.
    header: Vec<String>,
    /// A cell a column, none where the run's tables lack it.
    rows: Vec<Vec<Option<String>>>,
    /// Runs that were there again.
    repeated: usize,
}

impl Merged {
    fn of(tables: &[Table]) -> Result<Self, InspectError> {
        let mut header: Vec<String> = Vec::new();
        for name in tables.iter().flat_map(|table| &table.header) {
            if !header.contains(name) {
                header.push(name.clone());
            }
        }
        let mut merged = Self { header, rows: Vec::new(), repeated: 0 };
        let mut places: BTreeMap<[String; 3], (usize, &Table)> = BTreeMap::new();
        for table in tables {
            let columns: Vec<Option<usize>> = merged.header.iter().map(|name| table.column(name)).collect();
            for row in &table.rows {
                let cells: Vec<Option<String>> =
                    columns.iter().map(|column| column.map(|at| row.cells[at].clone())).collect();
                let key = merged.key(&cells);
                match places.get(&key) {
                    Some(&(place, from)) => {
                        merged.add_again(place, cells, [from, table], &key)?;
                        merged.repeated += 1;
                    }
                    None => {
                        places.insert(key, (merged.rows.len(), table));
                        merged.rows.push(cells);
                    }
                }
            }
        }
        Ok(merged)
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    fn key(&self, cells: &[Option<String>]) -> [String; 3] {
        let cell = |name| self.column(name).and_then(|at| cells[at].clone()).unwrap_or_default();
        let [dataset, condition, seed] = KEY.map(cell);
        [dataset, condition, tables::whole(&seed).map_or(seed, |number| number.to_string())]
    }

    /// Adds to a run what the row of another table has of it.
    fn add_again(
        &mut self,
        place: usize,
        cells: Vec<Option<String>>,
        [first, second]: [&Table; 2],
        [dataset, condition, seed]: &[String; 3],
    ) -> Result<(), InspectError> {
        for ((name, known), cell) in self.header.iter().zip(&mut self.rows[place]).zip(cells) {
            match (&*known, &cell) {
                (Some(known), Some(cell)) if !same(known, cell) => {
                    return Err(InspectError::Refused(format!(
                        "dataset {dataset}, condition {condition}, seed {seed}: `{name}` is {} in {} and {} in {}; take the run \
                         out of one of the two",
                        shown(known),
                        first.path.display(),
                        shown(cell),
                        second.path.display()
                    )));
                }
                (None, _) => *known = cell,
                (Some(_), _) => {}
            }
        }
        Ok(())
    }

    /// Gives the columns that not every table has what can be said of the other tables' runs, and says what cannot.
    fn complete(&mut self, tables: &[Table]) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(status) = self.column("status") {
            // A table without the column has runs with results only.
            for row in &mut self.rows {
                row[status].get_or_insert_with(|| "finished".to_owned());
            }
        }
        let lacking = |merged: &Self| -> Vec<String> {
            let lacks = |at: &usize| merged.rows.iter().any(|row| row[*at].is_none());
            (0..merged.header.len()).filter(lacks).map(|at| merged.header[at].clone()).collect()
        };
        // Tables of earlier versions have none of these columns but `tasks`.
        let is_factor = |name: &String| Factors::COLUMNS.contains(&name.as_str());
        for name in lacking(self).iter().filter(|name| is_factor(name)) {
            self.spread(name);
        }
        let (unknown, empty): (Vec<String>, Vec<String>) = lacking(self).into_iter().partition(is_factor);
        if !unknown.is_empty() {
            let without = tables.iter().find(|table| unknown.iter().any(|name| table.column(name).is_none()));
            notes.push(format!(
                "{} does not say what its conditions are in the columns {}, and has conditions that no other table has. These \
                 columns are left out, so a report reads conditions' roles from their labels.",
                without.map_or_else(String::new, |table| table.path.display().to_string()),
                unknown.join(", ")
            ));
            for at in unknown.iter().filter_map(|name| self.column(name)).rev().collect::<Vec<_>>() {
                self.header.remove(at);
                self.rows.iter_mut().for_each(|row| drop(row.remove(at)));
            }
        }
        if !empty.is_empty() {
            notes.push(format!(
                "Not every table has {}; the cells of the other tables' runs are empty.",
                empty.join(", ")
            ));
        }
        notes
    }

    /// Gives every run what another run of its dataset and condition has in a column.
    fn spread(&mut self, name: &str) {
        let place = |name| self.column(name).expect("the column was looked for");
        let (column, dataset, condition) = (place(name), place("dataset"), place("condition"));
        let of = |row: &[Option<String>]| (row[dataset].clone(), row[condition].clone());
        let mut known = BTreeMap::new();
        for row in &self.rows {
            if let Some(cell) = &row[column] {
                known.entry(of(row)).or_insert_with(|| cell.clone());
            }
        }
        for row in &mut self.rows {
            if row[column].is_none() {
                row[column] = known.get(&of(row)).cloned();
            }
        }
    }

    /// Writes by way of a temporary file, so that a table that is read and written is never lost.
    fn write(&self, path: &Path) -> Result<(), InspectError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.header).expect("writing to memory does not fail");
        for row in &self.rows {
            let cells = row.iter().map(|cell| cell.as_deref().unwrap_or_default());
            writer.write_record(cells).expect("rows have as many cells as the header");
        }
        let bytes = writer.into_inner().expect("writing to memory does not fail");
        whole_file::replace(path, &bytes).map_err(|source| InspectError::Write { path: path.to_owned(), source })
    }
}

/// A cell, for a person.
fn shown(cell: &str) -> &str {
    if cell.is_empty() { "empty" } else { cell }
}

/// Whether two cells say the same: other programs write `0.50` and `True`.
fn same(a: &str, b: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    a.eq_ignore_ascii_case(b) || number(a).is_some_and(|value| number(b) == Some(value))
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
        std::fs::write(&b, "a,b\n").unwrap();
        assert!(merged(&[&a, &b], &to).unwrap_err().contains("no column `dataset`"));
        assert!(!to.exists());
    }

    #[test]
    fn columns_are_joined_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let a = table(folder.path(), "a", "mnist,x,0,0.5,aa\nmnist,x,1,0.25,bb\n");
        let b = folder.path().join("b.csv");
        // As pandas writes it: another order, an index, seeds and numbers written differently.
        std::fs::write(
            &b,
            "Unnamed: 0,stage,seed,test_loss,condition,dataset\n0,bb,1.0,0.250,x,mnist\n1,cc,2.0,0.75, x,mnist\n",
        )
        .unwrap();
        let expected = format!("{HEADER}mnist,x,0,0.5,aa\nmnist,x,1,0.25,bb\nmnist,x,2.0,0.75,cc\n");
        assert_eq!(merged(&[&a, &b], &folder.path().join("all.csv")), Ok(expected));
    }

    #[test]
    fn tables_with_and_without_factors_become_one_that_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let (new, old) = (folder.path().join("new.csv"), folder.path().join("old.csv"));
        let to = folder.path().join("all.csv");
        std::fs::write(
            &new,
            "dataset,condition,seed,is_baseline,path,tasks,status,test_loss\n\
             mnist,base,0,true,standard,1,finished,0.5\nmnist,x,0,false,blur,2,diverged,\n",
        )
        .unwrap();
        // What a condition is, is known from the other table; a table without `status` has results only.
        std::fs::write(&old, "dataset,condition,seed,tasks,test_loss,note\nmnist,x,1,2,0.25,n\n").unwrap();
        assert_eq!(
            merged(&[&new, &old], &to).unwrap(),
            "dataset,condition,seed,is_baseline,path,tasks,status,test_loss,note\n\
             mnist,base,0,true,standard,1,finished,0.5,\nmnist,x,0,false,blur,2,diverged,,\n\
             mnist,x,1,false,blur,2,finished,0.25,n\n"
        );
        // Of a condition that is in no other table it is not, and half a column would be refused by a report.
        std::fs::write(&old, "dataset,condition,seed,tasks,test_loss\nmnist,y,1,2,0.25\n").unwrap();
        for tables in [[&new, &old], [&old, &new]] {
            let text = merged(&tables, &to).unwrap();
            assert!(!text.contains("is_baseline") && !text.contains("path") && text.contains("tasks"), "{text}");
            assert!(text.contains("mnist,y,1,2,") && text.lines().count() == 4, "{text}");
        }
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
