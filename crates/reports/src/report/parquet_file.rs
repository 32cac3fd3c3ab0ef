//! Tables of text as Parquet, with the types that their cells have.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use tables::Table;

use crate::report::error::ReportError;
use crate::report::files::{DETAILS, replace};

/// Columns that are names whatever they look like: a label may be a number, and an identity have digits only.
const NAMES: [&str; 3] = ["dataset", "condition", "stage"];

/// Writes the tables in a folder, and those named besides, as Parquet into the folder; the files that were written.
///
/// # Errors
/// Where a table cannot be read, or a file cannot be written.
pub(crate) fn write_parquet(folder: &Path, besides: &[&Path]) -> Result<Vec<PathBuf>, ReportError> {
    let names = ["runs.csv", "summary.csv", "tests.csv", "claims.csv"].into_iter().chain(DETAILS);
    let there = names.map(|name| folder.join(name)).filter(|path| path.exists());
    let mut tables: Vec<PathBuf> = besides.iter().map(|path| path.to_path_buf()).collect();
    tables.extend(there.filter(|path| besides.iter().all(|other| other.file_name() != path.file_name())));
    tables.iter().map(|table| write(table, folder)).collect()
}

/// Writes a table beside its CSV file's name in `folder`, with the extension `parquet`; the file that was written.
///
/// # Errors
/// Where the table cannot be read, or the file cannot be written.
fn write(csv: &Path, folder: &Path) -> Result<PathBuf, ReportError> {
    let table = Table::read(csv).map_err(|e| ReportError::Refused(e.to_string()))?;
    let path = folder.join(csv.file_name().unwrap_or_default()).with_extension("parquet");
    let bytes =
        bytes(&table).map_err(|e| ReportError::Write { path: path.clone(), source: std::io::Error::other(e) })?;
    replace(&path, &bytes)?;
    Ok(path)
}

/// A column's cells in its type; none where a cell is empty.
enum Cells {
    Flags(Vec<Option<bool>>),
    Whole(Vec<Option<i64>>),
    Numbers(Vec<Option<f64>>),
    Text(Vec<Option<String>>),
}

impl Cells {
    /// The narrowest type that all cells of a column have.
    fn of(table: &Table, column: usize) -> Self {
        let cells = || table.rows.iter().map(move |row| row.cells[column].as_str());
        /// Every cell that is not empty in one type, or nothing.
        fn typed<'a, T>(
            cells: impl Iterator<Item = &'a str>,
            read: impl Fn(&str) -> Option<T>,
        ) -> Option<Vec<Option<T>>> {
            cells.map(|cell| if cell.is_empty() { Some(None) } else { read(cell).map(Some) }).collect()
        }
        let nothing = cells().all(str::is_empty);
        if !nothing && !NAMES.contains(&table.header[column].as_str()) {
            if let Some(flags) = typed(cells(), |cell| cell.parse().ok()) {
                return Self::Flags(flags);
            }
            if let Some(whole) = typed(cells(), |cell| cell.parse().ok()) {
                return Self::Whole(whole);
            }
            if let Some(numbers) = typed(cells(), |cell| cell.parse().ok()) {
                return Self::Numbers(numbers);
            }
        }
        Self::Text(typed(cells(), |cell| Some(cell.to_owned())).unwrap_or_default())
    }

    fn field(&self, name: &str) -> Result<Type, ParquetError> {
        let (physical, logical) = match self {
            Self::Flags(_) => (PhysicalType::BOOLEAN, None),
            Self::Whole(_) => (PhysicalType::INT64, None),
            Self::Numbers(_) => (PhysicalType::DOUBLE, None),
            Self::Text(_) => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
        };
        Type::primitive_type_builder(name, physical)
            .with_logical_type(logical)
            .with_repetition(Repetition::OPTIONAL)
            .build()
    }

    fn write(&self, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        /// A column is the values that are there, and for each row whether one is.
        fn put<T: DataType, V: Clone>(
            writer: &mut SerializedColumnWriter<'_>,
            cells: &[Option<V>],
            value: impl Fn(V) -> T::T,
        ) -> Result<(), ParquetError> {
            let there: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
            let values: Vec<T::T> = cells.iter().flatten().cloned().map(value).collect();
            writer.typed::<T>().write_batch(&values, Some(&there), None).map(drop)
        }
        match self {
            Self::Flags(cells) => put::<BoolType, _>(writer, cells, |cell| cell),
            Self::Whole(cells) => put::<Int64Type, _>(writer, cells, |cell| cell),
            Self::Numbers(cells) => put::<DoubleType, _>(writer, cells, |cell| cell),
            Self::Text(cells) => put::<ByteArrayType, _>(writer, cells, |cell| ByteArray::from(cell.into_bytes())),
        }
    }
}

/// The file of a table.
fn bytes(table: &Table) -> Result<Vec<u8>, ParquetError> {
    let columns: Vec<Cells> = (0..table.header.len()).map(|column| Cells::of(table, column)).collect();
    let fields = columns.iter().zip(&table.header).map(|(cells, name)| cells.field(name).map(Arc::new));
    let schema = Type::group_type_builder("table").with_fields(fields.collect::<Result<_, _>>()?).build()?;
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::default())?;
    let mut rows = writer.next_row_group()?;
    for cells in &columns {
        let mut column = rows.next_column()?.expect("the schema has a column for each");
        cells.write(&mut column)?;
        column.close()?;
    }
    rows.close()?;
    writer.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    fn read_back(csv: &str) -> Vec<Vec<(String, Field)>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runs.csv");
        std::fs::write(&path, csv).unwrap();
        let written = write(&path, folder.path()).unwrap();
        assert_eq!(written, folder.path().join("runs.parquet"));
        let reader = SerializedFileReader::new(std::fs::File::open(written).unwrap()).unwrap();
        let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
        rows.map(|row| row.into_columns()).collect()
    }

    #[test]
    fn cells_have_the_type_of_their_column() {
        let rows = read_back(
            "dataset,condition,seed,is_baseline,x,test_loss,note,empty\n\
             mnist,10,3,true,,0.1,\"a, ü\",\nmnist,20,4,false,0.5,nan,,\n",
        );
        let names: Vec<&str> = rows[0].iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["dataset", "condition", "seed", "is_baseline", "x", "test_loss", "note", "empty"]);
        let fields = |row: usize| rows[row].iter().map(|(_, field)| field.clone()).collect::<Vec<_>>();
        let text = |text: &str| Field::Str(text.to_owned());
        assert_eq!(
            fields(0),
            [
                text("mnist"),
                text("10"),
                Field::Long(3),
                Field::Bool(true),
                Field::Null,
                Field::Double(0.1),
                text("a, ü"),
                Field::Null
            ]
        );
        let second = fields(1);
        assert_eq!(second[..5], [text("mnist"), text("20"), Field::Long(4), Field::Bool(false), Field::Double(0.5)]);
        assert!(matches!(second[5], Field::Double(value) if value.is_nan()));
        assert_eq!(second[6..], [Field::Null, Field::Null]);
    }

    #[test]
    fn a_table_without_rows_is_one() {
        assert!(read_back("dataset,seed\n").is_empty());
    }
}
