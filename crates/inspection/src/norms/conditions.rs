//! The norms and activations of an experiment's conditions, side by side.

use paths::DatasetName;
use sequence::run_measures::{of_plan, to_csv};
use sequence::{RunMeasure, RunMoment};
use statistics::{mean, t_interval};
use training::{ACTIVATIONS, Input, Layout, MeasureRow, Moment, NORMS, layout};

use super::arguments::Arguments;
use super::look::{Look, Whole};
use crate::common::Chosen;
use crate::error::InspectError;
use crate::experiment;
use crate::number::short;
use crate::table::aligned;

const HEADER: [&str; 9] =
    ["dataset", "condition", "moment", "n", "weights L2", "biases L2", "mean |b|", "sparsity", "dead units"];

pub(super) fn text(arguments: &Arguments, chosen: Chosen<'_>) -> Result<String, InspectError> {
    let (experiment, plan) = experiment::plan(chosen)?;
    let keep = |row: &MeasureRow| {
        [NORMS, ACTIVATIONS].contains(&row.measure.as_str()) && !matches!(row.moment, Moment::Epoch(_))
    };
    let measures = of_plan(&plan, &arguments.store.open()?, keep)?;
    if measures.is_empty() {
        return Err(experiment::nothing(chosen));
    }
    if arguments.csv {
        return Ok(String::from_utf8_lossy(&to_csv(&measures)).into_owned());
    }
    let layout_of = |dataset: DatasetName, condition: &str| {
        let mut known = experiment.baselines().chain(&experiment.conditions);
        let model = known.find(|known| known.label == condition).map(|known| known.model(&experiment.settings));
        layout(&model.unwrap_or_else(|| experiment.settings.model()), Input::of(dataset))
    };
    let groups = groups(&measures, layout_of);
    if arguments.json {
        return Ok(json(&groups));
    }
    let rows: Vec<Vec<String>> = groups.iter().map(row).collect();
    let table = aligned(&HEADER, &[false, false, false, true, true, true, true, true, true], &rows);
    Ok(format!("{table}Means over seeds with 95 % Student's intervals; shares are means over the non-linearities.\n"))
}

/// The networks of one condition at one moment.
struct Group<'a> {
    dataset: DatasetName,
    condition: &'a str,
    moment: RunMoment,
    seeds: Vec<Whole>,
}

fn groups(measures: &[RunMeasure], layout_of: impl Fn(DatasetName, &str) -> Layout) -> Vec<Group<'_>> {
    type Key<'a> = (DatasetName, &'a str, RunMoment, u64);
    let mut looks: Vec<(Key<'_>, Look)> = Vec::new();
    for row in measures {
        let key: Key<'_> = (row.dataset, &row.condition, row.moment, row.seed);
        // Rows of a network at a moment stand together.
        if looks.last().is_none_or(|(last, _)| *last != key) {
            looks.push((key, Look::default()));
        }
        let (_, look) = looks.last_mut().expect("one was just put there");
        look.add(&row.measure, &row.subject, &row.name, row.value);
    }
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut layouts: Vec<((DatasetName, &str), Layout)> = Vec::new();
    for ((dataset, condition, moment, _), look) in looks {
        let key = (dataset, condition);
        if layouts.iter().all(|(known, _)| *known != key) {
            layouts.push((key, layout_of(dataset, condition)));
        }
        let (_, layout) = layouts.iter().find(|(known, _)| *known == key).expect("it was just put there");
        let whole = Whole::of(&look, layout);
        let same =
            |group: &&mut Group<'_>| (group.dataset, group.condition, group.moment) == (dataset, condition, moment);
        match groups.iter_mut().rfind(same) {
            Some(group) => group.seeds.push(whole),
            None => groups.push(Group { dataset, condition, moment, seeds: vec![whole] }),
        }
    }
    groups
}

type Measure = (&'static str, fn(&Whole) -> f64);

const MEASURES: [Measure; 5] = [
    ("weights_l2_norm", |w| w.weights.l2_norm),
    ("biases_l2_norm", |w| w.biases.l2_norm),
    ("biases_mean_abs", |w| w.biases.mean_abs),
    ("sparsity", |w| w.sparsity),
    ("dead_units", |w| w.dead_units),
];

fn row(group: &Group<'_>) -> Vec<String> {
    let estimate = |(_, measure): &Measure| {
        let values: Vec<f64> = group.seeds.iter().map(measure).collect();
        let middle = short(mean(&values).unwrap_or(f64::NAN));
        match t_interval(&values, 0.95) {
            Ok(interval) => format!("{middle} [{}, {}]", short(interval.low), short(interval.high)),
            Err(_) => middle,
        }
    };
    let first = [group.dataset.to_string(), group.condition.to_owned(), group.moment.to_string()];
    first.into_iter().chain([group.seeds.len().to_string()]).chain(MEASURES.iter().map(estimate)).collect()
}

fn json(groups: &[Group<'_>]) -> String {
    let rows: Vec<_> = groups
        .iter()
        .map(|group| {
            let measures: serde_json::Map<String, serde_json::Value> = MEASURES
                .iter()
                .map(|(name, measure)| {
                    let values: Vec<f64> = group.seeds.iter().map(measure).collect();
                    let interval = t_interval(&values, 0.95).ok().map(|i| [i.low, i.high]);
                    let mean = mean(&values).ok();
                    ((*name).to_owned(), serde_json::json!({ "mean": mean, "interval": interval, "values": values }))
                })
                .collect();
            serde_json::json!({
                "dataset": group.dataset.id(), "condition": group.condition, "moment": group.moment.to_string(),
                "n": group.seeds.len(), "measures": measures,
            })
        })
        .collect();
    serde_json::to_string_pretty(&rows).expect("groups are plain data") + "\n"
}
