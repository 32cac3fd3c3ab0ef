//! What each run's last task was measured to be (Figure 9), as columns beside those of the table of runs.

use training::{CALIBRATION, DISPLACEMENT, MeasureRow, Moment, SHARPNESS, TANGENT_KERNEL, TEST_CURVE, UPDATES};

use crate::error::StoreError;
use crate::results::{RunRow, Status, runs_to_csv};
use crate::store::Store;

/// The column, and the measure and its number of the whole network at the end of the last task that it has.
const AT_END: [(&str, &str, &str); 5] = [
    ("path_length", UPDATES, "path_length"),
    ("sharpness", SHARPNESS, "eigenvalue_1"),
    ("tangent_kernel_distance", TANGENT_KERNEL, "distance_from_received"),
    ("relative_displacement", DISPLACEMENT, "relative_displacement"),
    ("loss_at_best_temperature", CALIBRATION, "loss_at_best_temperature"),
];

/// How well the last task was learnt: the mean test loss over its epochs, which is the area under the test curve over its length, and
/// by how much it and the final test loss are above those of the baseline of the same seed: what is left of plasticity, the other way
/// round.
const PLASTICITY: [&str; 3] = ["mean_test_loss_of_epochs", "test_loss_gap", "mean_test_loss_of_epochs_gap"];

/// The table `runs.csv` with these columns; a cell is empty where the measure was not taken, or where there is no baseline.
///
/// # Errors
/// Where a table of measures is damaged.
pub fn to_csv(rows: &[RunRow], store: &Store) -> Result<Vec<u8>, StoreError> {
    let plain = runs_to_csv(rows);
    let mut reader = csv::Reader::from_reader(plain.as_slice());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = reader.headers().expect("what was written reads back").clone();
    AT_END.iter().map(|(column, ..)| *column).chain(PLASTICITY).for_each(|column| header.push_field(column));
    writer.write_record(&header).expect("writing to memory does not fail");
    let measured: Vec<Vec<MeasureRow>> = rows.iter().map(|row| store.measures(row.stage)).collect::<Result<_, _>>()?;
    // The stage of a run that diverged need not be its last.
    let finished = |row: &RunRow| row.status == Status::Finished;
    let means: Vec<Option<f64>> =
        rows.iter().zip(&measured).map(|(row, measures)| mean_of_epochs(measures).filter(|_| finished(row))).collect();
    for (at, record) in reader.records().enumerate() {
        let (mut record, row) = (record.expect("what was written reads back"), &rows[at]);
        for (_, measure, name) in AT_END {
            let found = measured[at].iter().find(|found| found.moment == Moment::End && is(found, measure, name));
            push(&mut record, found.map(|found| found.value));
        }
        let beside = |other: &&RunRow| {
            let key = |row: &RunRow| (row.dataset, row.network, row.seed);
            other.is_baseline && key(other) == key(row)
        };
        let baseline = rows.iter().position(|other| beside(&other));
        let less = |own: Option<f64>, other: Option<f64>| Some(own? - other?);
        push(&mut record, means[at]);
        push(&mut record, less(row.test_loss, baseline.and_then(|at| rows[at].test_loss)));
        push(&mut record, less(means[at], baseline.and_then(|at| means[at])));
        writer.write_record(&record).expect("writing to memory does not fail");
    }
    Ok(writer.into_inner().expect("writing to memory does not fail"))
}

fn is(row: &MeasureRow, measure: &str, name: &str) -> bool {
    row.measure == measure && row.name == name && row.subject == "network"
}

/// With float32's digits, as the tables of measures have them.
fn push(record: &mut csv::StringRecord, value: Option<f64>) {
    let value = value.filter(|value| value.is_finite());
    record.push_field(&value.map_or_else(String::new, |value| (value as f32).to_string()));
}

fn mean_of_epochs(measures: &[MeasureRow]) -> Option<f64> {
    let after_epochs =
        measures.iter().filter(|row| matches!(row.moment, Moment::Epoch(_)) && is(row, TEST_CURVE, "loss"));
    let losses: Vec<f64> = after_epochs.map(|row| row.value).collect();
    (!losses.is_empty()).then(|| losses.iter().sum::<f64>() / losses.len() as f64)
}
