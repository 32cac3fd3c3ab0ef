//! Remedies beside one another, ranked by the test loss that they end with (Figure 11).

use paths::{Condition, DatasetName, Experiment};
use plotting::{Estimate, IntervalsCell, IntervalsColumn, IntervalsFigure, IntervalsRow, IntervalsSection};
use reports::{Run, RunTable};
use statistics::{mean, paired_t, ranking, t_interval};

use super::note::note;

/// A value of a run.
type Of = fn(&Run) -> Option<f64>;

/// A column: its title, and what it makes of a condition beside its reference and its baseline.
struct Column {
    label: &'static str,
    level: Option<f64>,
    of: Of,
    beside: Beside,
    /// The least and the most that there can be.
    range: (f64, f64),
}

/// What a condition's values are held against.
#[derive(Clone, Copy, PartialEq)]
enum Beside {
    Nothing,
    /// The first condition of its network, run by run of one seed.
    Reference,
    /// The baseline of its network, likewise.
    Baseline,
}

const COLUMNS: [Column; 5] = [
    Column {
        label: "Final test loss (nats)",
        level: None,
        of: |run| run.test_loss,
        beside: Beside::Nothing,
        range: (0.0, f64::INFINITY),
    },
    Column {
        label: "minus {first} (nats)",
        level: Some(0.0),
        of: |run| run.test_loss,
        beside: Beside::Reference,
        range: (f64::NEG_INFINITY, f64::INFINITY),
    },
    Column {
        label: "minus the baseline (nats)",
        level: Some(0.0),
        of: |run| run.test_loss,
        beside: Beside::Baseline,
        range: (f64::NEG_INFINITY, f64::INFINITY),
    },
    Column {
        label: "Final test accuracy",
        level: None,
        of: |run| run.test_accuracy,
        beside: Beside::Nothing,
        range: (0.0, 1.0),
    },
    Column {
        label: "Epochs in all, minus {first}",
        level: Some(0.0),
        of: |run| run.epochs_in_all,
        beside: Beside::Reference,
        range: (f64::NEG_INFINITY, f64::INFINITY),
    },
];

/// The figure: a section a dataset and network, its conditions from the lowest test loss to the highest, the baseline above them.
pub(super) fn figure(experiment: &Experiment, table: &RunTable) -> IntervalsFigure {
    let several = experiment.settings.datasets.len() > 1;
    let mut sections = Vec::new();
    for &dataset in &experiment.settings.datasets {
        for baseline in experiment.baselines() {
            let network = baseline.model(&experiment.settings).network.title();
            let conditions: Vec<&Condition> =
                experiment.conditions.iter().filter(|condition| condition.network == baseline.network).collect();
            let title = if several { format!("{network}, {}", dataset.title()) } else { network.to_owned() };
            sections.push(Section { table, dataset, baseline, conditions }.rows(title));
        }
    }
    let first = experiment.conditions.first().map_or("", |condition| condition.tick());
    let columns = COLUMNS.iter().map(|column| (column.label.replace("{first}", first), column.level));
    let columns = columns.chain([("Rank by test loss".to_owned(), None)]);
    let method = "The baseline first, and then from the lowest mean test loss to the highest. Differences are of runs of one seed, with Student's interval, not corrected \
                  for their number (the report corrects). The rank's interval is from a bootstrap over seeds, which knows no others and is too narrow \
                  for few; a run that failed ranks last.";
    IntervalsFigure {
        title: Some(experiment.title.clone()),
        columns: columns.map(|(label, level)| IntervalsColumn { label, level }).collect(),
        sections,
        interval: "95 % interval".to_owned(),
        dot: "a run".to_owned(),
        stands_out: "an interval without 0".to_owned(),
        note: Some(note(experiment, table).map_or_else(|| method.to_owned(), |note| format!("{method} {note}"))),
    }
}

/// The conditions of one dataset and one network.
struct Section<'a> {
    table: &'a RunTable,
    dataset: DatasetName,
    baseline: &'a Condition,
    conditions: Vec<&'a Condition>,
}

