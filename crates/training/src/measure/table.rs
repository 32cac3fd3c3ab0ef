//! Measures as a long table: `moment, measure, subject, name, value`. Numbers have float32's digits, which is what they are good
//! for.

use super::moment::Moment;

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasureRow {
    /// When.
    pub moment: Moment,
    /// The measure's identity, such as "norms@1".
    pub measure: String,
    /// What the number is of.
    pub subject: String,
    /// What it is.
    pub name: String,
    /// The number; what is not finite is kept as such.
    pub value: f64,
}

const HEADER: [&str; 5] = ["moment", "measure", "subject", "name", "value"];

/// The rows as CSV.
pub fn measures_to_csv<'a>(rows: impl IntoIterator<Item = &'a MeasureRow>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER).expect("writing to memory does not fail");
    for row in rows {
        let (moment, value) = (row.moment.to_string(), (row.value as f32).to_string());
        writer
            .write_record([&moment, &row.measure, &row.subject, &row.name, &value])
            .expect("rows have as many cells as the header");
    }
    writer.into_inner().expect("writing to memory does not fail")
}

/// The rows of a table that [`measures_to_csv`] wrote.
///
/// # Errors
/// Says what in the table cannot be understood.
pub fn measures_from_csv(bytes: &[u8]) -> Result<Vec<MeasureRow>, String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().map_err(|e| e.to_string())?;
    if header.iter().ne(HEADER) {
        let found: Vec<&str> = header.iter().collect();
        return Err(format!("its columns are {}, expected {}", found.join(", "), HEADER.join(", ")));
    }
    let row = |record: csv::Result<csv::StringRecord>| -> Result<MeasureRow, String> {
        let record = record.map_err(|e| e.to_string())?;
        let cell = |at: usize| record[at].to_owned();
        Ok(MeasureRow {
            moment: record[0].parse()?,
            measure: cell(1),
            subject: cell(2),
            name: cell(3),
            value: record[4].parse::<f32>().map_err(|_| format!("`{}` is not a number", &record[4]))?.into(),
        })
    };
    reader.records().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row() -> impl Strategy<Value = MeasureRow> {
        let moment = prop_oneof![
            Just(Moment::Received),
            Just(Moment::Start),
            (1usize..300).prop_map(Moment::Epoch),
            Just(Moment::End)
        ];
        let value =
            prop_oneof![any::<f32>().prop_filter("NaN is not equal to itself", |v| !v.is_nan()), Just(f32::INFINITY)];
        (moment, "[a-z]{1,8}@[1-9]", "[ -~]{0,12}", "[a-z_\",]{1,8}", value).prop_map(
            |(moment, measure, subject, name, value)| MeasureRow {
                moment,
                measure,
                subject,
                name,
                value: value.into(),
            },
        )
    }

    proptest! {
        #[test]
        fn tables_read_back(rows in prop::collection::vec(row(), 0..20)) {
            // The digits are float32's.
            let digits = |rows: Vec<MeasureRow>| -> Vec<(MeasureRow, f32)> {
                rows.into_iter().map(|row| (MeasureRow { value: 0.0, ..row.clone() }, row.value as f32)).collect()
            };
            prop_assert_eq!(digits(measures_from_csv(&measures_to_csv(&rows)).unwrap()), digits(rows));
        }

        #[test]
        fn anything_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = measures_from_csv(&bytes);
        }
    }

    #[test]
    fn damage_is_named() {
        assert!(measures_from_csv(b"a,b\n1,2\n").unwrap_err().contains("expected moment, measure"));
        let bad = b"moment,measure,subject,name,value\nend,norms@1,fc.bias,l2_norm,x\n";
        assert_eq!(measures_from_csv(bad).unwrap_err(), "`x` is not a number");
        let nan = b"moment,measure,subject,name,value\nend,norms@1,fc.bias,l2_norm,NaN\n";
        assert!(measures_from_csv(nan).unwrap()[0].value.is_nan());
    }
}
