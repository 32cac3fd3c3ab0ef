//! Norms and activation statistics, layer by layer, at the start and the end of every task (Figure 8).

use paths::{DatasetName, Experiment};
use plotting::{Estimate, LayerGroup, Line, LinesFigure, LinesPanel, LinesRow, MOST_STROKES};
use sequence::{Look, RunMoment};
use statistics::{RunTable, mean, t_interval};
use training::{ActivationStatistics, Measurement, PROBE_IMAGES, ParameterKind};

use super::note;
use crate::output::OutputError;

/// A row of the figure: what is measured of each layer.
struct Measure {
    label: &'static str,
    /// The largest value there can be; the smallest is 0.
    most: f64,
    /// Every layer with its value, in depth order.
    of: fn(&Measurement) -> Vec<(&str, f64)>,
}

const MEASURES: [Measure; 4] = [
    Measure { label: "Mean |bias|", most: f64::INFINITY, of: |seen| parameters(seen, ParameterKind::is_bias) },
    Measure {
        label: "Mean |weight|",
        most: f64::INFINITY,
        of: |seen| parameters(seen, |kind| kind == ParameterKind::Weight),
    },
    Measure { label: "Mean output of the ReLU", most: f64::INFINITY, of: |seen| outputs(seen, |a| a.mean) },
    Measure { label: "Share of its outputs that are 0", most: 1.0, of: |seen| outputs(seen, |a| a.zero_share) },
];

/// Shown only where a channel is silent: rows of zeros say less than a sentence.
const SILENT: Measure =
    Measure { label: "Share of channels that never fire", most: 1.0, of: |seen| outputs(seen, |a| a.silent_share) };

fn outputs(seen: &Measurement, value: fn(&ActivationStatistics) -> f64) -> Vec<(&str, f64)> {
    seen.activations.iter().map(|a| (a.layer.as_str(), value(a))).collect()
}

fn parameters(seen: &Measurement, chosen: fn(ParameterKind) -> bool) -> Vec<(&str, f64)> {
    // The 1×1 convolutions of shortcuts have so few inputs that their weights would set the scale of all others.
    let of_main_path = seen.parameters.iter().filter(|p| !p.parameter.contains(".downsample."));
    let rows = of_main_path.filter(|p| chosen(ParameterKind::of(&p.parameter)));
    rows.map(|p| (p.parameter.as_str(), p.mean_abs)).collect()
}

pub(super) fn figure(experiment: &Experiment, table: &RunTable, looks: &[Look], dataset: DatasetName) -> LinesFigure {
    let looks: Vec<&Look> = looks.iter().filter(|look| look.dataset == dataset).collect();
    let moments = moments(experiment);
    let last_of_baseline = RunMoment::End(experiment.baseline.steps.len());
    let row = |measure: &Measure| {
        let groups = layer_groups(&looks, measure);
        let panel = |(index, moment): (usize, &RunMoment)| {
            let lines = experiment
                .conditions
                .iter()
                .map(|condition| {
                    let seen = of(&looks, &condition.label, *moment);
                    Line { failed: failed(table, dataset, &condition.label), ..line(&seen, measure) }
                })
                .collect();
            let baseline = of(&looks, &experiment.baseline.label, last_of_baseline);
            let reference = if index + 1 == moments.len() && !baseline.is_empty() {
                let values = line(&baseline, measure).values;
                values.into_iter().map(|value| value.map(|estimate| estimate.value)).collect()
            } else {
                Vec::new()
            };
            LinesPanel { title: None, lines, reference }
        };
        LinesRow {
            y_label: measure.label.to_owned(),
            groups,
            panels: moments.iter().enumerate().map(panel).collect(),
            ..LinesRow::default()
        }
    };
    let silent = looks.iter().flat_map(|look| &look.measurement.activations).any(|layer| layer.silent_share > 0.0);
    let images =
        format!("Outputs are those for {PROBE_IMAGES} standard test images, normalised by their own statistics");
    let never = if silent { "" } else { "; every channel fires for some of them, in every network" };
    let scale = note(experiment, table).map(|note| format!(" {note}")).unwrap_or_default();
    LinesFigure {
        title: Some(format!("{}, {}", experiment.title, dataset.title())),
        lines: experiment.conditions.iter().map(|condition| condition.label.clone()).collect(),
        columns: moments.iter().map(|moment| column(experiment, *moment)).collect(),
        rows: MEASURES.iter().chain(silent.then_some(&SILENT)).map(row).collect(),
        x_label: experiment.x_label.clone(),
        interval: "95 % interval of the mean over seeds".to_owned(),
        reference: format!("{} at its end", experiment.baseline.label),
        note: Some(format!(
            "{images}{never}. Shortcuts are left out. Intervals are cut at 0, and those of shares at 1.{scale}"
        )),
    }
}

