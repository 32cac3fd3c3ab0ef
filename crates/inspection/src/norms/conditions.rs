//! The norms and activations of a figure's conditions, side by side.

use paths::DatasetName;
use sequence::looks::{of_plan, to_tables};
use sequence::{Look, Plan, RunMoment};
use statistics::{mean, t_interval};

use super::{Arguments, Whole, short};
use crate::InspectError;
use crate::table::aligned;

const HEADER: [&str; 9] =
    ["dataset", "condition", "moment", "n", "weights L2", "biases L2", "mean |b|", "zero outputs", "silent channels"];

pub(super) fn text(arguments: &Arguments, figure: u8) -> Result<String, InspectError> {
    let refuse = |text: String| InspectError::Refused(text);
    let scale = arguments.scale.as_deref().unwrap_or("demo");
    let experiment = figures::experiment(figure, scale)
        .ok_or_else(|| refuse(format!("no training is behind Figure {figure}; allowed: 3, 4, 5, 6, 8")))?
        .map_err(|e| refuse(e.to_string()))?;
    let plan = Plan::new(&experiment);
    let looks = of_plan(&plan, &arguments.store.open()?)?;
    if looks.is_empty() {
        return Err(refuse(format!(
            "nothing of Figure {figure} at {scale} scale is trained; `cargo xtask figure {figure} -- --scale {scale}` does it"
        )));
    }
    if arguments.csv {
        let tables = to_tables(&looks);
        let bytes = if arguments.activations { tables.activations } else { tables.norms };
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    let groups = groups(&looks);
    if arguments.json {
        return Ok(json(&groups));
    }
    let rows: Vec<Vec<String>> = groups.iter().map(row).collect();
    let table = aligned(&HEADER, &[false, false, false, true, true, true, true, true, true], &rows);
    Ok(format!("{table}Means over seeds with 95 % Student's intervals; shares are means over the ReLUs.\n"))
}

/// The looks of one condition at one moment.
struct Group<'a> {
    dataset: DatasetName,
    condition: &'a str,
    moment: RunMoment,
    seeds: Vec<Whole>,
}

fn groups(looks: &[Look]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for look in looks {
        let key = (look.dataset, look.condition.as_str(), look.moment);
        let known = groups.iter_mut().rfind(|group| (group.dataset, group.condition, group.moment) == key);
        let whole = Whole::of(&look.measurement);
        match known {
            Some(group) => group.seeds.push(whole),
            None => groups.push(Group { dataset: key.0, condition: key.1, moment: key.2, seeds: vec![whole] }),
        }
    }
    groups
}

type Measure = (&'static str, fn(&Whole) -> f64);

const MEASURES: [Measure; 5] = [
    ("weights_l2", |w| w.weights.l2),
    ("biases_l2", |w| w.biases.l2),
    ("biases_mean_abs", |w| w.biases.mean_abs),
    ("zero_share", |w| w.zero_share),
    ("silent_share", |w| w.silent_share),
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
