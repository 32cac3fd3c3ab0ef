//! Learning curves through all tasks of each condition's path (Figure 10).

use std::collections::BTreeMap;

use paths::{DatasetName, Experiment};
use plotting::{Band, Curve, CurveDot, CurvesFigure, CurvesPanel, CurvesRow, Estimate, Scale};
use reports::RunTable;
use sequence::CurvePoint;

use super::note::note;
use super::violins::estimate;

/// What is shown of a row of the table.
type Of = fn(&CurvePoint) -> Option<f64>;

/// The lines of a panel of losses, and of one of accuracies.
const NAMES: [&str; 3] = ["training, over the epoch's batches", "validation, after the epoch", "standard test images"];
const LOSSES: [Of; 3] = [|p| p.train_loss, |p| p.validation_loss, |p| p.test_loss];
const ACCURACIES: [Of; 3] = [|p| p.train_accuracy, |p| p.validation_accuracy, |p| p.test_accuracy];

/// Losses of a condition that differ by more than this factor are laid along a logarithmic axis, and those of the others then, too.
const LOG_FROM: f64 = 20.0;

/// The figure of an experiment on one dataset.
pub(super) fn figure(
    experiment: &Experiment,
    table: &RunTable,
    points: &[CurvePoint],
    dataset: DatasetName,
) -> CurvesFigure {
    let conditions = experiment.baselines().chain(&experiment.conditions);
    let labels: Vec<&str> = conditions.map(|condition| condition.label.as_str()).collect();
    let title = format!("{}, {}", experiment.title, dataset.title());
    learning_curves(&title, &labels, points, dataset, note(experiment, table).as_deref())
}

/// Losses and accuracies over the epochs of all tasks: a row for each of `conditions`, of what `points` has of them on `dataset`.
pub fn learning_curves(
    title: &str,
    conditions: &[&str],
    points: &[CurvePoint],
    dataset: DatasetName,
    note: Option<&str>,
) -> CurvesFigure {
    let longest = conditions.iter().map(|condition| Path::of(points, dataset, condition).epochs()).max().unwrap_or(0);
    let mut rows: Vec<CurvesRow> = conditions
        .iter()
        .map(|condition| {
            let path = Path::of(points, dataset, condition);
            let losses = path.panel("Loss (nats)", &LOSSES, f64::INFINITY, longest);
            let accuracies = path.panel("Accuracy", &ACCURACIES, 1.0, longest);
            let n = path.runs.len();
            CurvesRow {
                title: Some(format!(
                    "{condition}, {}",
                    if n == 1 { "1 seed".to_owned() } else { format!("{n} seeds") }
                )),
                panels: vec![losses, accuracies],
            }
        })
        .collect();
    let logarithmic = rows.iter().any(|row| row.panels[0].scale == Scale::Log);
    for row in rows.iter_mut().filter(|_| logarithmic) {
        row.panels[0].scale = Scale::Log;
    }
    let method = "A mean goes as far as all seeds of the task do; thin curves go on. Intervals are cut at 0, and those of accuracies at 1. Epoch 0 of a task is the network before its first step, \
                  for which there is no training loss.";
    CurvesFigure {
        title: Some(title.to_owned()),
        names: NAMES.map(str::to_owned).to_vec(),
        rows,
        ribbon: "95 % interval of the mean over seeds".to_owned(),
        thin: "one seed".to_owned(),
        dot: "the epoch whose weights are handed on, of each seed".to_owned(),
        are_rings: true,
        mark: "an intervention".to_owned(),
        note: Some(note.map_or_else(|| method.to_owned(), |note| format!("{method} {note}"))),
    }
}

/// The runs of one condition: of each seed the points in their order.
struct Path<'a> {
    runs: BTreeMap<u64, Vec<&'a CurvePoint>>,
    /// Of each task, from the first: where its epoch 0 lies along the axis, and how many epochs it has room for.
    tasks: Vec<(f64, usize)>,
}

