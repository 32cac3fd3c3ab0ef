//! Norms and activation statistics, layer by layer, at the start and the end of every task (Figure 8).

use std::collections::HashMap;

use paths::{DatasetName, Experiment};
use plotting::{Estimate, LayerGroup, Line, LinesFigure, LinesPanel, LinesRow, MOST_STROKES};
use reports::RunTable;
use sequence::{RunMeasure, RunMoment};
use training::{ACTIVATIONS, Input, Layout, MeasureRow, Moment, NORMS, PROBE_IMAGES, ParameterKind, layout};

use super::note::note;
use super::output::OutputError;
use super::violins::estimate;

/// Whether the figure's table has a row of a stage's measures.
pub(crate) fn keep(row: &MeasureRow) -> bool {
    [NORMS, ACTIVATIONS].contains(&row.measure.as_str()) && !matches!(row.moment, Moment::Epoch(_))
}

/// A row of the figure: what is measured of each layer.
struct Measure {
    label: &'static str,
    measure: &'static str,
    name: &'static str,
    /// The largest value there can be; the smallest is 0.
    most: f64,
    of: Subjects,
}

/// What a measure is of.
#[derive(Clone, Copy)]
enum Subjects {
    /// Parameters of the main path of these kinds.
    Parameters(fn(ParameterKind) -> bool),
    /// Every non-linearity.
    Activations,
}

const MEASURES: [Measure; 4] = [
    Measure {
        label: "Mean |bias|",
        measure: NORMS,
        name: "mean_abs",
        most: f64::INFINITY,
        of: Subjects::Parameters(ParameterKind::is_bias),
    },
    Measure {
        label: "Mean |weight|",
        measure: NORMS,
        name: "mean_abs",
        most: f64::INFINITY,
        of: Subjects::Parameters(ParameterKind::is_weight),
    },
    Measure {
        label: "Mean output of the ReLU",
        measure: ACTIVATIONS,
        name: "mean",
        most: f64::INFINITY,
        of: Subjects::Activations,
    },
    Measure {
        label: "Sparsity: share of its outputs that are 0",
        measure: ACTIVATIONS,
        name: "sparsity",
        most: 1.0,
        of: Subjects::Activations,
    },
];

/// Shown only where a unit is dead: rows of zeros say less than a sentence.
const DEAD: Measure = Measure {
    label: "Share of dead units",
    measure: ACTIVATIONS,
    name: "dead_units",
    most: 1.0,
    of: Subjects::Activations,
};

impl Subjects {
    /// The names of what is measured and the part of the network that each belongs to, in depth order. The 1×1 convolutions of
    /// shortcuts have so few inputs that their weights would set the scale of all others, so shortcuts are left out.
    fn list(self, layout: &Layout) -> Vec<(&str, &str)> {
        match self {
            Self::Parameters(chosen) => {
                let places = layout.parameters.iter().filter(|place| !place.shortcut && chosen(place.kind));
                places.map(|place| (place.name.as_str(), place.part.as_str())).collect()
            }
            Self::Activations => layout.activations.iter().map(|a| (a.name.as_str(), a.part.as_str())).collect(),
        }
    }
}

/// Where a value was measured: condition, moment, measure, subject and name.
type Place<'a> = (&'a str, RunMoment, &'a str, &'a str, &'a str);

/// The values by seed.
struct Found<'a>(HashMap<Place<'a>, Vec<(u64, f64)>>);

impl<'a> Found<'a> {
    fn of(measures: &'a [RunMeasure], dataset: DatasetName) -> Self {
        let mut found: HashMap<_, Vec<(u64, f64)>> = HashMap::new();
        for row in measures.iter().filter(|row| row.dataset == dataset) {
            let key =
                (row.condition.as_str(), row.moment, row.measure.as_str(), row.subject.as_str(), row.name.as_str());
            found.entry(key).or_default().push((row.seed, row.value));
        }
        Self(found)
    }

    fn values(&self, condition: &'a str, moment: RunMoment, measure: &Measure, subject: &'a str) -> &[(u64, f64)] {
        self.0.get(&(condition, moment, measure.measure, subject, measure.name)).map_or(&[], Vec::as_slice)
    }

    /// The mean over seeds of each layer's value, with its interval.
    fn line(&self, condition: &'a str, moment: RunMoment, measure: &Measure, layout: &'a Layout) -> Line {
        line(measure, layout, |subject| {
            let values = self.values(condition, moment, measure, subject).iter().map(|pair| pair.1).collect();
            // Student's interval may reach beyond what is possible.
            (values, (0.0, measure.most))
        })
    }

    /// The mean over shared seeds of each layer's difference to `other`, with its interval.
    fn difference(
        &self,
        (condition, other): (&'a str, &'a str),
        moment: RunMoment,
        measure: &Measure,
        layout: &'a Layout,
    ) -> Line {
        line(measure, layout, |subject| {
            let others = self.values(other, moment, measure, subject);
            let of = |(seed, value): &(u64, f64)| Some(value - others.iter().find(|(other, _)| other == seed)?.1);
            let values = self.values(condition, moment, measure, subject).iter().filter_map(of).collect();
            (values, (f64::NEG_INFINITY, f64::INFINITY))
        })
    }

