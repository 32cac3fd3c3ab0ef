//! `inspect measure`: what a measure finds, taken now where it was not taken while training.

use std::collections::HashMap;

use clap::Args;
use counted::counted;
use datasets::Library;
use paths::{Precision, StageId};
use sequence::run_measures::{of_plan, to_csv};
use sequence::{ExecuteError, Record, RunMeasure, Store, StoreError, measure_later};
use statistics::{mean, t_interval};
use tch::Device;
use training::{DeviceChoice, Measure, MeasureRow, Moment, compute_kind, measure, measures_to_csv};

use crate::common::{Chosen, DataArgument, ExperimentArgument, StoreArgument, find_stage};
use crate::error::InspectError;
use crate::experiment;
use crate::number::short;
use crate::table::aligned;

#[derive(Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["stage", "figure", "experiment"])))]
pub(crate) struct Arguments {
    /// The stage, or the first digits of it, as `inspect runs` shows
    stage: Option<String>,

    #[command(flatten)]
    experiment: ExperimentArgument,

    /// The measure, such as norms or norms@1
    #[arg(long, value_name = "ID")]
    measure: String,

    /// Where to compute: auto, cpu or cuda:N
    #[arg(long, default_value = "auto")]
    device: DeviceChoice,

    /// Print the long table as CSV
    #[arg(long)]
    csv: bool,

    #[command(flatten)]
    store: StoreArgument,

    #[command(flatten)]
    data: DataArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), InspectError> {
    let measure = measure(&arguments.measure).map_err(InspectError::Refused)?;
    let store = arguments.store.open()?;
    let device = arguments.device.resolve().map_err(InspectError::Refused)?;
    let mut taking = Taking { measure, store: &store, device, arguments, libraries: HashMap::new(), taken: 0 };
    let text = match (&arguments.stage, arguments.experiment.chosen()) {
        (Some(prefix), _) => taking.of_stage(find_stage(&store, prefix)?)?,
        (None, Some(chosen)) => taking.of_experiment(chosen)?,
        (None, None) => unreachable!("the command line asks for one of the two"),
    };
    if taking.taken > 0 {
        let stages = counted(taking.taken, "stage");
        terminal::err(format_args!("Took {} of {stages}; the store has it now.", measure.id()));
    }
    terminal::write(text.as_bytes());
    Ok(())
}

struct Taking<'a> {
    measure: &'static dyn Measure,
    store: &'a Store,
    device: Device,
    arguments: &'a Arguments,
    /// Prepared images in each number format.
    libraries: HashMap<Precision, Library>,
    taken: usize,
}

impl Taking<'_> {
    fn of_stage(&mut self, id: StageId) -> Result<String, InspectError> {
        let record = self.store.record(id)?.expect("a stage that was found has a record");
        let rows = self.rows(&record)?;
        if self.arguments.csv {
            return Ok(String::from_utf8_lossy(&measures_to_csv(&rows)).into_owned());
        }
        let cells =
            |row: &MeasureRow| vec![row.moment.to_string(), row.subject.clone(), row.name.clone(), short(row.value)];
        let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
        Ok(aligned(&["moment", "subject", "name", "value"], &[false, false, false, true], &cells))
    }

    fn of_experiment(&mut self, chosen: Chosen<'_>) -> Result<String, InspectError> {
        let (_, plan) = experiment::plan(chosen)?;
        let mut finished = 0;
        for stage in &plan.stages {
            let Some(record) = self.store.record(stage.id)? else { continue };
            self.rows(&record)?;
            finished += 1;
        }
        if finished == 0 {
            return Err(experiment::nothing(chosen));
        }
        let id = self.measure.id();
        let rows = of_plan(&plan, self.store, |row| row.measure == id && !matches!(row.moment, Moment::Epoch(_)))?;
        if self.arguments.csv {
            return Ok(String::from_utf8_lossy(&to_csv(&rows)).into_owned());
        }
        if rows.is_empty() {
            let id = self.measure.id();
            return Err(InspectError::Refused(format!(
                "{id} looks at single epochs only; `inspect measure STAGE --measure {id}` shows those of a stage"
            )));
        }
        Ok(summary(&rows))
    }

    /// The measure's rows of a stage, taken now where they are not there.
    fn rows(&mut self, record: &Record) -> Result<Vec<MeasureRow>, InspectError> {
        if let Some(rows) = self.store.measure(record.stage, &self.measure.id())? {
            return Ok(rows);
        }
        tch::set_num_threads(record.numerics.threads as i32);
        let (folder, device) = (self.arguments.data.folder(), self.device);
        let precision = record.numerics.precision;
        let library = self.libraries.entry(precision).or_insert_with(|| {
            Library::new(folder, compute_kind(precision), device, 1 << 30, |text| terminal::err(text))
        });
        let rows = measure_later(self.measure, record, self.store, library, device).map_err(|error| match error {
            ExecuteError::Store(StoreError::Damaged { path, reason }) if reason == "it is missing" => {
                InspectError::Refused(format!(
                    "stage {} cannot be measured: {} is gone, which `inspect clean` deletes. Train it again into another \
                     store, or measure before cleaning",
                    record.stage.short(),
                    path.display()
                ))
            }
            other => InspectError::Execute(other),
        })?;
        if rows.is_empty() {
            return Err(InspectError::Refused(format!(
                "{} looks at what happens while a network is trained, and stage {} was trained without it",
                self.measure.id(),
                record.stage.short()
            )));
        }
        self.store.add_measures(record.stage, &rows)?;
        self.taken += 1;
        Ok(rows)
    }
}

/// Means over seeds with their intervals.
fn summary(rows: &[RunMeasure]) -> String {
    let mut groups: Vec<([String; 5], Vec<f64>)> = Vec::new();
    let mut places: HashMap<[String; 5], usize> = HashMap::new();
    for row in rows {
        let key = [
            row.dataset.to_string(),
            row.condition.clone(),
            row.moment.to_string(),
            row.subject.clone(),
            row.name.clone(),
        ];
        let place = *places.entry(key.clone()).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(row.value);
    }
    let cells: Vec<Vec<String>> = groups
        .into_iter()
        .map(|(key, values)| {
            let middle = short(mean(&values).unwrap_or(f64::NAN));
            let interval = t_interval(&values, 0.95)
                .map_or_else(|_| "-".to_owned(), |i| format!("[{}, {}]", short(i.low), short(i.high)));
            key.into_iter().chain([values.len().to_string(), middle, interval]).collect()
        })
        .collect();
    let header = ["dataset", "condition", "moment", "subject", "name", "n", "mean", "95 % interval"];
    aligned(&header, &[false, false, false, false, false, true, true, true], &cells)
}
