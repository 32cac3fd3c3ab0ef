//! What a stage's probe saw, as two tables: `norms.csv`, a row a parameter and moment, and `activations.csv`, a row a ReLU and
//! moment. Numbers have float32's digits, which is what they are good for.

use serde::{Deserialize, Serialize};
use training::{ActivationStatistics, Measurement, Moment, ParameterNorms};

#[derive(Serialize, Deserialize)]
struct NormsRow {
    moment: String,
    parameter: String,
    elements: usize,
    l2: f32,
    mean_abs: f32,
    l2_from_initial: f32,
    l2_from_previous: f32,
}

#[derive(Serialize, Deserialize)]
struct ActivationsRow {
    moment: String,
    layer: String,
    mean: f32,
    std: f32,
    zero_share: f32,
    silent_share: f32,
}

/// The two tables as CSV: norms, then activations.
pub(crate) fn to_csv(looks: &[(Moment, &Measurement)]) -> (Vec<u8>, Vec<u8>) {
    let (mut norms, mut activations) = (csv::Writer::from_writer(Vec::new()), csv::Writer::from_writer(Vec::new()));
    for (moment, measurement) in looks {
        let moment = moment.to_string();
        for p in &measurement.parameters {
            let row = NormsRow {
                moment: moment.clone(),
                parameter: p.parameter.clone(),
                elements: p.elements,
                l2: p.l2 as f32,
                mean_abs: p.mean_abs as f32,
                l2_from_initial: p.l2_from_initial as f32,
                l2_from_previous: p.l2_from_previous as f32,
            };
            norms.serialize(row).expect("a row is flat");
        }
        for a in &measurement.activations {
            let row = ActivationsRow {
                moment: moment.clone(),
                layer: a.layer.clone(),
                mean: a.mean as f32,
                std: a.std as f32,
                zero_share: a.zero_share as f32,
                silent_share: a.silent_share as f32,
            };
            activations.serialize(row).expect("a row is flat");
        }
    }
    let bytes = |writer: csv::Writer<Vec<u8>>| writer.into_inner().expect("writing to memory does not fail");
    (bytes(norms), bytes(activations))
}

/// Reads what [`to_csv`] wrote: every moment with what was seen then, in order.
pub(crate) fn from_csv(norms: &[u8], activations: &[u8]) -> Result<Vec<(Moment, Measurement)>, String> {
    let mut looks: Vec<(Moment, Measurement)> = Vec::new();
    let mut at = |moment: &str| -> Result<usize, String> {
        let moment: Moment = moment.parse()?;
        if let Some(known) = looks.iter().rposition(|(known, _)| *known == moment) {
            return Ok(known);
        }
        looks.push((moment, Measurement { parameters: Vec::new(), activations: Vec::new() }));
        Ok(looks.len() - 1)
    };
    let (mut parameters, mut layers) = (Vec::new(), Vec::new());
    for row in csv::Reader::from_reader(norms).deserialize::<NormsRow>() {
        let row = row.map_err(|e| e.to_string())?;
        let norms = ParameterNorms {
            parameter: row.parameter,
            elements: row.elements,
            l2: row.l2.into(),
            mean_abs: row.mean_abs.into(),
            l2_from_initial: row.l2_from_initial.into(),
            l2_from_previous: row.l2_from_previous.into(),
        };
        parameters.push((at(&row.moment)?, norms));
    }
    for row in csv::Reader::from_reader(activations).deserialize::<ActivationsRow>() {
        let row = row.map_err(|e| e.to_string())?;
        let statistics = ActivationStatistics {
            layer: row.layer,
            mean: row.mean.into(),
            std: row.std.into(),
            zero_share: row.zero_share.into(),
            silent_share: row.silent_share.into(),
        };
        layers.push((at(&row.moment)?, statistics));
    }
    for (look, norms) in parameters {
        looks[look].1.parameters.push(norms);
    }
    for (look, statistics) in layers {
        looks[look].1.activations.push(statistics);
    }
    Ok(looks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_read_back() {
        let look = |l2: f64| Measurement {
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
                std: 2.0,
                zero_share: 0.5,
                silent_share: 0.125,
            }],
        };
        let looks = [(Moment::Received, look(1.0)), (Moment::Start, look(2.0)), (Moment::Epoch(1), look(4.0))];
        let borrowed: Vec<(Moment, &Measurement)> = looks.iter().map(|(moment, look)| (*moment, look)).collect();
        let (norms, activations) = to_csv(&borrowed);
        assert_eq!(from_csv(&norms, &activations).unwrap(), looks);
        assert!(from_csv(b"moment,parameter\nnever,x\n", &activations).is_err());
    }
}
