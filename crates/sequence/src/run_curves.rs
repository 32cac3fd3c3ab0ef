//! Learning curves along runs (Figure 10), as one long table: a row an epoch of each task of each run.

use paths::{DatasetName, StageId};
use serde::{Deserialize, Serialize, Serializer};
use training::{EpochLog, Moment, TEST_CURVE};

use crate::error::StoreError;
use crate::flat;
use crate::plan::Plan;
use crate::record::{Record, epochs_from_csv};
use crate::store::Store;

/// An epoch of a task of a run, or, with the number 0, what the network was before the task's first step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurvePoint {
    /// The dataset.
    pub dataset: DatasetName,
    /// The condition's label, or the baseline's.
    pub condition: String,
    /// The seed.
    pub seed: u64,
    /// Which task of the path, from 1.
    pub task: usize,
    /// Which epoch of the task, from 1; 0 is before its first step.
    pub epoch: usize,
    /// What the task's images are, such as "blur 0.25".
    pub transform: String,
    /// The learning rate in the epoch.
    pub lr: f64,
    /// What was done to the network before the task, such as "bias_reset 0.01"; empty for nothing.
    pub interventions: String,
    /// Mean loss over the epoch's batches, in nats, as they were trained on.
    #[serde(serialize_with = "short")]
    pub train_loss: Option<f64>,
    /// Accuracy over the epoch's batches, 0 to 1.
    #[serde(serialize_with = "short")]
    pub train_accuracy: Option<f64>,
    /// Loss on the task's validation images after the epoch.
    #[serde(serialize_with = "short")]
    pub validation_loss: Option<f64>,
    /// Accuracy on them.
    #[serde(serialize_with = "short")]
    pub validation_accuracy: Option<f64>,
    /// Loss after the epoch on the standard test images that the measure `test-curve` looks at.
    #[serde(serialize_with = "short")]
    pub test_loss: Option<f64>,
    /// Accuracy on them.
    #[serde(serialize_with = "short")]
    pub test_accuracy: Option<f64>,
    /// Whether the weights of this epoch are those that are tested and handed on.
    pub carried: bool,
}

/// With float32's digits: curves are looked at, and results are in the table of runs.
fn short<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(|value| value as f32).serialize(serializer)
}

/// The curves of every run of `plan`, in its order, as far as its stages are finished.
///
/// # Errors
/// Where something of a stage is damaged.
pub fn of_plan(plan: &Plan, store: &Store) -> Result<Vec<CurvePoint>, StoreError> {
    let mut found = Vec::new();
    for planned in &plan.runs {
        for &index in &planned.stages {
            let Some(record) = store.record(plan.stages[index].id)? else { break };
            found.extend(of_record(&record, store, planned.run.dataset, &planned.run.condition)?);
        }
    }
    Ok(found)
}

/// The curves of the path that ended with the finished stage `id`, under the name `condition`, as far back as its stages are there.
///
/// # Errors
/// Where something of a stage is damaged.
pub fn of_stage(id: StageId, store: &Store, condition: &str) -> Result<Vec<CurvePoint>, StoreError> {
    let records = lineage(id, store)?;
    let dataset = records.last().map(|record| record.task.dataset);
    let mut found = Vec::new();
    for (record, dataset) in records.iter().zip(dataset.into_iter().cycle()) {
        found.extend(of_record(record, store, dataset, condition)?);
    }
    Ok(found)
}

/// The records of the stages that led to the finished stage `id`, in their order and with its own, as far back as they are there.
///
/// # Errors
/// Where a record is damaged.
pub fn lineage(id: StageId, store: &Store) -> Result<Vec<Record>, StoreError> {
    let mut records = Vec::new();
    let mut next = Some(id);
    while let Some(record) = next.map(|id| store.record(id)).transpose()?.flatten() {
        next = record.parent;
        records.push(record);
    }
    records.reverse();
    Ok(records)
}

fn of_record(
    record: &Record,
    store: &Store,
    dataset: DatasetName,
    condition: &str,
) -> Result<Vec<CurvePoint>, StoreError> {
    let log = epochs_from_csv(&store.epochs(record.stage)?)
        .map_err(|reason| StoreError::Damaged { path: store.folder(record.stage), reason })?;
    let test = store.measure(record.stage, TEST_CURVE)?.unwrap_or_default();
    let at = |moment: Moment, name: &str| {
        test.iter().find(|row| row.moment == moment && row.name == name).map(|row| row.value)
    };
    let interventions: Vec<String> = record.interventions.iter().map(ToString::to_string).collect();
    let carried = record.summary().map(|summary| summary.carried_epoch);
    let point = |epoch: usize, moment: Moment, log: Option<&EpochLog>| CurvePoint {
        dataset,
        condition: condition.to_owned(),
        seed: record.seed,
        task: record.position + 1,
        epoch,
        transform: record.task.transform.to_string(),
        lr: record.process.lr_in(epoch.saturating_sub(1)),
        interventions: interventions.join("; "),
        train_loss: log.map(|log| log.train_loss),
        train_accuracy: log.map(|log| log.train_accuracy),
        validation_loss: log.map(|log| log.validation_loss),
        validation_accuracy: log.map(|log| log.validation_accuracy),
        test_loss: at(moment, "loss"),
        test_accuracy: at(moment, "accuracy"),
        carried: carried == Some(epoch),
    };
    let first = point(0, Moment::Start, None);
    Ok(std::iter::once(first)
        .chain(log.iter().map(|log| point(log.epoch, Moment::Epoch(log.epoch), Some(log))))
        .collect())
}

/// The rows as CSV.
pub fn to_csv(points: &[CurvePoint]) -> Vec<u8> {
    flat::to_csv(points)
}

/// The rows of a table that [`to_csv`] wrote.
///
/// # Errors
/// Says what in the table cannot be understood.
pub fn from_csv(bytes: &[u8]) -> Result<Vec<CurvePoint>, String> {
    flat::from_csv(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_read_back_and_damage_is_named() {
        let point = CurvePoint {
            dataset: DatasetName::Mnist,
            condition: "a; \"b\"".into(),
            seed: 3,
            task: 2,
            epoch: 1,
            transform: "blur 0.25".into(),
            lr: 1e-2,
            interventions: String::new(),
            train_loss: Some(0.1),
            train_accuracy: Some(1.0),
            validation_loss: Some(0.25),
            validation_accuracy: Some(0.5),
            test_loss: None,
            test_accuracy: None,
            carried: true,
        };
        let start = CurvePoint { epoch: 0, train_loss: None, carried: false, ..point.clone() };
        let csv = to_csv(&[start.clone(), point.clone()]);
        assert_eq!(from_csv(&csv).unwrap(), [start, point]);
        let bad = String::from_utf8(csv).unwrap().replace("0.25,", "x,");
        assert!(from_csv(bad.as_bytes()).is_err());
        assert!(from_csv(b"a,b\n1,2\n").unwrap_err().contains("unknown field"));
    }
}