/// Columns that fit a page.
const MOST_COLUMNS: usize = 6;

/// The moments that are shown: start and end of every task, or the ends alone where there is no room for both.
fn moments(experiment: &Experiment) -> Vec<RunMoment> {
    let tasks = tasks(experiment);
    if 2 * tasks > MOST_COLUMNS {
        return (1..=tasks).map(RunMoment::End).collect();
    }
    (1..=tasks).flat_map(|task| [RunMoment::Start(task), RunMoment::End(task)]).collect()
}

/// Tasks of the longest path.
fn tasks(experiment: &Experiment) -> usize {
    experiment.conditions.iter().map(|condition| condition.steps.len()).max().unwrap_or(0)
}

/// Refuses paths of more tasks, and more conditions, than the figure has room for.
///
/// # Errors
/// Says how many there may be.
pub(super) fn check(experiment: &Experiment) -> Result<(), OutputError> {
    if tasks(experiment) > MOST_COLUMNS {
        let (found, most) = (tasks(experiment), MOST_COLUMNS);
        return Err(OutputError::TooManyTasks { found, most });
    }
    if experiment.conditions.len() > MOST_STROKES {
        let (found, most) = (experiment.conditions.len(), MOST_STROKES);
        return Err(OutputError::TooManyConditions { found, most });
    }
    Ok(())
}

/// What a column is called; interventions come before a task's start.
fn column(experiment: &Experiment, moment: RunMoment) -> String {
    let reset = |task: usize| {
        let changes = |c: &paths::Condition| {
            let path = c.path(experiment.settings.datasets[0], &experiment.settings);
            path.get(task - 1).is_some_and(|step| !step.interventions.is_empty())
        };
        if experiment.conditions.iter().any(changes) { ", after any reset" } else { "" }
    };
    match moment {
        RunMoment::Initialisation => "Initialisation".to_owned(),
        RunMoment::Start(task) => format!("Start of task {task}{}", reset(task)),
        RunMoment::End(task) => format!("End of task {task}"),
    }
}

fn of<'a>(looks: &[&'a Look], condition: &str, moment: RunMoment) -> Vec<&'a Measurement> {
    let chosen = looks.iter().filter(|look| look.condition == condition && look.moment == moment);
    chosen.map(|look| &look.measurement).collect()
}

/// Runs of a condition that diverged.
fn failed(table: &RunTable, dataset: DatasetName, condition: &str) -> usize {
    let of_condition = |run: &&statistics::Run| run.dataset == dataset.id() && run.condition == condition;
    table.runs.iter().filter(of_condition).filter(|run| run.test_loss.is_none()).count()
}

/// The mean over seeds of each layer's value, with its interval.
fn line(seen: &[&Measurement], measure: &Measure) -> Line {
    let by_seed: Vec<Vec<(&str, f64)>> = seen.iter().map(|look| (measure.of)(look)).collect();
    let layers = by_seed.first().map_or(0, Vec::len);
    let estimate = |layer: usize| {
        let values: Vec<f64> = by_seed.iter().filter_map(|values| Some(values.get(layer)?.1)).collect();
        let value = mean(&values).ok()?;
        // One seed, or seeds that agree, have no interval. Student's may reach beyond what is possible.
        let (low, high) = t_interval(&values, 0.95).map_or((value, value), |interval| (interval.low, interval.high));
        let (low, high) = (low.max(0.0), high.min(measure.most));
        Some(Estimate { value, low, high })
    };
    Line { values: (0..layers).map(estimate).collect(), n: seen.len(), failed: 0 }
}

/// The layers of a measure by the part of the network that they belong to.
fn layer_groups(looks: &[&Look], measure: &Measure) -> Vec<LayerGroup> {
    let mut groups: Vec<LayerGroup> = Vec::new();
    let layers = looks.first().map(|look| (measure.of)(&look.measurement)).unwrap_or_default();
    for (layer, _) in layers {
        let label = part(layer);
        match groups.last_mut() {
            Some(group) if group.label == label => group.layers.push(layer.to_owned()),
            _ => groups.push(LayerGroup { label, layers: vec![layer.to_owned()] }),
        }
    }
    groups
}

/// The part of the ResNet that a parameter or a ReLU belongs to.
fn part(layer: &str) -> String {
    match layer.strip_prefix("layer").and_then(|rest| rest.chars().next()) {
        Some(stage) => format!("stage {stage}"),
        None if layer.starts_with("fc") => "fc".to_owned(),
        None => "stem".to_owned(),
    }
}
