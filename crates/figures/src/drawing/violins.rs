//! Final test losses, a panel a dataset and row, and the epochs that the last task took.

use paths::{Condition, DatasetName, Experiment, SharedAxis};
use plotting::{Estimate, Group, Panel, Point, Reference, SharedY, ViolinFigure, ViolinPanel, most_groups};
use reports::{Quantity, RunTable};
use statistics::{mean, t_interval};

use super::note::note;

const TEST_LOSS: &str = "Final test loss";

pub(super) fn figure(experiment: &Experiment, table: &RunTable) -> ViolinFigure {
    let datasets = &experiment.settings.datasets;
    let rows = rows(experiment);
    let of_row = |row: Option<&str>| -> Vec<&Condition> {
        experiment.conditions.iter().filter(|c| c.row.as_deref() == row).collect()
    };
    // More conditions than fit beside one another go on in further rows of panels.
    let most = most_groups(datasets.len());
    let wraps = rows.iter().any(|&row| of_row(row).len() > most)
        || experiment.conditions.len() > most && experiment.figure.epochs_row;
    let mut panels: Vec<Panel> = Vec::new();
    for &row in &rows {
        let conditions = of_row(row);
        for (part, chunk) in chunks(&conditions, most).enumerate() {
            for &dataset in datasets {
                let title = row.map_or_else(|| dataset.title().to_owned(), |row| format!("{}, {row}", dataset.title()));
                panels.push(losses(experiment, table, dataset, chunk, continued(title, part)).into());
            }
        }
    }
    if experiment.figure.epochs_row {
        let conditions: Vec<&Condition> = experiment.conditions[1..].iter().collect();
        for (part, chunk) in chunks(&conditions, most).enumerate() {
            panels.extend(datasets.iter().map(|&dataset| epochs_panel(experiment, table, dataset, chunk, part)));
        }
    }
    let columns = match (datasets.len(), rows.len(), experiment.figure.epochs_row) {
        (many, ..) if wraps => Some(many),
        // Both measures of the only dataset stand side by side, and so do its rows.
        (1, 1, true) => Some(2),
        (1, ..) | (_, 1, false) => None,
        (many, ..) => Some(many),
    };
    let ratios = experiment.figure.epochs_row.then(|| "Means of ratios are geometric.".to_owned());
    let notes: Vec<String> = ratios.into_iter().chain(note(experiment, table)).collect();
    ViolinFigure {
        title: Some(experiment.title.clone()),
        panels,
        y_label: TEST_LOSS.to_owned(),
        x_label: experiment.x_label.clone(),
        shared_y: match experiment.figure.shared_axis() {
            SharedAxis::Dataset if datasets.len() == 1 => SharedY::All,
            // What goes on in a further row is read on the same axis.
            SharedAxis::None | SharedAxis::Row if wraps => SharedY::Columns,
            shared => shared_y(shared),
        },
        columns,
        note: (!notes.is_empty()).then(|| notes.join(" ")),
    }
}

/// The conditions in parts of nearly one size, each of at most `most`.
fn chunks<'c, 'a>(conditions: &'c [&'a Condition], most: usize) -> std::slice::Chunks<'c, &'a Condition> {
    let parts = conditions.len().div_ceil(most).max(1);
    conditions.chunks(conditions.len().div_ceil(parts).max(1))
}

/// The title of a panel that goes on where another ends.
fn continued(title: String, part: usize) -> String {
    if part == 0 { title } else { format!("{title}, continued") }
}

