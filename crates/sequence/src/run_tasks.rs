//! Results along runs, as one long table: a row a task of each run.

use paths::DatasetName;
use serde::{Deserialize, Serialize};
use training::{Moment, UNITS};

use crate::error::StoreError;
use crate::flat;
use crate::plan::Plan;
use crate::record::Record;
use crate::store::Store;

/// What a task of a run ended with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskRow {
    /// The dataset of the run's panel.
    pub dataset: DatasetName,
    /// The condition's label, or the baseline's.
    pub condition: String,
    /// The seed.
    pub seed: u64,
    /// Which task of the path, from 1.
    pub task: usize,
    /// The dataset of the task.
    pub task_dataset: DatasetName,
    /// What the task makes of it, such as "blur 0.25".
    pub transform: String,
    /// The task's learning rate.
    pub lr: f64,
    /// What was done to the network before the task, or while it learnt it; empty for nothing.
    pub interventions: String,
    /// Epochs trained.
    pub epochs: usize,
    /// The epoch with the lowest validation loss, from 1.
    pub best_epoch: usize,
    /// Loss on the training images, in nats, in eval mode.
    pub train_loss: f64,
    /// Loss on the task's own test images: transformed, and labelled, as those that it trained on.
    pub task_test_loss: f64,
    /// Accuracy on them, 0 to 1.
    pub task_test_accuracy: f64,
    /// Loss on the standard test images.
    pub test_loss: f64,
    /// Accuracy on them.
    pub test_accuracy: f64,
    /// Share of units whose mean |output| is at most 2.5 % of their layer's (the measure `units`), where it was taken.
    pub dormant_units: Option<f64>,
    /// The features' effective rank (the same).
    pub effective_rank: Option<f64>,
}

/// The rows of every run of `plan`, in its order, as far as its stages are finished.
///
/// # Errors
/// Where something of a stage is damaged.
pub fn of_plan(plan: &Plan, store: &Store) -> Result<Vec<TaskRow>, StoreError> {
    let mut found = Vec::new();
    for planned in &plan.runs {
        for &index in &planned.stages {
            let Some(record) = store.record(plan.stages[index].id)? else { break };
            found.extend(of_record(&record, store, planned.run.dataset, &planned.run.condition)?);
        }
    }
    Ok(found)
}

/// The row of a task; `None` where training diverged.
fn of_record(
    record: &Record,
    store: &Store,
    dataset: DatasetName,
    condition: &str,
) -> Result<Option<TaskRow>, StoreError> {
    let Some(summary) = record.summary() else { return Ok(None) };
    let units = store.measure(record.stage, UNITS)?.unwrap_or_default();
    let at_end = |subject: &str, name: &str| {
        let row = units.iter().find(|row| row.moment == Moment::End && row.subject == subject && row.name == name);
        row.map(|row| row.value)
    };
    let interventions: Vec<String> = record.interventions.iter().map(ToString::to_string).collect();
    Ok(Some(TaskRow {
        dataset,
        condition: condition.to_owned(),
        seed: record.seed,
        task: record.position + 1,
        task_dataset: record.task.dataset,
        transform: record.task.transform.to_string(),
        lr: record.process.lr,
        interventions: interventions.join("; "),
        epochs: summary.epochs,
        best_epoch: summary.best_epoch,
        train_loss: summary.train.loss,
        task_test_loss: summary.task_test.loss,
        task_test_accuracy: summary.task_test.accuracy,
        test_loss: summary.test.loss,
        test_accuracy: summary.test.accuracy,
        dormant_units: at_end("network", "dormant_0.025"),
        effective_rank: at_end("features", "effective_rank"),
    }))
}

/// The rows as CSV.
pub fn to_csv(rows: &[TaskRow]) -> Vec<u8> {
    flat::to_csv(rows)
}

/// The rows of a table that [`to_csv`] wrote.
///
/// # Errors
/// Says what in the table cannot be understood.
pub fn from_csv(bytes: &[u8]) -> Result<Vec<TaskRow>, String> {
    flat::from_csv(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_read_back_and_damage_is_named() {
        let row = TaskRow {
            dataset: DatasetName::Mnist,
            condition: "a; \"b\"".into(),
            seed: 3,
            task: 2,
            task_dataset: DatasetName::FashionMnist,
            transform: "pixel permutation 3".into(),
            lr: 1e-2,
            interventions: "redo 0.025 every 1".into(),
            epochs: 4,
            best_epoch: 2,
            train_loss: 0.1,
            task_test_loss: 0.3,
            task_test_accuracy: 0.9,
            test_loss: 2.5,
            test_accuracy: 0.1,
            dormant_units: Some(0.25),
            effective_rank: None,
        };
        let csv = to_csv(std::slice::from_ref(&row));
        assert_eq!(from_csv(&csv).unwrap(), [row]);
        assert!(from_csv(String::from_utf8(csv).unwrap().replace("0.25,", "x,").as_bytes()).is_err());
        assert!(from_csv(b"a,b\n1,2\n").unwrap_err().contains("unknown field"));
    }
}