impl<'a> Path<'a> {
    fn of(points: &'a [CurvePoint], dataset: DatasetName, condition: &str) -> Self {
        let mut runs: BTreeMap<u64, Vec<&CurvePoint>> = BTreeMap::new();
        for point in points.iter().filter(|point| point.dataset == dataset && point.condition == condition) {
            runs.entry(point.seed).or_default().push(point);
        }
        let all = || runs.values().flatten();
        let mut tasks = Vec::new();
        let mut begins = 0.0;
        for task in 1..=all().map(|point| point.task).max().unwrap_or(0) {
            let epochs = all().filter(|point| point.task == task).map(|point| point.epoch).max().unwrap_or(0);
            tasks.push((begins, epochs));
            begins += epochs as f64;
        }
        Self { runs, tasks }
    }

    fn epochs(&self) -> usize {
        self.tasks.iter().map(|(_, epochs)| epochs).sum()
    }

    /// Where a point lies along the axis.
    fn place(&self, point: &CurvePoint) -> f64 {
        self.tasks[point.task - 1].0 + point.epoch as f64
    }

    /// `most` is the largest value there can be; the smallest is 0.
    fn panel(&self, y_label: &str, of: &[Of; 3], most: f64, longest: usize) -> CurvesPanel {
        let several = self.runs.len() > 1;
        let mut curves = Vec::new();
        for (name, &of) in of.iter().enumerate() {
            for (task, (begins, epochs)) in (1..).zip(&self.tasks) {
                if several {
                    curves.extend(self.runs.values().map(|run| self.of_run(run, task, name, of)));
                }
                let mut mean = self.mean(task, *begins, *epochs, name, of);
                // Student's interval may reach beyond what is possible.
                for (_, estimate) in &mut mean.points {
                    *estimate = Estimate { low: estimate.low.max(0.0), high: estimate.high.min(most), ..*estimate };
                }
                curves.push(mean);
            }
        }
        let values = || curves.iter().flat_map(|curve| &curve.points).map(|(_, estimate)| estimate.value);
        let (low, high) = values().fold((f64::INFINITY, 0.0f64), |(low, high), v| (low.min(v), high.max(v)));
        let dots = self.runs.values().flatten().filter(|point| point.carried).flat_map(|point| {
            let value = of[2](point);
            value.filter(|value| value.is_finite()).map(|y| CurveDot { name: 2, x: self.place(point), y })
        });
        let bands = self.tasks.iter().enumerate().map(|(at, (begins, epochs))| Band {
            from: *begins,
            to: begins + *epochs as f64,
            label: self.label(at + 1),
        });
        let before = |task: usize| self.runs.values().flatten().any(|p| p.task == task && !p.interventions.is_empty());
        let marks = self.tasks.iter().enumerate().filter(|(at, _)| before(at + 1)).map(|(_, (begins, _))| *begins);
        CurvesPanel {
            x_label: "Epoch".to_owned(),
            x_range: Some((0.0, longest as f64)),
            y_label: y_label.to_owned(),
            // Of an accuracy, a share, differences are what counts.
            scale: if most.is_infinite() && low > 0.0 && high > LOG_FROM * low { Scale::Log } else { Scale::Linear },
            bands: bands.collect(),
            dots: dots.collect(),
            marks: marks.collect(),
            curves,
            ..CurvesPanel::default()
        }
    }

    /// What the images of a task are, and its learning rate where that is not every task's.
    fn label(&self, task: usize) -> String {
        let points = || self.runs.values().flatten();
        let Some(of_task) = points().find(|point| point.task == task) else { return String::new() };
        let same = points().all(|point| point.lr == of_task.lr);
        if same { of_task.transform.clone() } else { format!("{}, lr {:e}", of_task.transform, of_task.lr) }
    }

    fn of_run(&self, run: &[&CurvePoint], task: usize, name: usize, of: Of) -> Curve {
        let points = run.iter().filter(|point| point.task == task).filter_map(|point| {
            let value = of(point).filter(|value| value.is_finite())?;
            Some((self.place(point), Estimate { value, low: value, high: value }))
        });
        Curve { name, is_thin: true, points: points.collect() }
    }

