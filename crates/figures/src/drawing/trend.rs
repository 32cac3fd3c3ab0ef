//! Values over a number: final results over what conditions differ in, or what each task ended with over the number of the task.

use paths::{Condition, DatasetName, Experiment};
use plotting::{Curve, CurvesFigure, CurvesPanel, CurvesRow, Estimate, MOST_STROKES};
use reports::{Run, RunTable};
use sequence::TaskRow;

use super::note::note;
use super::output::OutputError;
use super::violins::estimate;

/// A value of one run, at a place along x.
struct Value {
    seed: u64,
    x: f64,
    y: f64,
}

/// The values of one line of a panel.
struct Line {
    values: Vec<Value>,
    /// Whether it has one value for all places, as a baseline does.
    is_level: bool,
}

/// What a panel shows: the title of its value axis, the most that there can be, and the value.
struct Shown<T> {
    label: &'static str,
    most: f64,
    of: fn(&T) -> Option<f64>,
}

const RESULTS: [Shown<Run>; 2] = [
    Shown { label: "Final test loss (nats)", most: f64::INFINITY, of: |run| run.test_loss },
    Shown { label: "Final test accuracy", most: 1.0, of: |run| run.test_accuracy },
];

const OF_TASKS: [Shown<TaskRow>; 3] = [
    Shown { label: "Test accuracy on the task itself", most: 1.0, of: |row| Some(row.task_test_accuracy) },
    Shown { label: "Dormant units (share)", most: 1.0, of: |row| row.dormant_units },
    Shown { label: "Epochs to the best validation loss", most: f64::INFINITY, of: |row| Some(row.best_epoch as f64) },
];

/// Refuses conditions without a place, and more lines than can be told apart.
pub(super) fn check(experiment: &Experiment) -> Result<(), OutputError> {
    if let Some(condition) = experiment.conditions.iter().find(|condition| condition.place().is_none()) {
        return Err(OutputError::NoPlace(condition.label.clone()));
    }
    told_apart(experiment.baselines().count() + lines(experiment).len())
}

/// Refuses more conditions than can be told apart as lines.
pub(super) fn check_tasks(experiment: &Experiment) -> Result<(), OutputError> {
    told_apart(experiment.baselines().count() + experiment.conditions.len())
}

fn told_apart(found: usize) -> Result<(), OutputError> {
    let most = MOST_STROKES;
    if found > most { Err(OutputError::TooManyLines { found, most }) } else { Ok(()) }
}