/// The rows that the conditions name, in their order.
pub(super) fn rows(experiment: &Experiment) -> Vec<Option<&str>> {
    let mut rows: Vec<Option<&str>> = Vec::new();
    for row in experiment.conditions.iter().map(|condition| condition.row.as_deref()) {
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}

/// Which panels share an axis where columns are datasets.
pub(super) fn shared_y(shared: SharedAxis) -> SharedY {
    match shared {
        SharedAxis::None => SharedY::Never,
        SharedAxis::Dataset => SharedY::Columns,
        SharedAxis::Row => SharedY::Rows,
        SharedAxis::All => SharedY::All,
    }
}

/// The final test losses of `conditions` on one dataset, with the baseline's mean.
pub(super) fn losses(
    experiment: &Experiment,
    table: &RunTable,
    dataset: DatasetName,
    conditions: &[&Condition],
    title: String,
) -> ViolinPanel {
    let of = |label: &str, tick: &str| of_condition(table, dataset, label, tick, |run| run.test_loss);
    let baseline = conditions.first().map_or(&experiment.baseline, |condition| experiment.baseline_of(condition));
    let label = &baseline.label;
    ViolinPanel {
        title,
        least: Some(0.0),
        groups: conditions.iter().map(|condition| of(&condition.label, condition.tick())).collect(),
        reference: reference(experiment, baseline, of(label, label)),
        join_seeds: experiment.figure.join_seeds,
        ..ViolinPanel::default()
    }
}

/// The baseline's mean as a line: of as many of its first seeds as the settings say, the paper's being of three.
fn reference(experiment: &Experiment, baseline: &Condition, runs: Group) -> Option<Reference> {
    let mut first = runs.points.clone();
    first.sort_by_key(|point| point.seed);
    first.truncate(experiment.settings.line_seeds.of(first.len()));
    let value = mean(&first.iter().map(|point| point.value).collect::<Vec<_>>()).ok()?;
    let of = if first.len() < runs.points.len() { " of the first seeds" } else { "" };
    let label = format!("{} mean{of}", baseline.label);
    Some(Reference { value, label, n: Some(first.len()), runs: Some(runs) })
}

/// The epochs until the best validation loss on the last task, as multiples of what the first condition took from the same
/// seed.
fn epochs_panel(
    experiment: &Experiment,
    table: &RunTable,
    dataset: DatasetName,
    conditions: &[&Condition],
    part: usize,
) -> Panel {
    let first = &experiment.conditions[0];
    let epochs = |label: &str, seed: u64| {
        let mut runs = table.runs.iter().filter(|run| run.dataset == dataset.id());
        runs.find(|run| run.condition == label && run.seed == seed)?.value(Quantity::BestEpoch).filter(|&e| e > 0.0)
    };
    let group = |condition: &&Condition| {
        let relative = |run: &reports::Run| Some(run.value(Quantity::BestEpoch)? / epochs(&first.label, run.seed)?);
        let group = of_condition(table, dataset, &condition.label, condition.tick(), relative);
        let mean = geometric(&group.points);
        Group { mean, ..group }
    };
    ViolinPanel {
        title: continued(dataset.title().to_owned(), part),
        y_label: Some(format!("Epochs to the best validation loss, relative to {}", first.tick())),
        least: Some(0.0),
        groups: conditions.iter().map(group).collect(),
        reference: Some(Reference {
            value: 1.0,
            label: format!("as many as {}", first.tick()),
            ..Reference::default()
        }),
        join_seeds: experiment.figure.join_seeds,
        ..ViolinPanel::default()
    }
    .into()
}

/// The values of a condition's runs that have one, with their mean and its interval, and how many runs failed: those without a test
/// loss.
fn of_condition(
    table: &RunTable,
    dataset: DatasetName,
    label: &str,
    tick: &str,
    value: impl Fn(&reports::Run) -> Option<f64>,
) -> Group {
    let runs: Vec<_> = table.runs.iter().filter(|r| r.dataset == dataset.id() && r.condition == label).collect();
    let points: Vec<Point> = runs.iter().filter_map(|run| Some(Point { seed: run.seed, value: value(run)? })).collect();
    let failed = runs.iter().filter(|run| run.test_loss.is_none()).count();
    let values: Vec<f64> = points.iter().map(|point| point.value).collect();
    Group { label: tick.to_owned(), points, failed, mean: estimate(&values) }
}

/// The geometric mean of ratios with its 95 % interval, as the ledger of claims has it: half as many and twice as many are on average as
/// many.
fn geometric(ratios: &[Point]) -> Option<Estimate> {
    let logarithms: Vec<f64> = ratios.iter().map(|point| point.value.ln()).collect();
    let Estimate { value, low, high } = estimate(&logarithms)?;
    Some(Estimate { value: value.exp(), low: low.exp(), high: high.exp() })
}

/// The mean with its 95 % interval; one run, and runs that agree, have none.
pub(super) fn estimate(values: &[f64]) -> Option<Estimate> {
    let value = mean(values).ok()?;
    let (low, high) = t_interval(values, 0.95).map_or((value, value), |interval| (interval.low, interval.high));
    Some(Estimate { value, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_as_many_and_twice_as_many_are_on_average_as_many() {
        let points = [0.5, 2.0, 1.0].map(|value| Point { seed: 0, value });
        let mean = geometric(&points).unwrap();
        assert!((mean.value - 1.0).abs() < 1e-12 && (mean.low * mean.high - 1.0).abs() < 1e-12, "{mean:?}");
        assert_eq!(geometric(&[]), None);
    }
}
