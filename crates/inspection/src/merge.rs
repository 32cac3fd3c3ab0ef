//! `inspect merge`: what several machines or sessions found of one experiment, as one.

mod details;
mod file;
mod key;
mod runs;
mod settings;

use std::path::{Path, PathBuf};

use clap::Args;
use counted::counted;
use reports::{DETAILS, REPORTS};
use tables::Table;

use self::details::Details;
use self::key::KEY;
use self::runs::Merged;
use self::settings::Settings;
use crate::error::InspectError;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Folders of several `reports/` of one experiment, or their runs.csv alone. Columns are joined by their names
    #[arg(required = true, num_args = 2.., value_name = "FOLDER|FILE")]
    parts: Vec<PathBuf>,

    /// The folder, or of files the table, to write; it may be one of those read
    #[arg(long, value_name = "FOLDER|FILE")]
    to: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), InspectError> {
    let folders = arguments.parts.iter().filter(|part| part.is_dir()).count();
    if folders != 0 && folders != arguments.parts.len() {
        return Err(InspectError::Refused(
            "folders and files cannot be joined; name folders only, or tables only".into(),
        ));
    }
    let file = |part: &PathBuf| if folders == 0 { part.clone() } else { part.join("runs.csv") };
    let paths: Vec<PathBuf> = arguments.parts.iter().map(file).collect();
    let tables = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let settings = Settings::of(&paths)?;
    let mut merged = Merged::of(&tables)?;
    let mut notes = merged.complete(&tables);
    // Everything is read and found to agree before anything is written.
    let mut details = Vec::new();
    if folders != 0 {
        for name in DETAILS {
            let (found, without) = Details::of(&arguments.parts, name, &tables)?;
            notes.extend(without);
            details.extend(found.map(|found| (name, found)));
        }
    }
    notes.iter().for_each(terminal::err);
    if folders == 0 {
        merged.write(&arguments.to)?;
    } else {
        let to = &arguments.to;
        std::fs::create_dir_all(to).map_err(|source| InspectError::Write { path: to.clone(), source })?;
        for (name, details) in &details {
            details.write(&to.join(name))?;
        }
        settings.write(&to.join("settings.json"))?;
        // Last, as it is what a folder of results is known by.
        merged.write(&to.join("runs.csv"))?;
    }
    let again = match merged.repeated {
        0 => String::new(),
        1 => "; 1 was there more than once and agrees".into(),
        many => format!("; {many} were there more than once and agree"),
    };
    let parts = if folders == 0 { counted(tables.len(), "table") } else { counted(tables.len(), "folder") };
    let to = arguments.to.display();
    terminal::out(format!("Wrote {} of {parts} to {to}{again}.", counted(merged.rows.len(), "run")));
    let stale: Vec<&str> =
        ["summary.csv"].into_iter().chain(REPORTS).filter(|name| arguments.to.join(name).exists()).collect();
    if !stale.is_empty() {
        terminal::err(format!(
            "{} in {to} may be of fewer runs, and so may the figure: --plot-only draws it anew, and `report` writes the others.",
            stale.join(", ")
        ));
    }
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
        let arguments = Arguments { parts: tables.iter().copied().cloned().collect(), to: to.to_owned() };
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

    fn folder(parent: &Path, name: &str, runs: &str, curves: &str, settings: &str) -> PathBuf {
        let folder = table(parent, name, runs).parent().unwrap().to_owned();
        std::fs::write(folder.join("curves.csv"), format!("dataset,condition,seed,task,epoch,loss\n{curves}")).unwrap();
        std::fs::write(folder.join("settings.json"), settings).unwrap();
        folder
    }

    #[test]
    fn folders_become_the_folder_that_one_run_would_have_written() {
        let parent = tempfile::tempdir().unwrap();
        let later = folder(
            parent.path(),
            "later",
            "mnist,base,10,0.4,aa\nmnist,x,10,0.5,bb\n",
            "mnist,base,10,1,1,2.0\nmnist,base,10,1,2,1.5\nmnist,x,10,1,1,2.5\n",
            r#"{"datasets": ["mnist"], "lr": 0.001, "max_tasks": 3, "seeds": [10]}"#,
        );
        let earlier = folder(
            parent.path(),
            "earlier",
            "mnist,base,9,0.3,cc\nmnist,x,9,0.6,dd\nmnist,x,10,0.5,bb\nsvhn,x,9,0.7,ee\n",
            "mnist,base,9,1,1,2.0\nmnist,x,9,1,1,2.25\nmnist,x,10,1,1,2.50\nsvhn,x,9,1,1,2.75\n",
            r#"{"datasets": ["mnist", "svhn"], "lr": 0.001, "max_tasks": 5, "seeds": [9, 10]}"#,
        );
        let to = parent.path().join("all");
        let arguments = Arguments { parts: vec![later.clone(), earlier], to: to.clone() };
        run(&arguments).unwrap();
        let written = |name: &str| std::fs::read_to_string(to.join(name)).unwrap();
        assert_eq!(
            written("runs.csv"),
            format!(
                "{HEADER}mnist,base,9,0.3,cc\nmnist,base,10,0.4,aa\nmnist,x,9,0.6,dd\nmnist,x,10,0.5,bb\nsvhn,x,9,0.7,ee\n"
            )
        );
        assert_eq!(
            written("curves.csv"),
            "dataset,condition,seed,task,epoch,loss\nmnist,base,9,1,1,2.0\nmnist,base,10,1,1,2.0\nmnist,base,10,1,2,1.5\n\
             mnist,x,9,1,1,2.25\nmnist,x,10,1,1,2.5\nsvhn,x,9,1,1,2.75\n"
        );
        let settings: serde_json::Value = serde_json::from_str(&written("settings.json")).unwrap();
        assert_eq!(
            settings,
            serde_json::json!({"datasets": ["mnist", "svhn"], "lr": 0.001, "max_tasks": 5, "seeds": [9, 10]})
        );
        assert!(!to.join("measures.csv").exists());

        // A contradiction in a table beside the runs is one, too, and nothing is written.
        let other = folder(parent.path(), "other", "mnist,x,10,0.5,bb\n", "mnist,x,10,1,1,9.0\n", "{\"lr\": 0.001}");
        let nowhere = parent.path().join("nowhere");
        let message =
            run(&Arguments { parts: vec![later.clone(), other], to: nowhere.clone() }).unwrap_err().to_string();
        assert!(message.contains("condition x, seed 10") && message.contains("curves.csv"), "{message}");
        let mixed = Arguments { parts: vec![later.clone(), later.join("runs.csv")], to: nowhere.clone() };
        assert!(run(&mixed).unwrap_err().to_string().contains("folders only"));
        assert!(!nowhere.exists());
    }
}
