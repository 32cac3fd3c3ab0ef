//! What section 7 of the paper supposes, over the epochs of the tasks and beside the final gap (Figure 9).

use std::collections::BTreeMap;

use paths::{DatasetName, Experiment};
use plotting::{Band, Curve, CurveDot, CurvesFigure, CurvesPanel, CurvesRow, Estimate, MOST_STROKES, Scale};
use reports::{Cause, Quantity, RunTable};
use sequence::{RunMeasure, RunMoment};
use statistics::spearman_within;
use training::{DISPLACEMENT, MeasureRow, SHARPNESS, TANGENT_KERNEL, TEST_CURVE, UPDATES};

use super::note::note;
use super::output::OutputError;
use super::violins::estimate;

/// A row of the figure: one supposition.
struct Row {
    title: &'static str,
    cause: Cause,
    /// The value axis of what is seen over epochs.
    label: &'static str,
    /// The axis of what is seen at the end of the last task, beside the gap.
    end_label: &'static str,
    /// The measure and its number over epochs.
    over_epochs: (&'static str, &'static str),
    /// Whether the number is of single epochs and is summed up from the start of each task.
    is_summed: bool,
    /// Whether the number at the start of a task is 0 by definition.
    starts_at_zero: bool,
    /// Whether the end is shown as the difference to the baseline of the same seed.
    is_gap: bool,
    scale: Scale,
}

const ROWS: [Row; 5] = [
    Row {
        title: "Length of the path of updates",
        cause: Cause::PathLength,
        label: "Σ‖Δθ‖ since the task began",
        end_label: "Σ‖Δθ‖ in the last task",
        over_epochs: (UPDATES, "path_length"),
        is_summed: true,
        starts_at_zero: true,
        is_gap: false,
        scale: Scale::Linear,
    },
    Row {
        title: "Sharpness",
        cause: Cause::Sharpness,
        label: "Largest eigenvalue of the Hessian",
        end_label: "Largest eigenvalue at the end",
        over_epochs: (SHARPNESS, "eigenvalue_1"),
        is_summed: false,
        starts_at_zero: false,
        is_gap: false,
        scale: Scale::Log,
    },
    Row {
        title: "Movement of the tangent kernel",
        cause: Cause::KernelDistance,
        label: "Distance from the kernel received",
        end_label: "Distance in the last task",
        over_epochs: (TANGENT_KERNEL, "distance_from_received"),
        is_summed: false,
        starts_at_zero: false,
        is_gap: false,
        scale: Scale::Linear,
    },
    Row {
        title: "Displacement of the parameters",
        cause: Cause::Displacement,
        label: "‖θ − θ₀‖ / ‖θ₀‖",
        end_label: "‖θ − θ₀‖ / ‖θ₀‖ in the last task",
        over_epochs: (DISPLACEMENT, "relative_displacement"),
        is_summed: false,
        starts_at_zero: false,
        is_gap: false,
        scale: Scale::Linear,
    },
    Row {
        title: "Calibration",
        cause: Cause::LossAtBestTemperature,
        label: "Test loss (nats)",
        end_label: "Gap at the best temperature (nats)",
        over_epochs: (TEST_CURVE, "loss"),
        is_summed: false,
        starts_at_zero: false,
        is_gap: true,
        scale: Scale::Linear,
    },
];

/// Whether the figure's table has a row of a stage's measures: the numbers of whole networks.
pub(crate) fn keep(row: &MeasureRow) -> bool {
    let shown = ROWS.iter().any(|shown| shown.over_epochs.0 == row.measure && shown.over_epochs.1 == row.name);
    row.subject == "network" && shown
}

/// Refuses what could not be told apart.
pub(super) fn check(experiment: &Experiment) -> Result<(), OutputError> {
    let found = experiment.conditions.len() + 1;
    if found > MOST_STROKES {
        Err(OutputError::TooManyCauses { found: found - 1, most: MOST_STROKES - 1 })
    } else {
        Ok(())
    }
}