impl Section<'_> {
    fn rows(&self, title: String) -> IntervalsSection {
        let ranks = self.ranks();
        let loss = |condition: &Condition| {
            mean(&self.seeded(condition, COLUMNS[0].of).into_iter().map(|v| v.1).collect::<Vec<_>>())
        };
        let mut order: Vec<usize> = (0..self.conditions.len()).collect();
        order.sort_by(|&a, &b| {
            let of = |at: usize| loss(self.conditions[at]).unwrap_or(f64::INFINITY);
            of(a).total_cmp(&of(b))
        });
        let n = |condition: &Condition| self.seeded(condition, COLUMNS[0].of).len();
        let runs = self.conditions.iter().map(|condition| n(condition));
        let (least, most) = (runs.clone().min().unwrap_or(0), runs.max().unwrap_or(0));
        let n = if least == most { format!("n = {most}") } else { format!("n = {least} to {most}") };
        let row = |condition: &Condition, rank: Option<IntervalsCell>, is_reference: bool| IntervalsRow {
            label: condition.tick().to_owned(),
            is_reference,
            cells: COLUMNS.iter().map(|column| self.cell(condition, column)).chain([rank]).collect(),
        };
        let baseline = row(self.baseline, None, true);
        let others = order.into_iter().map(|at| row(self.conditions[at], ranks[at].clone(), at == 0));
        IntervalsSection {
            title: Some(format!("{title}, {n}")),
            rows: std::iter::once(baseline).chain(others).collect(),
        }
    }

    /// Seed and value of a condition's runs.
    fn seeded(&self, condition: &Condition, of: Of) -> Vec<(u64, f64)> {
        let runs = self.table.runs.iter().filter(|run| run.dataset == self.dataset.id());
        let runs = runs.filter(|run| run.condition == condition.label);
        runs.filter_map(|run| Some((run.seed, of(run)?))).collect()
    }

    fn cell(&self, condition: &Condition, column: &Column) -> Option<IntervalsCell> {
        let own = self.seeded(condition, column.of);
        let other = match column.beside {
            Beside::Nothing => {
                let values: Vec<f64> = own.into_iter().map(|(_, value)| value).collect();
                let value = mean(&values).ok()?;
                let (low, high) = t_interval(&values, 0.95).map_or((value, value), |i| (i.low, i.high));
                let (least, most) = column.range;
                let estimate = Estimate { value, low: low.max(least), high: high.min(most) };
                return Some(IntervalsCell { estimate, dots: values, stands_out: false });
            }
            Beside::Reference => self.conditions.first()?,
            Beside::Baseline => self.baseline,
        };
        if other.label == condition.label {
            return None;
        }
        let others = self.seeded(other, column.of);
        let pair = |&(seed, value): &(u64, f64)| Some((value, others.iter().find(|other| other.0 == seed)?.1));
        let (x, y): (Vec<f64>, Vec<f64>) = own.iter().filter_map(pair).unzip();
        let dots: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x - y).collect();
        let value = mean(&dots).ok()?;
        let (low, high) = paired_t(&x, &y, 0.95).map_or((value, value), |test| (test.interval.low, test.interval.high));
        let stands_out = low < high && (low > 0.0 || high < 0.0);
        Some(IntervalsCell { estimate: Estimate { value, low, high }, dots, stands_out })
    }

    /// The ranks of the conditions, over the seeds that all have a run of; one that failed ranks last.
    fn ranks(&self) -> Vec<Option<IntervalsCell>> {
        let loss: Of = |run| Some(run.test_loss.unwrap_or(f64::INFINITY));
        let of: Vec<Vec<(u64, f64)>> = self.conditions.iter().map(|condition| self.seeded(condition, loss)).collect();
        let shared: Vec<u64> = of
            .first()
            .into_iter()
            .flatten()
            .map(|run| run.0)
            .filter(|seed| of.iter().all(|runs| runs.iter().any(|run| run.0 == *seed)))
            .collect();
        let value = |runs: &Vec<(u64, f64)>, seed: &u64| runs.iter().find(|run| run.0 == *seed).map(|run| run.1);
        let values: Vec<Vec<f64>> =
            of.iter().map(|runs| shared.iter().filter_map(|seed| value(runs, seed)).collect()).collect();
        let Ok(ranks) = ranking(&values, 0.95) else { return vec![None; self.conditions.len()] };
        let cell = |rank: statistics::Rank| IntervalsCell {
            estimate: Estimate { value: rank.rank, low: rank.low, high: rank.high },
            ..IntervalsCell::default()
        };
        ranks.into_iter().map(|rank| Some(cell(rank))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::ExperimentFile;

    fn experiment() -> Experiment {
        let text = "name = \"t\"\ntitle = \"t\"\nfigure = { kind = \"remedies\" }\n\
                    settings = { datasets = [\"mnist\"], other_networks = [{ network = \"mlp\", width = 8 }] }\n\
                    conditions = [\n{ label = \"none\", path = [{ blur = 0.25 }, {}] },\n\
                    { label = \"a\", path = [{ blur = 0.25 }, { bias_reset = 0.01 }] },\n\
                    { label = \"b\", path = [{ blur = 0.25 }, { lr_factor = 2 }] },\n]\n";
        ExperimentFile::parse(text).unwrap().resolve(None, &[]).unwrap()
    }

    fn table() -> RunTable {
        let mut csv = "dataset,condition,seed,test_loss,test_accuracy,epochs_in_all\n".to_owned();
        for (network, shift) in [("", 0.0), (", MLP", 1.0)] {
            for (label, loss, epochs) in [("baseline", 1.0, 5), ("none", 1.3, 9), ("a", 1.1, 12), ("b", 1.2, 9)] {
                for seed in 0..3 {
                    // Differences between conditions are not the same in every seed, and have the given mean.
                    let loss = loss + shift + f64::from(seed - 1) * 0.01 * (loss - 1.0);
                    csv += &format!("mnist,\"{label}{network}\",{seed},{loss},0.5,{epochs}\n");
                }
            }
        }
        RunTable::from_csv(csv.into(), std::path::Path::new("runs.csv")).unwrap()
    }

    #[test]
    fn remedies_are_in_the_order_of_their_losses_with_differences_of_their_own_network() {
        let figure = figure(&experiment(), &table());
        assert_eq!(figure.sections.len(), 2);
        for section in &figure.sections {
            let labels: Vec<&str> = section.rows.iter().map(|row| row.label.as_str()).collect();
            assert_eq!(labels, ["baseline", "a", "b", "none"]);
            let value = |row: usize, column: usize| section.rows[row].cells[column].as_ref().map(|c| c.estimate.value);
            let close = |found: Option<f64>, expected: f64| assert!((found.unwrap() - expected).abs() < 1e-9);
            close(value(1, 1), -0.2);
            close(value(1, 2), 0.1);
            close(value(1, 4), 3.0);
            close(value(1, 5), 1.0);
            assert_eq!((value(3, 1), value(0, 2), value(0, 5)), (None, None, None));
            assert!(section.rows[1].cells[1].as_ref().unwrap().stands_out);
        }
        plotting::lay_out_intervals(&figure).unwrap();
    }
}
