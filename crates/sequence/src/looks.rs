//! What the probes of a plan's runs saw: norms and activations along each path (Figure 8).

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use paths::DatasetName;
use training::{Measurement, Moment};

use crate::files::StoreError;
use crate::measurements::Tables;
use crate::plan::Plan;
use crate::store::Store;

/// When the model of a run was looked at. Tasks are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunMoment {
    /// Before everything else.
    Initialisation,
    /// After the interventions before a task, before its first step.
    Start(usize),
    /// With the weights that a task hands on.
    End(usize),
}

/// One look at the model of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The dataset.
    pub dataset: DatasetName,
    /// The condition's label, or the baseline's.
    pub condition: String,
    /// The seed.
    pub seed: u64,
    /// When.
    pub moment: RunMoment,
    /// What was seen.
    pub measurement: Measurement,
}

/// The looks at every run of `plan`, in its order, as far as its stages are finished.
///
/// # Errors
/// Where a record or a table is damaged.
pub fn of_plan(plan: &Plan, store: &Store) -> Result<Vec<Look>, StoreError> {
    let mut of_stages: HashMap<usize, Vec<(RunMoment, Measurement)>> = HashMap::new();
    for (index, stage) in plan.stages.iter().enumerate() {
        let Some(record) = store.record(stage.id)? else { continue };
        let carried = record.summary().map(|summary| Moment::Epoch(summary.carried_epoch));
        let task = stage.position + 1;
        let seen = store.measurements(stage.id)?.into_iter().filter_map(|(moment, measurement)| {
            let moment = match moment {
                Moment::Received if task == 1 => RunMoment::Initialisation,
                Moment::Start => RunMoment::Start(task),
                moment if Some(moment) == carried => RunMoment::End(task),
                _ => return None,
            };
            Some((moment, measurement))
        });
        of_stages.insert(index, seen.collect());
    }
    let mut looks = Vec::new();
    for planned in &plan.runs {
        for (moment, measurement) in planned.stages.iter().filter_map(|index| of_stages.get(index)).flatten() {
            looks.push(Look {
                dataset: planned.run.dataset,
                condition: planned.run.condition.clone(),
                seed: planned.run.seed,
                moment: *moment,
                measurement: measurement.clone(),
            });
        }
    }
    Ok(looks)
}

const KEY: [&str; 4] = ["dataset", "condition", "seed", "moment"];

/// The looks as two tables.
pub fn to_tables(looks: &[Look]) -> Tables {
    let key = |look: &Look| {
        vec![look.dataset.to_string(), look.condition.clone(), look.seed.to_string(), look.moment.to_string()]
    };
    Tables::new(&KEY, looks.iter().map(|look| (key(look), &look.measurement)))
}

/// The looks in two tables that [`to_tables`] wrote.
///
/// # Errors
/// Says what in a table cannot be understood.
pub fn from_tables(tables: &Tables) -> Result<Vec<Look>, String> {
    let look = |(key, measurement): (Vec<String>, Measurement)| -> Result<Look, String> {
        let [dataset, condition, seed, moment] = key.try_into().expect("a key has as many cells as columns");
        Ok(Look {
            dataset: dataset.parse()?,
            condition,
            seed: seed.parse().map_err(|_| format!("`{seed}` is not a seed"))?,
            moment: moment.parse()?,
            measurement,
        })
    };
    tables.read(&KEY)?.into_iter().map(look).collect()
}

impl fmt::Display for RunMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Initialisation => f.write_str("initialisation"),
            Self::Start(task) => write!(f, "start of task {task}"),
            Self::End(task) => write!(f, "end of task {task}"),
        }
    }
}

impl FromStr for RunMoment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let task = |prefix: &str| text.strip_prefix(prefix).and_then(|number| number.parse().ok());
        match (text, task("start of task "), task("end of task ")) {
            ("initialisation", ..) => Ok(Self::Initialisation),
            (_, Some(task), _) => Ok(Self::Start(task)),
            (.., Some(task)) => Ok(Self::End(task)),
            _ => Err(format!("`{text}` is no moment; allowed: initialisation, start of task N, end of task N")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_back_and_are_in_order() {
        let moments = [RunMoment::Initialisation, RunMoment::Start(1), RunMoment::Start(12), RunMoment::End(1)];
        for moment in moments {
            assert_eq!(moment.to_string().parse(), Ok(moment));
        }
        assert!("end of task x".parse::<RunMoment>().is_err());
    }
}
