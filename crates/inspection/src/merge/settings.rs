//! The settings beside tables of runs.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::error::InspectError;

/// Settings that may differ between parts of an experiment: they say which runs there are, and not what a run is.
const WHICH_RUNS: [&str; 5] = ["datasets", "seeds", "baseline_seeds", "max_tasks", "other_networks"];

/// The settings of all parts together; none where no part has any.
pub(super) struct Settings(Option<Map<String, Value>>);

impl Settings {
    /// Joins the `settings.json` beside tables of runs.
    ///
    /// # Errors
    /// Where they differ in more than which runs there are.
    pub(super) fn of(tables: &[PathBuf]) -> Result<Self, InspectError> {
        let mut joined: Option<(PathBuf, Map<String, Value>)> = None;
        for path in tables.iter().map(|table| table.with_file_name("settings.json")).filter(|path| path.exists()) {
            let settings = read(&path)?;
            match &mut joined {
                None => joined = Some((path, settings)),
                Some((first, known)) => add(known, settings, first, &path)?,
            }
        }
        Ok(Self(joined.map(|(_, settings)| settings)))
    }

    /// Writes the file, if there are settings.
    pub(super) fn write(&self, path: &Path) -> Result<(), InspectError> {
        let Some(settings) = &self.0 else { return Ok(()) };
        let text = serde_json::to_vec_pretty(settings).expect("settings are JSON");
        whole_file::replace(path, &text).map_err(|source| InspectError::Write { path: path.to_owned(), source })
    }
}

fn read(path: &Path) -> Result<Map<String, Value>, InspectError> {
    let refuse = |reason: String| InspectError::Refused(format!("{}: {reason}", path.display()));
    let text = std::fs::read(path).map_err(|e| refuse(e.to_string()))?;
    match serde_json::from_slice(&text).map_err(|e| refuse(e.to_string()))? {
        Value::Object(settings) => Ok(settings),
        _ => Err(refuse("it holds no settings".into())),
    }
}

/// Adds the settings of another part.
fn add(
    known: &mut Map<String, Value>,
    other: Map<String, Value>,
    first: &Path,
    path: &Path,
) -> Result<(), InspectError> {
    for (name, value) in &other {
        let before = known.get(name).unwrap_or(&Value::Null);
        if before != value && !WHICH_RUNS.contains(&name.as_str()) {
            return Err(InspectError::Refused(format!(
                "`{name}` is {before} in {} and {value} in {}; runs of different settings are different experiments",
                first.display(),
                path.display()
            )));
        }
    }
    if let Some(name) = known.keys().find(|name| !other.contains_key(*name) && !WHICH_RUNS.contains(&name.as_str())) {
        return Err(InspectError::Refused(format!(
            "`{name}` is {} in {} and missing in {}; runs of different settings are different experiments",
            known[name],
            first.display(),
            path.display()
        )));
    }
    for name in WHICH_RUNS {
        if let Some(value) = other.get(name) {
            let together = known.get(name).map_or_else(|| value.clone(), |known| union(known, value));
            known.insert(name.to_owned(), together);
        }
    }
    Ok(())
}

/// What is in either of two lists, numbers in their order; the larger of two numbers.
fn union(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            let mut all = a.clone();
            all.extend(b.iter().filter(|value| !a.contains(value)).cloned());
            all.sort_by_key(|value| value.as_u64());
            Value::Array(all)
        }
        _ => {
            if a.as_u64() < b.as_u64() {
                b.clone()
            } else {
                a.clone()
            }
        }
    }
}
