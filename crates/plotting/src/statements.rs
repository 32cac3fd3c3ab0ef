//! What a panel must say in words: how many runs it shows, which failed, and what could not be drawn.

use crate::dots::GroupSwarm;
use crate::number::three_digits;
use crate::prepared::Prepared;
use crate::violin::{Group, Point, ViolinPanel};

/// How many clipped values are listed one by one before only the most extreme is.
const LISTED: usize = 3;

/// For each group, what belongs beneath its name: its number of runs where the groups differ in it, and its failures.
pub(crate) fn remarks(panel: &ViolinPanel) -> Vec<Vec<String>> {
    let equal = equal_n(panel).is_some();
    let of_group = |group: &Group| -> Vec<String> {
        let n = (!equal).then(|| format!("n = {}", group.points.len()));
        let failed = (group.failed > 0).then(|| format!("{} diverged", group.failed));
        n.into_iter().chain(failed).collect()
    };
    panel.groups.iter().map(of_group).collect()
}

/// The lines beneath a panel, its remarks among them where `state_remarks` says that there was no room for them
/// beneath the groups; `state_reference` tells whether the number of runs behind the reference is to be stated here.
pub(crate) fn statements(
    prepared: &Prepared<'_>,
    swarms: &[GroupSwarm],
    state_remarks: bool,
    state_reference: bool,
) -> Vec<String> {
    let panel = prepared.panel;
    let mut lines = Vec::new();
    match equal_n(panel) {
        Some(1) => lines.push("n = 1 seed".to_string()),
        Some(n) => lines.push(format!("n = {n} seeds")),
        None if state_remarks => lines.push(listed("n", panel.groups.iter().map(|g| (g, g.points.len())))),
        None => {}
    }
    let failures = panel.groups.iter().map(|group| (group, group.failed)).filter(|&(_, failed)| failed > 0);
    if state_remarks && failures.clone().next().is_some() {
        lines.push(listed("diverged", failures));
    }
    if let Some(reference) = panel.reference.as_ref().filter(|_| state_reference) {
        lines.extend(reference.n.map(|n| format!("{}: n = {n}", reference.label)));
    }
    let groups = || prepared.groups.iter().chain(&prepared.reference);
    let above = groups().flat_map(|one| one.above.iter().map(move |&point| (one.group, point)));
    lines.extend(clipped(&above.collect::<Vec<_>>(), "above", f64::max));
    let below = groups().flat_map(|one| one.below.iter().map(move |&point| (one.group, point)));
    lines.extend(clipped(&below.collect::<Vec<_>>(), "below", f64::min));
    if let Some(reference) = panel.reference.as_ref().filter(|_| prepared.reference_value().is_none()) {
        lines.push(format!("{} beyond the axis: {}", reference.label, three_digits(reference.value)));
    }
    if prepared.cuts_intervals() {
        lines.push("intervals are cut at the end of the axis".to_string());
    }
    let hidden =
        groups().map(|group| group.group).zip(swarms.iter().map(GroupSwarm::hidden)).filter(|&(_, hidden)| hidden > 0);
    if hidden.clone().next().is_some() {
        lines.push(listed("dots without room, not drawn", hidden));
    }
    lines
}

/// The number of runs in every group, if it is the same in all of them.
fn equal_n(panel: &ViolinPanel) -> Option<usize> {
    let first = panel.groups.first().map_or(0, |group| group.points.len());
    panel.groups.iter().all(|group| group.points.len() == first).then_some(first)
}

fn listed<'a>(what: &str, counts: impl Iterator<Item = (&'a Group, usize)>) -> String {
    let counts: Vec<String> = counts.map(|(group, count)| format!("{} {count}", group.label)).collect();
    format!("{what}: {}", counts.join("; "))
}

/// States the values beyond one end of the axis; `extreme` picks the farther of two.
fn clipped(points: &[(&Group, Point)], side: &str, extreme: fn(f64, f64) -> f64) -> Option<String> {
    let farthest = points.iter().map(|(_, point)| point.value).reduce(extreme)?;
    let values = if points.len() == 1 { "value" } else { "values" };
    let which = if points.len() <= LISTED {
        let each = points
            .iter()
            .map(|(group, point)| format!("{} (seed {}, {})", three_digits(point.value), point.seed, group.label));
        each.collect::<Vec<_>>().join("; ")
    } else {
        format!("the farthest {}", three_digits(farthest))
    };
    Some(format!("{} {values} {side} the axis, left out of the violins: {which}", points.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepared::prepare;
    use crate::violin::ViolinFigure;

    fn group(label: &str, values: &[f64], failed: usize) -> Group {
        let points = values.iter().zip(0..).map(|(&value, seed)| Point { seed, value }).collect();
        Group { label: label.to_string(), points, failed, mean: None }
    }

    fn said(groups: Vec<Group>, state_remarks: bool) -> Vec<String> {
        let panel = ViolinPanel { title: "MNIST".to_string(), groups, ..ViolinPanel::default() };
        let figure = ViolinFigure { panels: vec![panel.into()], ..ViolinFigure::default() };
        statements(&prepare(&figure, 1)[0], &[], state_remarks, true)
    }

    #[test]
    fn equal_numbers_of_runs_are_stated_once() {
        assert_eq!(said(vec![group("A", &[1.0, 2.0], 0), group("B", &[3.0, 4.0], 0)], true), ["n = 2 seeds"]);
        assert_eq!(said(vec![group("A", &[1.0], 0)], true), ["n = 1 seed"]);
    }

    #[test]
    fn unequal_numbers_and_failures_are_stated_group_by_group() {
        let groups = vec![group("A", &[1.0, 2.0], 0), group("B", &[3.0], 1)];
        let panel = ViolinPanel { groups: groups.clone(), ..ViolinPanel::default() };
        assert_eq!(remarks(&panel), [vec!["n = 2".to_string()], vec!["n = 1".to_string(), "1 diverged".to_string()]]);
        assert_eq!(said(groups.clone(), true), ["n: A 2; B 1", "diverged: B 1"]);
        assert!(said(groups, false).is_empty());
    }

    #[test]
    fn values_beyond_the_axis_are_named() {
        let values = [0.50, 0.51, 0.52, 0.53, 0.54, 0.55, 0.56, 0.57, 0.58, 55.0];
        let said = said(vec![group("A", &values, 0)], true);
        assert_eq!(said[1], "1 value above the axis, left out of the violins: 55.0 (seed 9, A)");
    }
}
