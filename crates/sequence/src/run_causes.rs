//! What each run's last task was measured to be (Figure 9), as columns beside those of the table of runs.

use training::{CALIBRATION, DISPLACEMENT, MeasureRow, Moment, SHARPNESS, TANGENT_KERNEL, UPDATES};

use crate::error::StoreError;
use crate::results::{RunRow, runs_to_csv};
use crate::store::Store;

/// The column, and the measure and its number of the whole network at the end of the last task that it has.
const COLUMNS: [(&str, &str, &str); 5] = [
    ("path_length", UPDATES, "path_length"),
    ("sharpness", SHARPNESS, "eigenvalue_1"),
    ("tangent_kernel_distance", TANGENT_KERNEL, "distance_from_received"),
    ("relative_displacement", DISPLACEMENT, "relative_displacement"),
    ("loss_at_best_temperature", CALIBRATION, "loss_at_best_temperature"),
];

/// The table `runs.csv` with these columns; a cell is empty where the measure was not taken.
///
/// # Errors
/// Where a table of measures is damaged.
pub fn to_csv(rows: &[RunRow], store: &Store) -> Result<Vec<u8>, StoreError> {
    let plain = runs_to_csv(rows);
    let mut reader = csv::Reader::from_reader(plain.as_slice());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = reader.headers().expect("what was written reads back").clone();
    COLUMNS.iter().for_each(|(column, ..)| header.push_field(column));
    writer.write_record(&header).expect("writing to memory does not fail");
    for (record, row) in reader.records().zip(rows) {
        let mut record = record.expect("what was written reads back");
        let measures = store.measures(row.stage)?;
        for (_, measure, name) in COLUMNS {
            let at_end = |found: &&MeasureRow| {
                found.moment == Moment::End && found.measure == measure && found.name == name && found.subject == "network"
            };
            let value = measures.iter().find(at_end).map(|found| found.value).filter(|value| value.is_finite());
            record.push_field(&value.map_or_else(String::new, |value| (value as f32).to_string()));
        }
        writer.write_record(&record).expect("writing to memory does not fail");
    }
    Ok(writer.into_inner().expect("writing to memory does not fail"))
}
