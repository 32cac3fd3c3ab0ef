//! What a stage is, kept in the store before it is trained, so that its identity is all that a worker has to be told.
//!
//! A description is a file of its own, named by the stage: `planned/ab/ab….json`. Of what it says, the identity is a hash, except for
//! the measures that are asked for.

use std::path::PathBuf;

use paths::{DataSelection, Genesis, ModelSpec, Numerics, StageContext, StageId, Step};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::files::{create_folder, read_if_there, replace};
use crate::plan::{Plan, Stage};
use crate::store::Store;

#[derive(Serialize, Deserialize)]
struct Description {
    stage: StageId,
    parent: Option<StageId>,
    seed: u64,
    position: usize,
    step: Step,
    model: ModelSpec,
    numerics: Numerics,
    data: DataSelection,
    /// No part of what a stage is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    measures: Vec<String>,
}

/// Why a stage cannot be trained by its identity alone.
#[derive(Debug, thiserror::Error)]
pub enum PlannedError {
    /// The store has no description of it.
    #[error(
        "the store {store} does not say what stage {stage} is; give the command that plans it again with --submit or with \
         --plan --format jsonl, and the same --store"
    )]
    Unknown {
        /// The stage.
        stage: StageId,
        /// The store.
        store: PathBuf,
    },
    /// What is described is another stage.
    #[error(
        "stage {stage} was planned by a version of this program that means another training by it; give the command that \
         plans it again"
    )]
    Other {
        /// The stage.
        stage: StageId,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes what the stages of `plan` are into the store.
///
/// # Errors
/// Where the store cannot be written.
pub fn describe(store: &Store, plan: &Plan) -> Result<(), StoreError> {
    for stage in &plan.stages {
        let path = path(store, stage.id);
        let mut measures = plan.measures.clone();
        if path.exists() {
            // What another plan asked for is asked for still.
            let known = read(store, stage.id).map(|known| known.measures).unwrap_or_default();
            if measures.iter().all(|id| known.contains(id)) {
                continue;
            }
            measures.extend(known.into_iter().filter(|id| !plan.measures.contains(id)));
        }
        let description = Description {
            stage: stage.id,
            parent: stage.parent.map(|parent| plan.stages[parent].id),
            seed: stage.seed,
            position: stage.position,
            step: stage.step.clone(),
            model: stage.model.clone(),
            numerics: plan.numerics.clone(),
            data: stage.data.clone(),
            measures,
        };
        create_folder(path.parent().expect("a description lies in a folder"))?;
        replace(&path, &serde_json::to_vec(&description).expect("a description has text keys only"))?;
    }
    Ok(())
}

/// The plan of a stage and of those before it, as [`describe`] wrote them.
///
/// # Errors
/// Where one of them is not described, or described as something else than its identity says.
pub fn lineage(store: &Store, id: StageId) -> Result<Plan, PlannedError> {
    let mut chain = vec![read(store, id)?];
    while let Some(parent) = chain.last().and_then(|last| last.parent) {
        // Positions count down to the first stage, so damaged files cannot lead round in a circle.
        let above = read(store, parent)?;
        if above.position + 1 != chain[chain.len() - 1].position {
            return Err(PlannedError::Other { stage: parent });
        }
        chain.push(above);
    }
    chain.reverse();
    let last = &chain[chain.len() - 1];
    let mut plan = Plan {
        name: format!("stage {}", id.short()),
        stages: Vec::with_capacity(chain.len()),
        runs: Vec::new(),
        numerics: last.numerics.clone(),
        measures: last.measures.clone(),
    };
    let channels = chain[0].step.task.dataset.channels();
    let genesis = Genesis { model: &last.model, channels, seed: last.seed, numerics: &plan.numerics };
    let mut expected = StageId::of_genesis(&genesis);
    for (position, description) in chain.iter().enumerate() {
        let dataset_fingerprint = &datasets::fingerprint(description.step.task.dataset);
        expected =
            expected.child(&description.step, &StageContext { dataset_fingerprint, data: &description.data, position });
        if expected != description.stage {
            return Err(PlannedError::Other { stage: description.stage });
        }
        plan.stages.push(Stage {
            id: expected,
            parent: position.checked_sub(1),
            model: last.model.clone(),
            step: description.step.clone(),
            seed: last.seed,
            data: description.data.clone(),
            position,
            remaining: chain.len() - 1 - position,
        });
    }
    Ok(plan)
}

fn read(store: &Store, id: StageId) -> Result<Description, PlannedError> {
    let path = path(store, id);
    let bytes =
        read_if_there(&path)?.ok_or_else(|| PlannedError::Unknown { stage: id, store: store.root().to_owned() })?;
    let description: Description = serde_json::from_slice(&bytes)
        .map_err(|e| StoreError::Damaged { path, reason: format!("not the description of a stage: {e}") })?;
    if description.stage != id { Err(PlannedError::Other { stage: id }) } else { Ok(description) }
}

fn path(store: &Store, id: StageId) -> PathBuf {
    let name = id.to_string();
    store.root().join("planned").join(&name[..2]).join(format!("{name}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::ExperimentFile;

    fn plan() -> Plan {
        let file = ExperimentFile::parse(
            "name = \"t\"\ntitle = \"t\"\n[settings]\ndatasets = [\"mnist\"]\nseeds = 2\nlr = 0.1\nwidth = 4\n\
             [[conditions]]\nlabel = \"a\"\nfrom = { blur = 0.25 }\ntasks = 4\n\
             [[conditions]]\nlabel = \"b\"\npath = [{ blur = 0.25 }, { bias_reset = 0.01, lr_factor = 0.3 }]\n",
        );
        Plan::new(&file.unwrap().resolve(None, &[]).unwrap())
    }

    #[test]
    fn every_stage_is_found_again_with_those_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let (store, plan) = (Store::open(folder.path()).unwrap(), plan());
        describe(&store, &plan).unwrap();
        describe(&store, &plan).unwrap();
        for stage in &plan.stages {
            let found = lineage(&store, stage.id).unwrap();
            assert_eq!(found.stages.len(), stage.position + 1);
            let last = found.stages.last().unwrap();
            assert_eq!((last.id, &last.step, last.seed), (stage.id, &stage.step, stage.seed));
            assert_eq!((&last.model, &found.numerics, &last.data), (&stage.model, &plan.numerics, &stage.data));
            let parent = stage.parent.map(|parent| plan.stages[parent].id);
            assert_eq!(last.parent.map(|parent| found.stages[parent].id), parent);
        }
    }

    #[test]
    fn a_stage_that_is_not_described_or_described_as_another_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (store, plan) = (Store::open(folder.path()).unwrap(), plan());
        let id = plan.stages.iter().find(|stage| stage.position == 1).unwrap().id;
        let message = lineage(&store, id).unwrap_err().to_string();
        assert!(message.contains(&id.to_string()) && message.contains("jsonl"), "{message}");
        describe(&store, &plan).unwrap();
        let text = std::fs::read_to_string(path(&store, id)).unwrap();
        std::fs::write(path(&store, id), text.replace("\"lr\":0.1", "\"lr\":0.2")).unwrap();
        assert!(matches!(lineage(&store, id), Err(PlannedError::Other { .. })), "{text}");
        std::fs::write(path(&store, id), "{").unwrap();
        assert!(matches!(lineage(&store, id), Err(PlannedError::Store(StoreError::Damaged { .. }))));
    }
}
