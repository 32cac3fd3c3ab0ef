//! The norms and activations of one stage.

use sequence::Store;
use training::{Measurement, Moment};

use super::{Arguments, Whole, short};
use crate::table::aligned;
use crate::{InspectError, find_stage};

pub(super) fn text(arguments: &Arguments, prefix: &str) -> Result<String, InspectError> {
    let store = arguments.store.open()?;
    let id = find_stage(&store, prefix)?;
    if arguments.csv {
        let tables = store.measurement_tables(id)?;
        let bytes = if arguments.activations { tables.activations } else { tables.norms };
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    let looks = store.measurements(id)?;
    if arguments.json {
        return Ok(json(&looks));
    }
    let moment = moment(arguments, &store, id, &looks)?;
    let record = store.record(id)?.expect("a stage that was found has a record");
    let before = if record.interventions.is_empty() { "" } else { ", bias reset before it" };
    let mut text = format!(
        "Stage {}: {} of {}, seed {}, task {} of its path{before}.\n\nThe whole network\n",
        id.short(),
        record.task.transform,
        record.task.dataset,
        record.seed,
        record.position + 1
    );
    text.push_str(&whole(&looks, record.summary().map(|summary| Moment::Epoch(summary.carried_epoch))));
    let seen = looks.iter().find(|(at, _)| *at == moment).map(|(_, seen)| seen).expect("the moment was found");
    text.push_str(&format!("\nParameters, {}\n{}", title(moment), parameters(seen)));
    text.push_str(&format!("\nOutputs of ReLUs, {}\n{}", title(moment), activations(seen)));
    Ok(text)
}

/// The moment asked for, or that of the weights handed on.
fn moment(
    arguments: &Arguments,
    store: &Store,
    id: paths::StageId,
    looks: &[(Moment, Measurement)],
) -> Result<Moment, InspectError> {
    let carried = store.record(id)?.and_then(|record| Some(Moment::Epoch(record.summary()?.carried_epoch)));
    let wanted = arguments.moment.or(carried).or(looks.last().map(|(moment, _)| *moment)).unwrap_or(Moment::Start);
    if looks.iter().any(|(moment, _)| *moment == wanted) {
        return Ok(wanted);
    }
    let there: Vec<String> = looks.iter().map(|(moment, _)| moment.to_string()).collect();
    let text = format!("stage {} was not looked at then; there are {}", id.short(), there.join(", "));
    Err(InspectError::Refused(text))
}

fn title(moment: Moment) -> String {
    match moment {
        Moment::Received => "as received from the task before or the initialisation".into(),
        Moment::Start => "after the interventions, before the first step".into(),
        Moment::Epoch(epoch) => format!("after epoch {epoch}"),
    }
}

const WHOLE: [&str; 12] = [
    "moment",
    "weights L2",
    "mean |w|",
    "BN shifts L2",
    "mean |β|",
    "fc bias L2",
    "biases L2",
    "mean |b|",
    "all from initial",
    "from previous",
    "zero",
    "silent",
];

fn whole(looks: &[(Moment, Measurement)], carried: Option<Moment>) -> String {
    let rows: Vec<Vec<String>> = looks
        .iter()
        .map(|(moment, seen)| {
            let w = Whole::of(seen);
            let mark = if Some(*moment) == carried { " (handed on)" } else { "" };
            let numbers = [
                w.weights.l2,
                w.weights.mean_abs,
                w.shifts.l2,
                w.shifts.mean_abs,
                w.classifier.l2,
                w.biases.l2,
                w.biases.mean_abs,
                w.all.l2_from_initial,
                w.all.l2_from_previous,
            ];
            let shares = [w.zero_share, w.silent_share].map(percent);
            std::iter::once(format!("{moment}{mark}")).chain(numbers.map(short)).chain(shares).collect()
        })
        .collect();
    aligned(&WHOLE, &[false, true, true, true, true, true, true, true, true, true, true, true], &rows)
}

fn parameters(seen: &Measurement) -> String {
    let header = ["parameter", "elements", "L2", "mean |·|", "from initial", "from previous"];
    let rows: Vec<Vec<String>> = seen
        .parameters
        .iter()
        .map(|p| {
            let numbers = [p.l2, p.mean_abs, p.l2_from_initial, p.l2_from_previous].map(short);
            [p.parameter.clone(), p.elements.to_string()].into_iter().chain(numbers).collect()
        })
        .collect();
    aligned(&header, &[false, true, true, true, true, true], &rows)
}

fn activations(seen: &Measurement) -> String {
    let header = ["layer", "mean", "std", "zero", "silent"];
    let rows: Vec<Vec<String>> = seen
        .activations
        .iter()
        .map(|a| vec![a.layer.clone(), short(a.mean), short(a.std), percent(a.zero_share), percent(a.silent_share)])
        .collect();
    aligned(&header, &[false, true, true, true, true], &rows)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn json(looks: &[(Moment, Measurement)]) -> String {
    let looks: Vec<_> = looks
        .iter()
        .map(|(moment, seen)| {
            serde_json::json!({
                "moment": moment.to_string(), "parameters": seen.parameters, "activations": seen.activations,
            })
        })
        .collect();
    serde_json::to_string_pretty(&looks).expect("a look is plain data") + "\n"
}
