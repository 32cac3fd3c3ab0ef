//! What happened in every epoch, as event files that TensorBoard reads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use counted::counted;
use paths::StageId;
use sequence::run_curves::lineage;
use sequence::{Record, Store, StoreError, epochs_from_csv};
use tensorboard_events::{EventsWriter, file_name};
use training::{MeasureRow, Moment};

use crate::common::Chosen;
use crate::error::InspectError;
use crate::experiment;

/// A run, and the folder that TensorBoard shows it under.
struct Run {
    folder: PathBuf,
    stages: Vec<Record>,
}

/// Writes an event file a run under `folder`: of every path in the store, or of the conditions of an experiment. Steps are
/// epochs, counted through all tasks of a path.
pub(crate) fn write(store: &Store, chosen: Option<Chosen<'_>>, folder: &Path) -> Result<(), InspectError> {
    let runs = match chosen {
        Some(chosen) => of_experiment(store, chosen)?,
        None => of_store(store)?,
    };
    for run in &runs {
        let bytes = events(run, store)?;
        let last = run.stages.last().expect("a run has a stage");
        let (time, host) = (last.provenance.finished_unix_seconds as f64, &last.provenance.host);
        let path = folder.join(&run.folder).join(file_name(time, host));
        whole_file::replace(&path, &bytes).map_err(|source| InspectError::Write { path: path.clone(), source })?;
    }
    let (runs, folder) = (counted(runs.len(), "run"), folder.display());
    terminal::out(format_args!("Wrote {runs} to {folder}; `tensorboard --logdir {folder}` shows them."));
    Ok(())
}

/// The conditions of an experiment: `cifar10/baseline/seed 0`.
fn of_experiment(store: &Store, chosen: Chosen<'_>) -> Result<Vec<Run>, InspectError> {
    let (_, plan) = experiment::plan(chosen)?;
    let mut runs = Vec::new();
    for planned in &plan.runs {
        let stages = planned.stages.last().map(|&last| lineage(plan.stages[last].id, store)).transpose()?;
        if let Some(stages) = stages.filter(|stages| !stages.is_empty()) {
            let run = &planned.run;
            let folder =
                PathBuf::from(run.dataset.id()).join(as_name(&run.condition)).join(format!("seed {}", run.seed));
            runs.push(Run { folder, stages });
        }
    }
    if runs.is_empty() { Err(experiment::nothing(chosen)) } else { Ok(runs) }
}

/// Every path of the store, from its first stage to one that none goes on from: `cifar10/2f250584 blur 0.25 → standard/seed 0`.
fn of_store(store: &Store) -> Result<Vec<Run>, InspectError> {
    let (mut all, mut parents) = (Vec::new(), BTreeSet::<StageId>::new());
    for id in store.stages()? {
        if let Some(record) = store.record(id)? {
            parents.extend(record.parent);
            all.push(id);
        }
    }
    let mut runs = Vec::new();
    for id in all.into_iter().filter(|id| !parents.contains(id)) {
        let stages = lineage(id, store)?;
        let last = stages.last().expect("a stage that has a record is in its lineage");
        let tasks: Vec<String> = stages.iter().map(describe).collect();
        let path = as_name(&format!("{} {}", id.short(), tasks.join(" → ")));
        let folder = PathBuf::from(last.task.dataset.id()).join(path).join(format!("seed {}", last.seed));
        runs.push(Run { folder, stages });
    }
    if runs.is_empty() {
        return Err(InspectError::Refused("the store has no finished stage".into()));
    }
    Ok(runs)
}

fn describe(record: &Record) -> String {
    let before: String = record.interventions.iter().map(|intervention| format!("{intervention}, ")).collect();
    format!("{before}{} at {:e}", record.task.transform, record.process.lr)
}

/// A label as the name of one folder.
fn as_name(label: &str) -> String {
    let plain = |c: char| if c.is_control() || matches!(c, '/' | '\\') { '_' } else { c };
    let name: String = label.chars().map(plain).take(120).collect();
    if name.starts_with('.') { format!("_{name}") } else { name }
}

/// The event file of a run: losses, accuracies, the learning rate, and what measures found of the whole network.
fn events(run: &Run, store: &Store) -> Result<Vec<u8>, InspectError> {
    const IN_MEMORY: &str = "writing to memory does not fail";
    let first = run.stages.first().expect("a run has a stage");
    let begun = first.provenance.finished_unix_seconds as f64 - first.provenance.train_seconds;
    let mut writer = EventsWriter::new(Vec::new(), begun).expect(IN_MEMORY);
    let mut before = 0;
    for record in &run.stages {
        let damaged = |reason| StoreError::Damaged { path: store.folder(record.stage), reason };
        let log = epochs_from_csv(&store.epochs(record.stage)?).map_err(damaged)?;
        let measures = store.measures(record.stage)?;
        let ended = record.provenance.finished_unix_seconds as f64;
        for epoch in &log {
            let step = (before + epoch.epoch) as i64;
            // As if all epochs had taken equally long.
            let left = (log.len() - epoch.epoch) as f64 / log.len() as f64;
            let time = ended - record.provenance.train_seconds * left;
            let mut scalar = |tag: &str, value: f64| writer.scalar(tag, step, value as f32, time).expect(IN_MEMORY);
            scalar("loss/training", epoch.train_loss);
            scalar("loss/validation", epoch.validation_loss);
            scalar("accuracy/training", epoch.train_accuracy);
            scalar("accuracy/validation", epoch.validation_accuracy);
            scalar("learning rate", record.process.lr_in(epoch.epoch - 1));
            scalar("task", (record.position + 1) as f64);
            let of_epoch = |row: &&MeasureRow| row.moment == Moment::Epoch(epoch.epoch) && row.subject == "network";
            for row in measures.iter().filter(of_epoch).filter(|row| row.value.is_finite()) {
                let measure = row.measure.split('@').next().unwrap_or_default();
                scalar(&format!("{measure}/{}", row.name), row.value);
            }
        }
        before += log.len();
    }
    Ok(writer.finish().expect(IN_MEMORY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_names_of_one_folder() {
        assert_eq!(as_name("blur 0.25 → standard"), "blur 0.25 → standard");
        assert_eq!(as_name("../a\\b\n"), "_.._a_b_");
        assert!(as_name(&"x".repeat(999)).len() <= 120);
    }
}
