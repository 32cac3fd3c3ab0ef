//! Tables as files.

use std::path::Path;

use crate::error::InspectError;

/// Writes a table by way of a temporary file, so that one that is read and written is never lost.
pub(super) fn write<'a>(
    path: &Path,
    header: &[String],
    rows: impl Iterator<Item = Vec<&'a str>>,
) -> Result<(), InspectError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).expect("writing to memory does not fail");
    for row in rows {
        writer.write_record(row).expect("rows have as many cells as the header");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    whole_file::replace(path, &bytes).map_err(|source| InspectError::Write { path: path.to_owned(), source })
}