    /// Whether some unit is dead in some network.
    fn any_dead(&self) -> bool {
        let dead = |(key, values): (&Place<'_>, &Vec<(u64, f64)>)| {
            (key.2, key.4) == (DEAD.measure, DEAD.name) && values.iter().any(|(_, value)| *value > 0.0)
        };
        self.0.iter().any(dead)
    }
}

/// A line through the means of each layer's values, their intervals cut at the least and the most there can be.
fn line<'a>(measure: &Measure, layout: &'a Layout, values: impl Fn(&'a str) -> (Vec<f64>, (f64, f64))) -> Line {
    let subjects = measure.of.list(layout);
    let estimated = |subject: &'a str| {
        let (values, (least, most)) = values(subject);
        estimate(&values).map(|e| Estimate { low: e.low.max(least), high: e.high.min(most), ..e })
    };
    let n = subjects.first().map_or(0, |(subject, _)| values(subject).0.len());
    Line { values: subjects.iter().map(|(subject, _)| estimated(subject)).collect(), n, failed: 0 }
}

pub(super) fn figure(
    experiment: &Experiment,
    table: &RunTable,
    measures: &[RunMeasure],
    dataset: DatasetName,
) -> LinesFigure {
    let found = Found::of(measures, dataset);
    let layout = layout(&experiment.settings.model(), Input::of(dataset));
    let moments = moments(experiment);
    let last_of_baseline = RunMoment::End(experiment.baseline.steps.len());
    let row = |measure: &Measure| {
        let panel = |(index, moment): (usize, &RunMoment)| {
            let lines = experiment
                .conditions
                .iter()
                .map(|condition| {
                    let line = found.line(&condition.label, *moment, measure, &layout);
                    Line { failed: failed(table, dataset, &condition.label), ..line }
                })
                .collect();
            let baseline = found.line(&experiment.baseline.label, last_of_baseline, measure, &layout);
            let reference = if index + 1 == moments.len() && baseline.n > 0 {
                baseline.values.into_iter().map(|value| value.map(|estimate| estimate.value)).collect()
            } else {
                Vec::new()
            };
            LinesPanel { title: None, lines, reference }
        };
        LinesRow {
            y_label: measure.label.to_owned(),
            groups: layer_groups(&measure.of.list(&layout)),
            panels: moments.iter().enumerate().map(panel).collect(),
            ..LinesRow::default()
        }
    };
    // Levels lie on one another: what an intervention changes is seen in the differences, seed by seed.
    let first = &experiment.conditions[0].label;
    let differences = |measure: &Measure| {
        let panel = |moment: &RunMoment| {
            let to_first = |condition: &paths::Condition| {
                if condition.label == *first {
                    return Line::default();
                }
                found.difference((&condition.label, first), *moment, measure, &layout)
            };
            let lines: Vec<Line> = experiment.conditions.iter().map(to_first).collect();
            LinesPanel { lines, ..LinesPanel::default() }
        };
        LinesRow {
            y_label: format!("minus {first}"),
            groups: layer_groups(&measure.of.list(&layout)),
            panels: moments.iter().map(panel).collect(),
            zero: true,
            ..LinesRow::default()
        }
    };
    let compared = experiment.conditions.len() > 1;
    let rows = |measure: &Measure| std::iter::once(row(measure)).chain(compared.then(|| differences(measure)));
    let dead = found.any_dead();
    let normalised = layout.parameters.iter().any(|place| place.kind == ParameterKind::NormScale);
    let own = if normalised { ", normalised by their own statistics" } else { "" };
    let images = format!("Outputs are those for {PROBE_IMAGES} standard test images{own}");
    let never = if dead { "" } else { "; no unit is dead, in any network" };
    let scale = note(experiment, table).map(|note| format!(" {note}")).unwrap_or_default();
    LinesFigure {
        title: Some(format!("{}, {}", experiment.title, dataset.title())),
        lines: experiment.conditions.iter().map(|condition| condition.label.clone()).collect(),
        columns: moments.iter().map(|moment| column(experiment, *moment)).collect(),
        rows: MEASURES.iter().chain(dead.then_some(&DEAD)).flat_map(rows).collect(),
        x_label: experiment.x_label.clone(),
        interval: "95 % interval of the mean over seeds".to_owned(),
        reference: format!("{} at its end", experiment.baseline.label),
        note: Some(format!(
            "{images}{never}. Shortcuts are left out. Intervals of levels are cut at 0, and those of shares at 1. Rows \"minus {first}\" \
             are differences of runs of one seed.{scale}"
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
        RunMoment::Epoch(task, epoch) => format!("Epoch {epoch} of task {task}"),
        RunMoment::End(task) => format!("End of task {task}"),
    }
}

/// Runs of a condition that diverged.
fn failed(table: &RunTable, dataset: DatasetName, condition: &str) -> usize {
    let of_condition = |run: &&reports::Run| run.dataset == dataset.id() && run.condition == condition;
    table.runs.iter().filter(of_condition).filter(|run| run.test_loss.is_none()).count()
}

/// The layers by the part of the network that they belong to.
fn layer_groups(layers: &[(&str, &str)]) -> Vec<LayerGroup> {
    let mut groups: Vec<LayerGroup> = Vec::new();
    for (layer, part) in layers {
        match groups.last_mut() {
            Some(group) if group.label == *part => group.layers.push((*layer).to_owned()),
            _ => groups.push(LayerGroup { label: (*part).to_owned(), layers: vec![(*layer).to_owned()] }),
        }
    }
    groups
}