    /// The mean over seeds, as far as all of them have a value.
    fn mean(&self, task: usize, begins: f64, epochs: usize, name: usize, of: Of) -> Curve {
        let begun = self.runs.values().filter(|run| run.iter().any(|point| point.task == task)).count();
        let at = |epoch: usize| {
            let points = self.runs.values().flatten().filter(|point| point.task == task && point.epoch == epoch);
            let values: Vec<f64> = points.filter_map(|point| of(point)).filter(|value| value.is_finite()).collect();
            let estimate = (values.len() == begun).then(|| estimate(&values)).flatten()?;
            Some((begins + epoch as f64, estimate))
        };
        Curve { name, is_thin: false, points: (0..=epochs).filter_map(at).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(seed: u64, task: usize, epoch: usize, loss: f64) -> CurvePoint {
        CurvePoint {
            dataset: DatasetName::Mnist,
            condition: "a".into(),
            seed,
            task,
            epoch,
            transform: if task == 1 { "blur 0.25" } else { "standard" }.into(),
            lr: if task == 1 { 0.01 } else { 0.02 },
            interventions: if task == 2 { "bias_reset 0.01".into() } else { String::new() },
            train_loss: (epoch > 0).then_some(loss),
            train_accuracy: (epoch > 0).then_some(0.5),
            validation_loss: (epoch > 0).then_some(loss),
            validation_accuracy: (epoch > 0).then_some(0.5),
            test_loss: Some(loss),
            test_accuracy: Some(0.5),
            carried: epoch == 2,
        }
    }

    #[test]
    fn tasks_follow_one_another_and_a_mean_ends_where_a_seed_does() {
        let run = |seed, epochs: [usize; 2]| {
            [1, 2]
                .into_iter()
                .zip(epochs)
                .flat_map(move |(task, last)| (0..=last).map(move |e| point(seed, task, e, 1.0)))
        };
        let points: Vec<CurvePoint> = run(0, [2, 3]).chain(run(1, [4, 2])).collect();
        let figure = learning_curves("t", &["a"], &points, DatasetName::Mnist, None);
        let panel = &figure.rows[0].panels[0];
        let bands: Vec<_> = panel.bands.iter().map(|band| (band.from, band.to, band.label.as_str())).collect();
        assert_eq!(bands, [(0.0, 4.0, "blur 0.25, lr 1e-2"), (4.0, 7.0, "standard, lr 2e-2")]);
        assert_eq!(panel.marks, [4.0]);
        let means: Vec<Vec<f64>> = panel
            .curves
            .iter()
            .filter(|curve| !curve.is_thin && curve.name == 2)
            .map(|curve| curve.points.iter().map(|(x, _)| *x).collect())
            .collect();
        assert_eq!(means, [vec![0.0, 1.0, 2.0], vec![4.0, 5.0, 6.0]]);
        assert_eq!(panel.dots.iter().map(|dot| dot.x).collect::<Vec<_>>(), [2.0, 6.0, 2.0, 6.0]);
        plotting::lay_out_curves(&figure).unwrap();
    }

    #[test]
    fn losses_of_all_conditions_have_one_scale_and_accuracies_differences() {
        let mut points: Vec<CurvePoint> = (0..3).map(|epoch| point(0, 1, epoch, 1.0)).collect();
        let scales = |points: &[CurvePoint]| -> Vec<[Scale; 2]> {
            let figure = learning_curves("t", &["a", "b"], points, DatasetName::Mnist, None);
            figure.rows.iter().map(|row| [row.panels[0].scale, row.panels[1].scale]).collect()
        };
        assert_eq!(scales(&points), [[Scale::Linear; 2]; 2]);
        // One condition's losses fall far, and its accuracies rise as far.
        points.extend((0..3).map(|epoch| CurvePoint {
            condition: "b".into(),
            test_accuracy: Some(if epoch == 0 { 0.01 } else { 0.9 }),
            ..point(0, 1, epoch, if epoch == 2 { 0.01 } else { 1.0 })
        }));
        assert_eq!(scales(&points), [[Scale::Log, Scale::Linear]; 2]);
    }
}