/// The names of lines, in the order of their first conditions: with the network, where there are several.
fn lines(experiment: &Experiment) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for condition in &experiment.conditions {
        let name = line_of(condition);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn line_of(condition: &Condition) -> String {
    match condition.network {
        None => condition.line.clone(),
        Some(other) => format!("{}, {}", condition.line, other.network.title()),
    }
}

/// Final results over x, a row of panels a dataset.
pub(super) fn figure(experiment: &Experiment, table: &RunTable) -> CurvesFigure {
    let names = lines(experiment);
    let row = |&dataset: &DatasetName| {
        let runs = |label: &str| -> Vec<&Run> {
            table.runs.iter().filter(|run| run.dataset == dataset.id() && run.condition == label).collect()
        };
        let panel = |shown: &Shown<Run>| {
            let values = |condition: &Condition, x: f64| -> Vec<Value> {
                runs(&condition.label)
                    .into_iter()
                    .filter_map(|run| Some(Value { seed: run.seed, x, y: (shown.of)(run)? }))
                    .collect()
            };
            let of_line = |name: &String| {
                let conditions = experiment.conditions.iter().filter(|condition| line_of(condition) == *name);
                let of_points = conditions
                    .flat_map(|condition| condition.place().map(|x| values(condition, x)).unwrap_or_default());
                Line { values: of_points.collect(), is_level: false }
            };
            let baselines =
                experiment.baselines().map(|baseline| Line { values: values(baseline, 0.0), is_level: true });
            let lines: Vec<Line> = baselines.chain(names.iter().map(of_line)).collect();
            panel(&lines, &experiment.x_label, shown.label, shown.most)
        };
        CurvesRow { title: Some(title(experiment, table, dataset)), panels: RESULTS.iter().map(panel).collect() }
    };
    assemble(experiment, table, names.clone(), experiment.settings.datasets.iter().map(row).collect())
}

/// What each task ended with over its number, a row of panels a dataset.
pub(super) fn tasks(experiment: &Experiment, table: &RunTable, rows: &[TaskRow]) -> CurvesFigure {
    let names: Vec<String> = experiment.conditions.iter().map(|condition| condition.label.clone()).collect();
    let row = |&dataset: &DatasetName| {
        let panel = |shown: &Shown<TaskRow>| {
            let of = |condition: &Condition, is_level: bool| {
                let rows = rows.iter().filter(|row| row.dataset == dataset && row.condition == condition.label);
                let values =
                    rows.filter_map(|row| Some(Value { seed: row.seed, x: row.task as f64, y: (shown.of)(row)? }));
                Line { values: values.collect(), is_level }
            };
            let baselines = experiment.baselines().map(|baseline| of(baseline, baseline.steps.len() == 1));
            let lines: Vec<Line> = baselines.chain(experiment.conditions.iter().map(|c| of(c, false))).collect();
            panel(&lines, &experiment.x_label, shown.label, shown.most)
        };
        CurvesRow { title: Some(title(experiment, table, dataset)), panels: OF_TASKS.iter().map(panel).collect() }
    };
    assemble(experiment, table, names, experiment.settings.datasets.iter().map(row).collect())
}

/// A dataset, and how many runs with a result its conditions have.
fn title(experiment: &Experiment, table: &RunTable, dataset: DatasetName) -> String {
    let runs = |condition: &Condition| {
        let of =
            |run: &&Run| run.dataset == dataset.id() && run.condition == condition.label && run.test_loss.is_some();
        table.runs.iter().filter(of).count()
    };
    let counts = || experiment.conditions.iter().map(runs);
    let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
    let n = if least == most { most.to_string() } else { format!("{least} to {most}") };
    format!("{}, n = {n}", dataset.title())
}

fn assemble(experiment: &Experiment, table: &RunTable, names: Vec<String>, rows: Vec<CurvesRow>) -> CurvesFigure {
    let method =
        "Means over seeds with their 95 % intervals, cut where values end. A baseline has no x and is drawn all along.";
    CurvesFigure {
        title: Some(experiment.title.clone()),
        names: experiment.baselines().map(|baseline| baseline.label.clone()).chain(names).collect(),
        rows,
        ribbon: "95 % interval of the mean over seeds".to_owned(),
        thin: "one seed".to_owned(),
        note: Some(note(experiment, table).map_or_else(|| method.to_owned(), |note| format!("{method} {note}"))),
        ..CurvesFigure::default()
    }
}

fn panel(lines: &[Line], x_label: &str, y_label: &str, most: f64) -> CurvesPanel {
    let places = || lines.iter().filter(|line| !line.is_level).flat_map(|line| &line.values).map(|value| value.x);
    let (low, high) = places().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
    let margin = (high - low) * 0.03;
    let curves = lines.iter().enumerate().flat_map(|(name, line)| line.curves(name, (low, high), most));
    CurvesPanel {
        x_label: x_label.to_owned(),
        x_range: (low < high).then_some((low - margin, high + margin)),
        y_label: y_label.to_owned(),
        curves: curves.collect(),
        ..CurvesPanel::default()
    }
}

impl Line {
    /// A thin curve of each seed, where there are several, and that of their means; a level goes from one end of x to the other.
    fn curves(&self, name: usize, (low, high): (f64, f64), most: f64) -> Vec<Curve> {
        let mut seeds: Vec<u64> = self.values.iter().map(|value| value.seed).collect();
        seeds.sort_unstable();
        seeds.dedup();
        let mut xs: Vec<f64> = if self.is_level { vec![low, high] } else { self.values.iter().map(|v| v.x).collect() };
        xs.sort_by(f64::total_cmp);
        xs.dedup();
        let at = |x: f64| self.values.iter().filter(move |value| self.is_level || value.x == x);
        let exact = |y: f64| Estimate { value: y, low: y, high: y };
        let of_seed = |seed: &u64| {
            let value = |&x: &f64| at(x).find(|value| value.seed == *seed).map(|value| (x, exact(value.y)));
            Curve { name, is_thin: true, points: xs.iter().filter_map(value).collect() }
        };
        let mut curves: Vec<Curve> = if seeds.len() > 1 { seeds.iter().map(of_seed).collect() } else { Vec::new() };
        let mean = |&x: &f64| {
            let found = estimate(&at(x).map(|value| value.y).collect::<Vec<_>>())?;
            Some((x, Estimate { low: found.low.max(0.0), high: found.high.min(most), ..found }))
        };
        curves.push(Curve { name, is_thin: false, points: xs.iter().filter_map(mean).collect() });
        curves
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::ExperimentFile;

    fn experiment(conditions: &str) -> Experiment {
        let text = format!(
            "name = \"t\"\ntitle = \"t\"\nx_label = \"Epochs of blur\"\nfigure = {{ kind = \"trend\" }}\n\
             settings = {{ datasets = [\"mnist\"], seeds = 2 }}\n{conditions}"
        );
        ExperimentFile::parse(&text).unwrap().resolve(None, &[]).unwrap()
    }

    const LISTED: &str = "[[conditions]]\nlabel = \"{x} epochs\"\nline = \"blurred\"\n\
                          path = [{ blur = 0.25, max_epochs = [1, 4] }, {}]\n\
                          [[conditions]]\nlabel = \"none\"\nline = \"blurred\"\nx = 0\npath = [{}, {}]\n";

    fn means(panel: &CurvesPanel) -> Vec<&Curve> {
        panel.curves.iter().filter(|curve| !curve.is_thin).collect()
    }

    fn points(curve: &Curve) -> Vec<(f64, f64)> {
        curve.points.iter().map(|(x, estimate)| (*x, estimate.value)).collect()
    }

    #[test]
    fn conditions_are_points_of_their_line_and_the_baseline_is_drawn_all_along() {
        let csv = "dataset,condition,seed,test_loss,test_accuracy\nmnist,baseline,0,1,0.5\nmnist,baseline,1,1.2,0.5\n\
                   mnist,1 epochs,0,2,0.4\nmnist,1 epochs,1,2.2,0.4\nmnist,4 epochs,0,3,0.3\nmnist,none,0,1.5,0.5\n";
        let table = RunTable::from_csv(csv.into(), std::path::Path::new("runs.csv")).unwrap();
        let figure = figure(&experiment(LISTED), &table);
        assert_eq!(figure.names, ["baseline", "blurred"]);
        let panel = &figure.rows[0].panels[0];
        let [level, line] = means(panel)[..] else { panic!("{panel:?}") };
        assert_eq!(points(line), [(0.0, 1.5), (1.0, 2.1), (4.0, 3.0)]);
        assert_eq!(points(level), [(0.0, 1.1), (4.0, 1.1)]);
        let of_seed_0 = panel.curves.iter().find(|curve| curve.is_thin && curve.name == 1).unwrap();
        assert_eq!(points(of_seed_0), [(0.0, 1.5), (1.0, 2.0), (4.0, 3.0)]);
        plotting::lay_out_curves(&figure).unwrap();
    }

    #[test]
    fn a_condition_without_a_place_is_refused_before_it_is_trained() {
        check(&experiment(LISTED)).unwrap();
        let message = check(&experiment(&LISTED.replace("x = 0\n", ""))).unwrap_err().to_string();
        assert!(message.contains("\"none\" has no place on x"), "{message}");
        let of_tasks = "[[conditions]]\nlabel = \"blur N={n}\"\nfrom = { blur = 0.25 }\ntasks = [2, 3]\n";
        check(&experiment(of_tasks)).unwrap();
        let places: Vec<_> = experiment(of_tasks).conditions.iter().map(Condition::place).collect();
        assert_eq!(places, [Some(2.0), Some(3.0)]);
    }

    #[test]
    fn tasks_are_counted_along_the_path() {
        let row = |task: usize, accuracy: f64| TaskRow {
            dataset: DatasetName::Mnist,
            condition: "none".into(),
            seed: 0,
            task,
            task_dataset: DatasetName::Mnist,
            transform: "standard".into(),
            lr: 0.1,
            interventions: String::new(),
            epochs: 3,
            best_epoch: 2,
            train_loss: 0.1,
            task_test_loss: 0.2,
            task_test_accuracy: accuracy,
            test_loss: 0.2,
            test_accuracy: accuracy,
            dormant_units: None,
            effective_rank: None,
        };
        let csv = "dataset,condition,seed,test_loss\nmnist,none,0,0.2\n";
        let table = RunTable::from_csv(csv.into(), std::path::Path::new("runs.csv")).unwrap();
        let figure = tasks(&experiment(LISTED), &table, &[row(1, 0.9), row(2, 0.8)]);
        let panels = &figure.rows[0].panels;
        assert_eq!(points(means(&panels[0])[3]), [(1.0, 0.9), (2.0, 0.8)]);
        assert_eq!(points(means(&panels[1])[3]), []);
        plotting::lay_out_curves(&figure).unwrap();
    }
}
