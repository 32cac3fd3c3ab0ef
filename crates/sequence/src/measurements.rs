//! Measurements as two tables: norms, a row a parameter, and activations, a row a ReLU, each behind the columns that say which
//! look it was. Numbers have float32's digits, which is what they are good for.

use std::str::FromStr;

use training::{ActivationStatistics, Measurement, Moment, ParameterNorms};

const NORMS: [&str; 6] = ["parameter", "elements", "l2", "mean_abs", "l2_from_initial", "l2_from_previous"];
const ACTIVATIONS: [&str; 5] = ["layer", "mean", "std", "zero_share", "silent_share"];

/// Measurements as CSV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    /// A row a parameter and look.
    pub norms: Vec<u8>,
    /// A row a ReLU and look.
    pub activations: Vec<u8>,
}

/// The columns that say which look at a stage a row is of.
const OF_STAGE: [&str; 1] = ["moment"];

impl Tables {
    /// The tables of a stage's looks.
    pub fn of_stage<'a>(looks: impl IntoIterator<Item = (Moment, &'a Measurement)>) -> Self {
        Self::new(&OF_STAGE, looks.into_iter().map(|(moment, look)| (vec![moment.to_string()], look)))
    }

    /// The looks at a stage in tables that [`Tables::of_stage`] made.
    ///
    /// # Errors
    /// Says what in a table cannot be understood.
    pub fn looks_at_stage(&self) -> Result<Vec<(Moment, Measurement)>, String> {
        self.read(&OF_STAGE)?.into_iter().map(|(key, look)| Ok((key[0].parse()?, look))).collect()
    }

    /// The tables of `looks`, each with the values of its `key` columns.
    pub(crate) fn new<'a>(key: &[&str], looks: impl IntoIterator<Item = (Vec<String>, &'a Measurement)>) -> Self {
        let (mut norms, mut activations) = (csv::Writer::from_writer(Vec::new()), csv::Writer::from_writer(Vec::new()));
        let write = |writer: &mut csv::Writer<Vec<u8>>, key: &[String], cells: &[String]| {
            writer.write_record(key.iter().chain(cells)).expect("rows have as many cells as the header");
        };
        let owned = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>();
        write(&mut norms, &owned(key), &owned(&NORMS));
        write(&mut activations, &owned(key), &owned(&ACTIVATIONS));
        for (key, measurement) in looks {
            for p in &measurement.parameters {
                let numbers = [p.l2, p.mean_abs, p.l2_from_initial, p.l2_from_previous].map(digits);
                let cells: Vec<String> =
                    [p.parameter.clone(), p.elements.to_string()].into_iter().chain(numbers).collect();
                write(&mut norms, &key, &cells);
            }
            for a in &measurement.activations {
                let numbers = [a.mean, a.std, a.zero_share, a.silent_share].map(digits);
                let cells: Vec<String> = std::iter::once(a.layer.clone()).chain(numbers).collect();
                write(&mut activations, &key, &cells);
            }
        }
        let bytes = |writer: csv::Writer<Vec<u8>>| writer.into_inner().expect("writing to memory does not fail");
        Self { norms: bytes(norms), activations: bytes(activations) }
    }

    /// The looks in the tables, each with the values of its `key` columns, in their order.
    ///
    /// # Errors
    /// Where a table is not one that [`Tables::new`] wrote with this key.
    pub(crate) fn read(&self, key: &[&str]) -> Result<Vec<(Vec<String>, Measurement)>, String> {
        let mut looks: Vec<(Vec<String>, Measurement)> = Vec::new();
        let mut place = |cells: Vec<String>| -> usize {
            // Rows of a look stand together, so the search is short.
            looks.iter().rposition(|(known, _)| *known == cells).unwrap_or_else(|| {
                looks.push((cells, Measurement { parameters: Vec::new(), activations: Vec::new() }));
                looks.len() - 1
            })
        };
        let (mut norms, mut activations) = (Vec::new(), Vec::new());
        for (cells, row) in rows(&self.norms, key, &NORMS)? {
            let norm = ParameterNorms {
                parameter: row[0].clone(),
                elements: number(&row[1])?,
                l2: number(&row[2])?,
                mean_abs: number(&row[3])?,
                l2_from_initial: number(&row[4])?,
                l2_from_previous: number(&row[5])?,
            };
            norms.push((place(cells), norm));
        }
        for (cells, row) in rows(&self.activations, key, &ACTIVATIONS)? {
            let statistics = ActivationStatistics {
                layer: row[0].clone(),
                mean: number(&row[1])?,
                std: number(&row[2])?,
                zero_share: number(&row[3])?,
                silent_share: number(&row[4])?,
            };
            activations.push((place(cells), statistics));
        }
        norms.into_iter().for_each(|(at, norm)| looks[at].1.parameters.push(norm));
        activations.into_iter().for_each(|(at, row)| looks[at].1.activations.push(row));
        Ok(looks)
    }
}

type Row = (Vec<String>, Vec<String>);

/// The rows of a table, the cells of the key apart from the rest.
fn rows(bytes: &[u8], key: &[&str], columns: &[&str]) -> Result<Vec<Row>, String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let found: Vec<String> = reader.headers().map_err(|e| e.to_string())?.iter().map(str::to_owned).collect();
    let expected: Vec<&str> = key.iter().chain(columns).copied().collect();
    if found != expected {
        return Err(format!("its columns are {}, expected {}", found.join(", "), expected.join(", ")));
    }
    reader
        .records()
        .map(|record| {
            let cells: Vec<String> = record.map_err(|e| e.to_string())?.iter().map(str::to_owned).collect();
            let (key, rest) = cells.split_at(key.len());
            Ok((key.to_vec(), rest.to_vec()))
        })
        .collect()
}

fn digits(value: f64) -> String {
    (value as f32).to_string()
}

fn number<T: FromStr>(cell: &str) -> Result<T, String> {
    cell.parse().map_err(|_| format!("`{cell}` is not a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(l2: f64) -> Measurement {
        Measurement {
            parameters: vec![ParameterNorms {
                parameter: "fc.bias".into(),
                elements: 10,
                l2,
                mean_abs: 0.25,
                l2_from_initial: 0.5,
                l2_from_previous: 0.0,
            }],
            activations: vec![ActivationStatistics {
                layer: "relu".into(),
                mean: 1.5,
                std: f64::INFINITY,
                zero_share: 0.5,
                silent_share: 0.125,
            }],
        }
    }

    #[test]
    fn tables_read_back() {
        let key = |a: &str| vec![a.to_owned(), "[No, No]".to_owned()];
        let looks = [(key("start"), look(1.0)), (key("1"), look(2.0))];
        let tables = Tables::new(&["moment", "condition"], looks.iter().map(|(key, look)| (key.clone(), look)));
        assert_eq!(tables.read(&["moment", "condition"]).unwrap(), looks);
        assert!(tables.read(&["moment"]).unwrap_err().contains("expected moment, parameter"));
    }

    #[test]
    fn damage_is_named() {
        let mut tables = Tables::new(&["moment"], [(vec!["1".to_owned()], &look(1.0))]);
        tables.norms = String::from_utf8(tables.norms).unwrap().replace("0.25", "x").into_bytes();
        assert_eq!(tables.read(&["moment"]).unwrap_err(), "`x` is not a number");
    }
}
