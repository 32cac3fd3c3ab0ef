//! What was asked of a store: the plans, kept so that weights which an unfinished one needs are not dropped.

use std::collections::HashSet;

use datasets::digest::sha256_hex;
use paths::StageId;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::files::{read_if_there, replace};
use crate::plan::Plan;
use crate::record::Outcome;
use crate::store::Store;

#[derive(Serialize, Deserialize)]
struct Kept {
    name: String,
    /// Each stage and the one before it.
    stages: Vec<(StageId, Option<StageId>)>,
}

/// Notes in the store that `plan` was asked for.
///
/// # Errors
/// Where the store cannot be written.
pub fn keep(store: &Store, plan: &Plan) -> Result<(), StoreError> {
    let stages = plan.stages.iter().map(|s| (s.id, s.parent.map(|parent| plan.stages[parent].id))).collect();
    let json = serde_json::to_vec(&Kept { name: plan.name.clone(), stages }).expect("a plan is plain data");
    let path = store.root().join("plans").join(format!("{}.json", &sha256_hex(&json)[..16]));
    if path.exists() { Ok(()) } else { replace(&path, &json) }
}

/// The finished stages whose weights the unfinished stages of some plan begin from, and the names of those plans.
///
/// # Errors
/// Where the store cannot be read.
pub fn still_needed(store: &Store) -> Result<(HashSet<StageId>, Vec<String>), StoreError> {
    let (mut needed, mut unfinished) = (HashSet::new(), Vec::new());
    let folder = store.root().join("plans");
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok((needed, unfinished)),
        Err(e) => return Err(StoreError::io(&folder, e)),
    };
    for entry in entries {
        let path = entry.map_err(|e| StoreError::io(&folder, e))?.path();
        // Temporary files of a process that was killed may lie here too.
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let Some(bytes) = read_if_there(&path)? else { continue };
        let plan: Kept = serde_json::from_slice(&bytes)
            .map_err(|e| StoreError::Damaged { path: path.clone(), reason: format!("not a plan: {e}") })?;
        let (mut open, mut given_up) = (false, HashSet::new());
        for (stage, parent) in plan.stages {
            let record = store.record(stage).ok().flatten();
            let diverged = record.as_ref().is_some_and(|r| matches!(r.outcome, Outcome::Diverged { .. }));
            // Parents come first in a plan, so what they make impossible is known when their children are looked at.
            if diverged || parent.is_some_and(|parent| given_up.contains(&parent)) {
                given_up.insert(stage);
                continue;
            }
            if record.is_some() {
                continue;
            }
            open = true;
            needed.extend(parent.filter(|&parent| store.contains(parent)));
        }
        if open {
            unfinished.push(plan.name);
        }
    }
    Ok((needed, unfinished))
}
