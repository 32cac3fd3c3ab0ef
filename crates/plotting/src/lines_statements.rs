//! What a panel of lines must say in words: how many runs it shows, which failed, and what could not be drawn.

use crate::lines::{LinesPanel, LinesRow};
use crate::lines_panel::{RowAxis, Side};
use crate::number::three_digits;

/// The lines beneath a panel: its number of runs, its failures, and what is missing or beyond the axis.
pub(crate) fn statements(row: &LinesRow, panel: &LinesPanel, names: &[String], row_axis: &RowAxis) -> Vec<String> {
    let lines = || panel.lines.iter().zip(names);
    let with_data: Vec<_> = lines().filter(|(line, _)| !line.is_empty()).collect();
    let mut said = Vec::new();
    if let Some((first, _)) = with_data.first() {
        match first.n {
            n if with_data.iter().any(|(line, _)| line.n != n) => {
                said.push(listed("n", with_data.iter().map(|(line, name)| (name.as_str(), line.n))));
            }
            1 => said.push("n = 1 seed".to_string()),
            n => said.push(format!("n = {n} seeds")),
        }
        let missing: Vec<&str> = lines().filter(|(line, _)| line.is_empty()).map(|(_, name)| name.as_str()).collect();
        // What others are subtracted from has no differences.
        if !missing.is_empty() && !row.zero {
            said.push(format!("no data: {}", missing.join("; ")));
        }
    }
    let failed = lines().filter(|(line, _)| line.failed > 0).map(|(line, name)| (name.as_str(), line.failed));
    if failed.clone().next().is_some() {
        said.push(listed("diverged", failed));
    }
    let beyond = |side: Side| -> Vec<(f64, &str, &str)> {
        let values =
            lines().flat_map(|(line, name)| line.estimates().map(move |(layer, one)| (one.value, name, layer)));
        let values = values.filter(|&(value, ..)| row_axis.side(value) == side);
        values.map(|(value, name, layer)| (value, name.as_str(), row.layer(layer))).collect()
    };
    said.extend(clipped(&beyond(Side::Above), "above", f64::max));
    said.extend(clipped(&beyond(Side::Below), "below", f64::min));
    let cut = lines().flat_map(|(line, _)| line.estimates()).filter(|(_, one)| {
        let beyond = |value: f64| row_axis.side(value) != Side::On;
        !beyond(one.value) && (beyond(one.low) || beyond(one.high))
    });
    let cut = cut.count();
    if cut > 0 {
        said.push(format!("{cut} {} cut at the end of the axis", if cut == 1 { "interval" } else { "intervals" }));
    }
    said
}

fn listed<'a>(what: &str, counts: impl Iterator<Item = (&'a str, usize)>) -> String {
    let counts: Vec<String> = counts.map(|(name, count)| format!("{name} {count}")).collect();
    format!("{what}: {}", counts.join("; "))
}

/// States the values (with line and layer) beyond one end of the axis; `extreme` picks the farther of two.
fn clipped(values: &[(f64, &str, &str)], side: &str, extreme: fn(f64, f64) -> f64) -> Option<String> {
    let farthest = values.iter().map(|one| one.0).reduce(extreme)?;
    Some(match values {
        [(value, line, layer)] => format!("1 value {side} the axis: {} ({line}, {layer})", three_digits(*value)),
        _ if values.iter().all(|one| one.0 == farthest) => {
            format!("{} values {side} the axis: all {}", values.len(), three_digits(farthest))
        }
        _ => format!("{} values {side} the axis, the farthest {}", values.len(), three_digits(farthest)),
    })
}
