//! The norms and activations of one stage.

use training::{ACTIVATIONS, Input, Layout, MeasureRow, Moment, NORMS, layout, measures_to_csv};

use super::arguments::Arguments;
use super::look::{Look, Whole};
use crate::common::find_stage;
use crate::error::InspectError;
use crate::number::{percent, short};
use crate::table::aligned;

pub(super) fn text(arguments: &Arguments, prefix: &str) -> Result<String, InspectError> {
    let store = arguments.store.open()?;
    let id = find_stage(&store, prefix)?;
    let mut rows: Vec<MeasureRow> = Vec::new();
    for measure in [NORMS, ACTIVATIONS] {
        rows.extend(store.measure(id, measure)?.unwrap_or_default());
    }
    if arguments.csv {
        return Ok(String::from_utf8_lossy(&measures_to_csv(&rows)).into_owned());
    }
    if arguments.json {
        return Ok(json(&rows));
    }
    let record = store.record(id)?.expect("a stage that was found has a record");
    let looks = looks(&rows);
    let moment = arguments.moment;
    let Some((_, look)) = looks.iter().find(|(at, _)| *at == moment) else {
        let there: Vec<String> = looks.iter().map(|(moment, _)| moment.to_string()).collect();
        let text = format!("stage {} was not looked at then; there are {}", id.short(), there.join(", "));
        return Err(InspectError::Refused(text));
    };
    let layout = layout(&record.model, Input::of(record.task.dataset));
    let interventions: Vec<String> = record.interventions.iter().map(ToString::to_string).collect();
    let before =
        if interventions.is_empty() { String::new() } else { format!(", {} before it", interventions.join(", ")) };
    let mut text = format!(
        "Stage {}: {} of {}, {}, seed {}, task {} of its path{before}.\n\nThe whole network\n",
        id.short(),
        record.task.transform,
        record.task.dataset,
        record.model.network.title(),
        record.seed,
        record.position + 1
    );
    let carried = record.summary().map(|summary| Moment::Epoch(summary.carried_epoch));
    text.push_str(&whole(&looks, &layout, carried));
    text.push_str(&format!("\nParameters, {}\n{}", title(moment), parameters(look, &layout)));
    text.push_str(&format!("\nOutputs of non-linearities, {}\n{}", title(moment), activations(look, &layout)));
    Ok(text)
}

/// The rows by moment, in the order of moments.
fn looks(rows: &[MeasureRow]) -> Vec<(Moment, Look)> {
    let mut looks = std::collections::BTreeMap::<Moment, Look>::new();
    for row in rows {
        looks.entry(row.moment).or_default().add(&row.measure, &row.subject, &row.name, row.value);
    }
    looks.into_iter().collect()
}

fn title(moment: Moment) -> String {
    match moment {
        Moment::Received => "as received from the task before or the initialisation".into(),
        Moment::Start => "after the interventions, before the first step".into(),
        Moment::Epoch(epoch) => format!("after epoch {epoch}"),
        Moment::End => "with the weights that are handed on".into(),
    }
}

const WHOLE: [&str; 12] = [
    "moment",
    "weights L2",
    "mean |w|",
    "norm shifts L2",
    "mean |β|",
    "classifier bias L2",
    "biases L2",
    "mean |b|",
    "from initialisation",
    "from previous task",
    "sparsity",
    "dead units",
];

fn whole(looks: &[(Moment, Look)], layout: &Layout, carried: Option<Moment>) -> String {
    // The end is the epoch whose weights are handed on, where that was looked at.
    let repeated = looks.iter().any(|(moment, _)| Some(*moment) == carried);
    let shown = looks.iter().filter(|(moment, _)| !(repeated && *moment == Moment::End));
    let rows: Vec<Vec<String>> = shown
        .map(|(moment, look)| {
            let w = Whole::of(look, layout);
            let mark = if Some(*moment) == carried { " (handed on)" } else { "" };
            let numbers = [
                w.weights.l2_norm,
                w.weights.mean_abs,
                w.shifts.l2_norm,
                w.shifts.mean_abs,
                w.classifier.l2_norm,
                w.biases.l2_norm,
                w.biases.mean_abs,
                w.all.distance_from_initialisation,
                w.all.distance_from_previous_task,
            ];
            let shares = [w.sparsity, w.dead_units].map(percent);
            std::iter::once(format!("{moment}{mark}")).chain(numbers.map(short)).chain(shares).collect()
        })
        .collect();
    aligned(&WHOLE, &[false, true, true, true, true, true, true, true, true, true, true, true], &rows)
}

fn parameters(look: &Look, layout: &Layout) -> String {
    let header = ["parameter", "elements", "L2", "mean |·|", "from initialisation", "from previous task"];
    let names = ["l2_norm", "mean_abs", "distance_from_initialisation", "distance_from_previous_task"];
    let rows: Vec<Vec<String>> = layout
        .parameters
        .iter()
        .map(|place| {
            let numbers = names.map(|name| short(look.norm(&place.name, name)));
            [place.name.clone(), place.elements.to_string()].into_iter().chain(numbers).collect()
        })
        .collect();
    aligned(&header, &[false, true, true, true, true, true], &rows)
}

fn activations(look: &Look, layout: &Layout) -> String {
    let header = ["layer", "mean", "std", "sparsity", "dead units"];
    let rows: Vec<Vec<String>> = layout
        .activations
        .iter()
        .map(|layer| {
            let of = |name: &str| look.activation(&layer.name, name);
            let numbers = [short(of("mean")), short(of("std")), percent(of("sparsity")), percent(of("dead_units"))];
            std::iter::once(layer.name.clone()).chain(numbers).collect()
        })
        .collect();
    aligned(&header, &[false, true, true, true, true], &rows)
}

fn json(rows: &[MeasureRow]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "moment": row.moment.to_string(), "measure": row.measure, "subject": row.subject, "name": row.name,
                "value": row.value,
            })
        })
        .collect();
    serde_json::to_string_pretty(&rows).expect("rows are plain data") + "\n"
}
