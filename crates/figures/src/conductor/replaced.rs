//! What is in the place of an experiment's tables, and where it goes.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use counted::counted;
use reports::{DETAILS, REPORTS};
use sequence::RunRow;
use tables::Table;

use crate::drawing::{OutputError, Places};

/// What this program writes besides the tables of details.
const TABLES: [&str; 3] = ["runs.csv", "summary.csv", "settings.json"];

/// Makes room for the table of `rows`, which is `csv` as text: moves what belongs to other runs into a folder beside it, and says so; `None` where
/// nothing was to be moved. `reported` is whether reports are written anew next.
///
/// A table with more runs takes the place of the one without them. Reports on the latter would be taken for reports on the
/// former.
pub(crate) fn make_room(
    rows: &[RunRow],
    csv: &[u8],
    places: &Places,
    reported: bool,
) -> Result<Option<String>, OutputError> {
    let runs = places.runs();
    let folder = runs.parent().unwrap_or(Path::new("."));
    let unreadable = |source| OutputError::Write { path: runs.to_owned(), source };
    let before = match std::fs::read(runs) {
        Ok(before) => before,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(unreadable(e)),
    };
    if before == csv {
        return Ok(None);
    }
    let (all, others) = counts(&before, runs, rows);
    let moved: Vec<&str> = match others {
        0 if reported => return Ok(None),
        0 => REPORTS.to_vec(),
        _ => TABLES.into_iter().chain(DETAILS).chain(REPORTS).collect(),
    };
    let moved: Vec<&str> = moved.into_iter().filter(|name| folder.join(name).exists()).collect();
    if moved.is_empty() {
        return Ok(None);
    }
    let aside = aside(folder);
    std::fs::create_dir(&aside).map_err(|source| OutputError::Write { path: aside.clone(), source })?;
    for name in &moved {
        let (from, to) = (folder.join(name), aside.join(name));
        std::fs::rename(&from, &to).map_err(|source| OutputError::Write { path: from, source })?;
    }
    let (files, aside) = (moved.join(", "), aside.display());
    Ok(Some(match others {
        0 => format!(
            "The reports in {} are on an earlier runs.csv; they were moved to {aside}: {files}.",
            folder.display()
        ),
        _ => format!(
            "{} held other runs: {others} of {} {} not among the {} that take their place. What was written of them was moved \
             to {aside}: {files}. The figure is drawn anew.",
            runs.display(),
            counted(all, "run"),
            if others == 1 { "is" } else { "are" },
            rows.len()
        ),
    }))
}

/// How many runs a table has, and how many of them are not among `rows` with the same result; a file that is no table counts
/// as one of another run.
fn counts(before: &[u8], path: &Path, rows: &[RunRow]) -> (usize, usize) {
    let Ok(table) = Table::parse(before, path) else { return (1, 1) };
    let columns = ["dataset", "condition", "seed", "stage"].map(|name| table.column(name));
    let now: HashSet<[String; 4]> = rows
        .iter()
        .map(|row| [row.dataset.to_string(), row.condition.clone(), row.seed.to_string(), row.stage.to_string()])
        .collect();
    let key = |row: &tables::Row| columns.map(|column| column.map_or_else(String::new, |at| row.cells[at].clone()));
    (table.rows.len(), table.rows.iter().filter(|row| !now.contains(&key(row))).count())
}

/// A folder that is not there yet.
fn aside(folder: &Path) -> PathBuf {
    let mut names = (1..).map(|number| folder.join(format!("earlier-{number}")));
    names.find(|path| !path.exists()).expect("there are more numbers than folders")
}