pub(super) fn figure(
    experiment: &Experiment,
    table: &RunTable,
    measures: &[RunMeasure],
    dataset: DatasetName,
) -> CurvesFigure {
    let conditions = std::iter::once(&experiment.baseline).chain(&experiment.conditions);
    let labels: Vec<&str> = conditions.map(|condition| condition.label.as_str()).collect();
    let found = Found { table, measures, dataset, labels };
    let drawn = ROWS.iter().map(|row| (row, vec![found.over_epochs(row), found.beside_the_gap(row)]));
    let is_empty = |panel: &CurvesPanel| panel.dots.is_empty() && panel.curves.iter().all(|c| c.points.is_empty());
    let (missing, measured): (Vec<_>, Vec<_>) = drawn.partition(|(_, panels)| panels.iter().all(is_empty));
    let not_measured = (!measured.is_empty() && !missing.is_empty()).then(|| {
        let titles: Vec<String> = missing.iter().map(|(row, _)| row.title.to_lowercase()).collect();
        format!("Not measured in these runs: {}.", titles.join(", "))
    });
    // Without any there are no runs yet, and empty panels show what is to come.
    let shown = if measured.is_empty() { missing } else { measured };
    let rows = shown.into_iter().map(|(row, panels)| CurvesRow { title: Some(row.title.to_owned()), panels });
    let costly = if ROWS.iter().any(|row| found.is_of_ends(row)) {
        "what was measured afterwards, from stored weights, is at a task's start and, of the weights handed on, behind its last epoch"
    } else {
        "what costs much is measured at a task's start and after its 1st, 4th, 16th and 64th epoch"
    };
    let method = format!(
        "Left: means over seeds, as far as all seeds of a task do, with intervals cut at 0; the last task begins at 0, tasks before it end there; \
         {costly}. Right: each run at its \
         end, with the weights that are tested; the gap is its final test loss less that of the baseline of the same seed. ρ: \
         correlation of ranks within conditions, with a 95 % interval as if runs of one seed were independent of one another."
    );
    let notes: Vec<String> = [Some(method), not_measured, note(experiment, table)].into_iter().flatten().collect();
    CurvesFigure {
        title: Some(format!("{}, {}", experiment.title, dataset.title())),
        names: found.labels.iter().map(|label| (*label).to_owned()).collect(),
        rows: rows.collect(),
        ribbon: "95 % interval of the mean over seeds".to_owned(),
        dot: "a run".to_owned(),
        note: Some(notes.join(" ")),
        ..CurvesFigure::default()
    }
}

/// What there is of one dataset.
struct Found<'a> {
    table: &'a RunTable,
    measures: &'a [RunMeasure],
    dataset: DatasetName,
    /// The conditions, the baseline first.
    labels: Vec<&'a str>,
}

