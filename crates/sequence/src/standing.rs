//! What of a plan is done and what is left, without touching the store.

use crate::error::StoreError;
use crate::plan::Plan;
use crate::record::Outcome;
use crate::store::Store;

/// How a stage of a plan stands in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has a result. Its weights may be gone; who trains a stage that begins from them makes them again first.
    Finished,
    /// It diverged.
    Diverged,
    /// A stage before it diverged, so it is not trained.
    GivenUp,
    /// It is to be trained: it is not in the store, or damaged there.
    ToTrain,
}

/// How every stage of `plan` stands, in the plan's order.
///
/// # Errors
/// Where the store cannot be read; a damaged entry is a stage to be trained.
pub fn standing(plan: &Plan, store: &Store) -> Result<Vec<Standing>, StoreError> {
    let mut standings: Vec<Standing> = Vec::with_capacity(plan.stages.len());
    for stage in &plan.stages {
        let before = stage.parent.map(|parent| standings[parent]);
        standings.push(match store.record(stage.id) {
            _ if matches!(before, Some(Standing::Diverged | Standing::GivenUp)) => Standing::GivenUp,
            Ok(None) | Err(StoreError::Damaged { .. }) => Standing::ToTrain,
            Ok(Some(record)) if matches!(record.outcome, Outcome::Diverged { .. }) => Standing::Diverged,
            Ok(Some(_)) => Standing::Finished,
            Err(other) => return Err(other),
        });
    }
    Ok(standings)
}
