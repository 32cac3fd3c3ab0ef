//! The measures of a stage: one long table, kept in a part for each measure, each with a checksum of its own.
//!
//! `measures/norms@1.csv` has the rows of one measure, and `measures/norms@1.sha256` their SHA-256. The parts have the same
//! columns, so that all of them, of any number of stages, read as one table. A part that is added later touches no other.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use datasets::digest::sha256_hex;
use training::{MeasureRow, measures_from_csv, measures_to_csv};

use crate::error::StoreError;
use crate::files::{read_if_there, replace, write_durably};

/// The folder of the parts inside a stage's.
pub(crate) const FOLDER: &str = "measures";
const TABLE: &str = "csv";
const CHECKSUM: &str = "sha256";

/// The part of each measure, as the bytes of its table.
pub(crate) fn parts(rows: &[MeasureRow]) -> BTreeMap<String, Vec<u8>> {
    let mut of: BTreeMap<&str, Vec<&MeasureRow>> = BTreeMap::new();
    for row in rows {
        of.entry(&row.measure).or_default().push(row);
    }
    of.into_iter().map(|(measure, rows)| (measure.to_owned(), measures_to_csv(rows))).collect()
}

/// Writes the parts of a stage that nobody reads yet into `folder`, which is there and empty.
pub(crate) fn write_all(folder: &Path, rows: &[MeasureRow]) -> Result<(), StoreError> {
    for (measure, bytes) in parts(rows) {
        write_durably(&path(folder, &measure, CHECKSUM), sha256_hex(&bytes).as_bytes())?;
        write_durably(&path(folder, &measure, TABLE), &bytes)?;
    }
    Ok(())
}

/// Puts the parts of some measures beside those that are there, or in their place.
pub(crate) fn add(folder: &Path, rows: &[MeasureRow]) -> Result<(), StoreError> {
    for (measure, bytes) in parts(rows) {
        // The checksum first: a table without one would be damage, a checksum without a table is nothing.
        replace(&path(folder, &measure, CHECKSUM), sha256_hex(&bytes).as_bytes())?;
        replace(&path(folder, &measure, TABLE), &bytes)?;
    }
    Ok(())
}

/// The measures that have a part, in the order of their names.
pub(crate) fn list(folder: &Path) -> Result<Vec<String>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(StoreError::io(folder, e)),
    };
    let mut measures = Vec::new();
    for entry in entries {
        let name = entry.map_err(|e| StoreError::io(folder, e))?.file_name();
        measures.extend(name.to_str().and_then(|name| Some(name.strip_suffix(".csv")?.to_owned())));
    }
    measures.sort_unstable();
    Ok(measures)
}

/// The rows of one measure; `None` where it was not taken.
pub(crate) fn read(folder: &Path, measure: &str) -> Result<Option<Vec<MeasureRow>>, StoreError> {
    let path = path(folder, measure, TABLE);
    let Some(bytes) = read_if_there(&path)? else { return Ok(None) };
    let damaged = |reason: String| StoreError::Damaged { path: path.clone(), reason };
    let sum =
        read_if_there(&path.with_extension(CHECKSUM))?.ok_or_else(|| damaged("its checksum is missing".into()))?;
    let found = sha256_hex(&bytes);
    if found.as_bytes() != sum.trim_ascii() {
        return Err(damaged(format!("its SHA-256 is {found}, and {} was written", String::from_utf8_lossy(&sum))));
    }
    measures_from_csv(&bytes).map(Some).map_err(damaged)
}

fn path(folder: &Path, measure: &str, extension: &str) -> PathBuf {
    folder.join(format!("{measure}.{extension}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use training::Moment;

    fn row(measure: &str, value: f64) -> MeasureRow {
        let (subject, name) = ("network".to_owned(), "x".to_owned());
        MeasureRow { moment: Moment::End, measure: measure.to_owned(), subject, name, value }
    }

    #[test]
    fn a_measure_added_later_touches_no_other() {
        let folder = tempfile::tempdir().unwrap();
        write_all(folder.path(), &[row("b@1", 1.0), row("a@1", 2.0), row("b@1", 3.0)]).unwrap();
        let first = fs::read(folder.path().join("b@1.csv")).unwrap();
        add(folder.path(), &[row("c@2", 4.0)]).unwrap();
        assert_eq!(list(folder.path()).unwrap(), ["a@1", "b@1", "c@2"]);
        assert_eq!(fs::read(folder.path().join("b@1.csv")).unwrap(), first);
        assert_eq!(read(folder.path(), "b@1").unwrap().unwrap(), [row("b@1", 1.0), row("b@1", 3.0)]);
        assert_eq!(read(folder.path(), "c@1").unwrap(), None);
    }

    #[test]
    fn damage_of_one_part_is_damage_of_that_part() {
        let folder = tempfile::tempdir().unwrap();
        write_all(folder.path(), &[row("a@1", 2.0), row("b@1", 1.0)]).unwrap();
        let path = folder.path().join("a@1.csv");
        let text = fs::read_to_string(&path).unwrap().replace('2', "3");
        fs::write(&path, text).unwrap();
        assert!(matches!(read(folder.path(), "a@1"), Err(StoreError::Damaged { .. })));
        assert!(read(folder.path(), "b@1").unwrap().is_some());
        fs::remove_file(folder.path().join("b@1.sha256")).unwrap();
        let message = read(folder.path(), "b@1").unwrap_err().to_string();
        assert!(message.contains("checksum is missing"), "{message}");
    }
}