impl Found<'_> {
    /// Of each condition the means over the epochs, the last task beginning at 0.
    fn over_epochs(&self, row: &Row) -> CurvesPanel {
        let mut curves = Vec::new();
        // The same in every row, so that they are read one below the other.
        let [earliest, latest] = self.range();
        for (name, label) in self.labels.iter().enumerate() {
            let values = self.values(row, label);
            let lengths = self.lengths(label);
            let tasks = lengths.len();
            for task in 1..=tasks {
                let begins = -(lengths[task - 1..tasks - 1].iter().sum::<usize>() as f64);
                let of_task = || values.iter().filter(|((of, _), _)| *of == task);
                let seeds = of_task().map(|(_, of_seeds)| of_seeds.len()).max().unwrap_or(0);
                let mut points: Vec<(f64, Estimate)> = Vec::new();
                if row.starts_at_zero && seeds > 0 {
                    points.push((begins, Estimate::default()));
                }
                for ((_, epoch), of_seeds) in of_task().filter(|(_, of_seeds)| of_seeds.len() == seeds) {
                    // None of these numbers can be negative but an eigenvalue, which is laid along a logarithmic axis.
                    let cut = |found: Estimate| Estimate { low: found.low.max(0.0), ..found };
                    points.extend(estimate(of_seeds).map(|found| (begins + *epoch as f64, cut(found))));
                }
                curves.push(Curve { name, is_thin: false, points });
            }
        }
        let mut bands = Vec::new();
        if earliest < 0.0 {
            bands.push(Band { from: earliest, to: 0.0, label: "tasks before".into() });
            bands.push(Band { from: 0.0, to: latest, label: "the last task".into() });
        }
        CurvesPanel {
            x_label: "Epoch of the last task".to_owned(),
            x_range: Some((earliest, latest)),
            y_label: row.label.to_owned(),
            scale: row.scale,
            bands,
            curves,
            ..CurvesPanel::default()
        }
    }

    /// Each run's number at its end beside its gap, and how they go together.
    fn beside_the_gap(&self, row: &Row) -> CurvesPanel {
        let quantity = Quantity::Cause(row.cause);
        let run = |label: &str, seed: u64| {
            let is =
                |run: &&reports::Run| run.dataset == self.dataset.id() && run.condition == label && run.seed == seed;
            self.table.runs.iter().find(is)
        };
        let of_baseline = |seed: u64, quantity: Quantity| run(self.labels[0], seed)?.value(quantity);
        let mut dots = Vec::new();
        let mut groups: Vec<(Vec<f64>, Vec<f64>)> = Vec::new();
        for (name, label) in self.labels.iter().enumerate().skip(1) {
            let (mut xs, mut ys) = (Vec::new(), Vec::new());
            let of_condition = |run: &&reports::Run| run.dataset == self.dataset.id() && run.condition == *label;
            for run in self.table.runs.iter().filter(of_condition) {
                let gap = || Some(run.value(Quantity::TestLoss)? - of_baseline(run.seed, Quantity::TestLoss)?);
                let less = || if row.is_gap { of_baseline(run.seed, quantity) } else { Some(0.0) };
                let number = || Some(run.value(quantity)? - less()?);
                if let (Some(x), Some(y)) = (number(), gap()) {
                    dots.push(CurveDot { name, x, y });
                    xs.push(x);
                    ys.push(y);
                }
            }
            groups.push((xs, ys));
        }
        let borrowed: Vec<(&[f64], &[f64])> = groups.iter().map(|(x, y)| (x.as_slice(), y.as_slice())).collect();
        // A condition of one run says nothing within itself.
        let n: usize = borrowed.iter().map(|(x, _)| x.len()).filter(|&runs| runs > 1).sum();
        let statements = spearman_within(&borrowed, 0.95).map_or_else(
            |_| Vec::new(),
            |rho| {
                let interval =
                    rho.interval.map_or_else(|_| String::new(), |i| format!(" [{:.2}, {:.2}]", i.low, i.high));
                vec![format!("ρ = {:.2}{interval} within conditions, n = {n} runs", rho.value).replace('-', "−")]
            },
        );
        CurvesPanel {
            x_label: row.end_label.to_owned(),
            y_label: "Gap in the final test loss".to_owned(),
            dots,
            level: Some(0.0),
            statements,
            ..CurvesPanel::default()
        }
    }

    /// What was measured of the row's number.
    fn measured(&self, row: &Row) -> impl Iterator<Item = &RunMeasure> {
        let is = |m: &&RunMeasure| (m.measure.as_str(), m.name.as_str()) == row.over_epochs && m.value.is_finite();
        self.measures.iter().filter(|m| m.dataset == self.dataset).filter(is)
    }

    /// Whether the row's number is there at the ends of tasks and after no epoch, as where it was measured afterwards.
    fn is_of_ends(&self, row: &Row) -> bool {
        let any = |is: fn(RunMoment) -> bool| self.measured(row).any(|m| is(m.moment));
        any(|moment| matches!(moment, RunMoment::End(_))) && !any(|moment| matches!(moment, RunMoment::Epoch(..)))
    }

    /// The numbers of a condition's seeds by task and epoch, 0 being a task's start.
    fn values(&self, row: &Row, label: &str) -> BTreeMap<(usize, usize), Vec<f64>> {
        let is_of_ends = self.is_of_ends(row);
        let mut found: BTreeMap<(usize, usize), Vec<f64>> = BTreeMap::new();
        let mut sums: BTreeMap<(u64, usize), f64> = BTreeMap::new();
        for measured in self.measured(row).filter(|m| m.condition == label) {
            let place = match measured.moment {
                RunMoment::Start(task) => (task, 0),
                RunMoment::Epoch(task, epoch) => (task, epoch),
                RunMoment::End(task) if is_of_ends => (task, self.longest(label, task)),
                RunMoment::Initialisation | RunMoment::End(_) => continue,
            };
            // Rows of a run are in the order of its epochs.
            let sum = sums.entry((measured.seed, place.0)).or_default();
            *sum = if row.is_summed { *sum + measured.value } else { measured.value };
            found.entry(place).or_default().push(*sum);
        }
        found
    }

    /// The most epochs that a seed was trained for on each task of a condition.
    fn lengths(&self, label: &str) -> Vec<usize> {
        let tasks = (1..).take_while(|&task| self.longest(label, task) > 0);
        tasks.map(|task| self.longest(label, task)).collect()
    }

    /// From the first epoch of the longest path to the last one, the last task beginning at 0.
    fn range(&self) -> [f64; 2] {
        let ends = self.labels.iter().filter_map(|label| {
            let mut lengths = self.lengths(label);
            let last = lengths.pop()?;
            Some((-(lengths.iter().sum::<usize>() as f64), last as f64))
        });
        ends.fold([0.0, 0.0], |[earliest, latest], (from, to)| [f64::min(earliest, from), f64::max(latest, to)])
    }

    /// The most epochs that a seed was trained for on a task.
    fn longest(&self, label: &str, task: usize) -> usize {
        let epochs = self.measures.iter().filter(|m| m.dataset == self.dataset && m.condition == label);
        let epochs = epochs.filter_map(|m| match m.moment {
            RunMoment::Epoch(of, epoch) if of == task => Some(epoch),
            _ => None,
        });
        epochs.max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(moment: RunMoment, value: f64) -> RunMeasure {
        let (measure, name) = (SHARPNESS.to_owned(), "eigenvalue_1".to_owned());
        let (condition, subject) = ("a".to_owned(), "network".to_owned());
        RunMeasure { dataset: DatasetName::Mnist, condition, seed: 0, moment, measure, subject, name, value }
    }

    /// The numbers of the sharpness by task and epoch.
    fn sharpness(measures: &[RunMeasure]) -> Vec<((usize, usize), f64)> {
        let table =
            RunTable::from_csv(b"dataset,condition,seed,test_loss\nmnist,a,0,1\n".to_vec(), "runs.csv".as_ref());
        let found = Found { table: &table.unwrap(), measures, dataset: DatasetName::Mnist, labels: vec!["a"] };
        found.values(&ROWS[1], "a").into_iter().map(|(place, values)| (place, values[0])).collect()
    }

    #[test]
    fn what_was_not_measured_has_no_row_and_is_named() {
        let table =
            RunTable::from_csv(b"dataset,condition,seed,test_loss\nmnist,a,0,1\n".to_vec(), "runs.csv".as_ref())
                .unwrap();
        let experiment = crate::experiment_of_figure(9, Some("smoke"), &[]).unwrap().unwrap();
        let drawn = |measures: &[RunMeasure]| {
            let figure = figure(&experiment, &table, measures, DatasetName::Mnist);
            (figure.rows.iter().filter_map(|row| row.title.clone()).collect::<Vec<_>>(), figure.note.unwrap())
        };
        let condition = experiment.baseline.label.clone();
        let (rows, note) = drawn(&[RunMeasure { condition, ..measured(RunMoment::Epoch(1, 1), 1.0) }]);
        assert_eq!(rows, ["Sharpness"]);
        assert!(
            note.contains("Not measured in these runs: length of the path of updates, movement of the tangent kernel")
        );
        let (rows, note) = drawn(&[]);
        assert!(rows.len() == ROWS.len() && !note.contains("Not measured"));
    }

    #[test]
    fn what_was_measured_afterwards_is_shown_at_the_ends_of_tasks() {
        let curve = |epoch| RunMeasure { measure: TEST_CURVE.to_owned(), ..measured(RunMoment::Epoch(1, epoch), 2.0) };
        let ends = [measured(RunMoment::Start(1), 1.0), curve(1), curve(3), measured(RunMoment::End(1), 5.0)];
        assert_eq!(sharpness(&ends), [((1, 0), 1.0), ((1, 3), 5.0)]);
        // Where there are epochs, these are the curve, and the end is that of other weights.
        let epochs = [&ends[..], &[measured(RunMoment::Epoch(1, 1), 3.0)]].concat();
        assert_eq!(sharpness(&epochs), [((1, 0), 1.0), ((1, 1), 3.0)]);
    }
}
