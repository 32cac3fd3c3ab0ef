//! What was measured along the runs of a plan (Figures 8 and 9), as one long table:
//! `dataset, condition, seed, moment, measure, subject, name, value`.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use paths::DatasetName;
use training::{MeasureRow, Moment};

use crate::error::StoreError;
use crate::plan::Plan;
use crate::store::Store;

/// When the network of a run was looked at. Tasks are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunMoment {
    /// Before everything else.
    Initialisation,
    /// After the interventions before a task, before its first step.
    Start(usize),
    /// After an epoch of a task: the task and the epoch, from 1.
    Epoch(usize, usize),
    /// With the weights that a task hands on.
    End(usize),
}

/// One number that a measure found along a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunMeasure {
    /// The dataset.
    pub dataset: DatasetName,
    /// The condition's label, or the baseline's.
    pub condition: String,
    /// The seed.
    pub seed: u64,
    /// When.
    pub moment: RunMoment,
    /// The measure's identity, such as "norms@1".
    pub measure: String,
    /// What the number is of.
    pub subject: String,
    /// What it is.
    pub name: String,
    /// The number.
    pub value: f64,
}

/// What was measured along every run of `plan`, in its order, as far as its stages are finished and `keep` takes it.
///
/// # Errors
/// Where a table is damaged.
pub fn of_plan(plan: &Plan, store: &Store, keep: impl Fn(&MeasureRow) -> bool) -> Result<Vec<RunMeasure>, StoreError> {
    let mut of_stages: HashMap<usize, Vec<(RunMoment, MeasureRow)>> = HashMap::new();
    for (index, stage) in plan.stages.iter().enumerate().filter(|(_, stage)| store.contains(stage.id)) {
        let task = stage.position + 1;
        let mut rows: Vec<(RunMoment, MeasureRow)> = Vec::new();
        for row in store.measures(stage.id)?.into_iter().filter(&keep) {
            let moment = match row.moment {
                Moment::Received if task == 1 => RunMoment::Initialisation,
                Moment::Start => RunMoment::Start(task),
                Moment::End => RunMoment::End(task),
                Moment::Epoch(epoch) => RunMoment::Epoch(task, epoch),
                Moment::Received => continue,
            };
            rows.push((moment, row));
        }
        rows.sort_by_key(|(moment, _)| *moment);
        of_stages.insert(index, rows);
    }
    let mut found = Vec::new();
    for planned in &plan.runs {
        for (moment, row) in planned.stages.iter().filter_map(|index| of_stages.get(index)).flatten() {
            found.push(RunMeasure {
                dataset: planned.run.dataset,
                condition: planned.run.condition.clone(),
                seed: planned.run.seed,
                moment: *moment,
                measure: row.measure.clone(),
                subject: row.subject.clone(),
                name: row.name.clone(),
                value: row.value,
            });
        }
    }
    Ok(found)
}

const HEADER: [&str; 8] = ["dataset", "condition", "seed", "moment", "measure", "subject", "name", "value"];

/// The rows as CSV; numbers have float32's digits.
pub fn to_csv(rows: &[RunMeasure]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER).expect("writing to memory does not fail");
    for row in rows {
        let (seed, moment, value) = (row.seed.to_string(), row.moment.to_string(), (row.value as f32).to_string());
        let cells = [row.dataset.id(), &row.condition, &seed, &moment, &row.measure, &row.subject, &row.name, &value];
        writer.write_record(cells).expect("rows have as many cells as the header");
    }
    writer.into_inner().expect("writing to memory does not fail")
}

/// The rows of a table that [`to_csv`] wrote.
///
/// # Errors
/// Says what in the table cannot be understood.
pub fn from_csv(bytes: &[u8]) -> Result<Vec<RunMeasure>, String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().map_err(|e| e.to_string())?;
    if header.iter().ne(HEADER) {
        let found: Vec<&str> = header.iter().collect();
        return Err(format!("its columns are {}, expected {}", found.join(", "), HEADER.join(", ")));
    }
    let row = |record: csv::Result<csv::StringRecord>| -> Result<RunMeasure, String> {
        let record = record.map_err(|e| e.to_string())?;
        let cell = |at: usize| record[at].to_owned();
        Ok(RunMeasure {
            dataset: record[0].parse()?,
            condition: cell(1),
            seed: record[2].parse().map_err(|_| format!("`{}` is not a seed", &record[2]))?,
            moment: record[3].parse()?,
            measure: cell(4),
            subject: cell(5),
            name: cell(6),
            value: record[7].parse().map_err(|_| format!("`{}` is not a number", &record[7]))?,
        })
    };
    reader.records().map(row).collect()
}

impl fmt::Display for RunMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Initialisation => f.write_str("initialisation"),
            Self::Start(task) => write!(f, "start of task {task}"),
            Self::Epoch(task, epoch) => write!(f, "epoch {epoch} of task {task}"),
            Self::End(task) => write!(f, "end of task {task}"),
        }
    }
}

impl FromStr for RunMoment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let task = |prefix: &str| text.strip_prefix(prefix).and_then(|number| number.parse().ok());
        let epoch = || {
            let (epoch, task) = text.strip_prefix("epoch ")?.split_once(" of task ")?;
            Some(Self::Epoch(task.parse().ok()?, epoch.parse().ok()?))
        };
        match (text, task("start of task "), task("end of task ")) {
            ("initialisation", ..) => Ok(Self::Initialisation),
            (_, Some(task), _) => Ok(Self::Start(task)),
            (.., Some(task)) => Ok(Self::End(task)),
            _ => epoch().ok_or_else(|| {
                format!(
                    "`{text}` is no moment; allowed: initialisation, start of task N, epoch E of task N, end of task N"
                )
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_back() {
        let moments = [
            RunMoment::Initialisation,
            RunMoment::Start(1),
            RunMoment::Start(12),
            RunMoment::Epoch(2, 13),
            RunMoment::End(1),
        ];
        for moment in moments {
            assert_eq!(moment.to_string().parse(), Ok(moment));
        }
        assert!("end of task x".parse::<RunMoment>().is_err());
    }

    #[test]
    fn tables_read_back_and_damage_is_named() {
        let row = RunMeasure {
            dataset: DatasetName::Mnist,
            condition: "[No, Yes]".into(),
            seed: 3,
            moment: RunMoment::End(2),
            measure: "norms@1".into(),
            subject: "fc.bias".into(),
            name: "l2_norm".into(),
            value: 0.25,
        };
        let csv = to_csv(std::slice::from_ref(&row));
        assert_eq!(from_csv(&csv).unwrap(), [row]);
        let bad = String::from_utf8(csv).unwrap().replace("0.25", "x");
        assert_eq!(from_csv(bad.as_bytes()).unwrap_err(), "`x` is not a number");
        assert!(from_csv(b"a,b\n").unwrap_err().contains("expected dataset, condition"));
    }
}
