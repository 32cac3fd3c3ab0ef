//! Tables of flat rows as CSV.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A line a row, the names of its fields above them; nothing at all without rows.
pub(crate) fn to_csv<T: Serialize>(rows: &[T]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).expect("a row is flat");
    }
    writer.into_inner().expect("writing to memory does not fail")
}

/// The rows of a table that [`to_csv`] wrote.
///
/// # Errors
/// Says what in the table cannot be understood.
pub(crate) fn from_csv<T: DeserializeOwned>(bytes: &[u8]) -> Result<Vec<T>, String> {
    csv::Reader::from_reader(bytes).deserialize().collect::<Result<_, _>>().map_err(|e| e.to_string())
}
