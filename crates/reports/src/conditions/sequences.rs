//! Conditions in an order: of numbers of tasks, of learning rates, of a column that the caller named.

use crate::conditions::groups::{Group, Groups, families};
use crate::roles::{Axis, Factors};

/// Conditions in an order.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// What runs through them.
    pub name: String,
    /// The labels of the conditions, from the lowest level up.
    pub conditions: Vec<String>,
    /// Their levels.
    pub levels: Vec<f64>,
}

/// Conditions that would be a sequence, were their levels all different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguity {
    /// In words: which conditions, and at which level.
    pub reason: String,
}

/// The sequences of a dataset: conditions that agree in all factors but one, which has at least two levels. Conditions that
/// share a level cannot be told apart, and are no sequence.
pub fn sequences(groups: &Groups<'_>, dataset: &str) -> Vec<Result<Sequence, Ambiguity>> {
    let studied = groups.studied(dataset);
    groups.axes().iter().flat_map(|axis| along(&studied, axis)).collect()
}

/// The sequences among some conditions of one dataset along one axis.
pub(crate) fn along(studied: &[&Group<'_>], axis: &Axis) -> Vec<Result<Sequence, Ambiguity>> {
    let with_level: Vec<&Group<'_>> = studied.iter().copied().filter(|g| g.factors.level_on(axis).is_some()).collect();
    families(&with_level, |factors| factors.without(axis))
        .into_iter()
        .filter_map(|(key, members)| sequence(&key, members, axis))
        .collect()
}

fn sequence(key: &Factors, members: Vec<&Group<'_>>, axis: &Axis) -> Option<Result<Sequence, Ambiguity>> {
    let mut ordered: Vec<(f64, &Group<'_>)> =
        members.into_iter().filter_map(|group| Some((group.factors.level_on(axis)?, group))).collect();
    ordered.sort_by(|a, b| a.0.total_cmp(&b.0));
    if ordered.first()?.0 == ordered.last()?.0 {
        return None;
    }
    let name = name(key, axis);
    if let Some(two) = ordered.windows(2).find(|two| two[0].0 == two[1].0) {
        let (level, a, b) = (two[0].0, two[0].1.condition, two[1].1.condition);
        let reason = format!("{name}: “{a}” and “{b}” are both at {level} and agree in every factor that is known");
        return Some(Err(Ambiguity { reason }));
    }
    Some(Ok(Sequence {
        name,
        conditions: ordered.iter().map(|(_, group)| group.condition.to_owned()).collect(),
        levels: ordered.iter().map(|(level, _)| *level).collect(),
    }))
}

fn name(key: &Factors, axis: &Axis) -> String {
    let path = key.path.as_deref().filter(|path| !path.is_empty());
    match axis {
        Axis::LastRate => "second learning rate".into(),
        Axis::Line => key.line.clone().unwrap_or_else(|| "x".into()),
        Axis::Tasks => path.map_or_else(|| "number of tasks".into(), |path| format!("{path}, number of tasks")),
        Axis::Column(column) => path.map_or_else(|| column.clone(), |path| format!("{path}, {column}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::RunTable;

    fn found(labels: &[&str]) -> Vec<Result<Sequence, Ambiguity>> {
        let rows: String = labels.iter().map(|label| format!("d,\"{label}\",0,1\n")).collect();
        let text = format!("dataset,condition,seed,test_loss\n{rows}");
        let table = RunTable::from_csv(text.into(), std::path::Path::new("runs.csv")).unwrap();
        sequences(&Groups::of(&table), "d")
    }

    #[test]
    fn numbers_of_tasks_are_an_order() {
        let found = found(&["baseline", "blur N=5", "blur N=2", "blur N=10", "shift N=2", "[No, No]", "BN=3", "BN=4"]);
        let [Ok(only)] = &found[..] else { panic!("{found:?}") };
        assert_eq!(only.conditions, ["blur N=2", "blur N=5", "blur N=10"]);
        assert_eq!(only.levels, [2.0, 5.0, 10.0]);
    }

    #[test]
    fn second_learning_rates_are_an_order() {
        let found = found(&["baseline", "(1, 2)", "(2, 2)", "(1, 0.5)"]);
        let [Ok(only)] = &found[..] else { panic!("{found:?}") };
        assert_eq!(
            (only.conditions.as_slice(), only.levels.as_slice()),
            (&["(1, 0.5)".to_owned(), "(1, 2)".to_owned()][..], &[0.5, 2.0][..])
        );
    }

    #[test]
    fn conditions_that_cannot_be_told_apart_are_not_merged() {
        let found = found(&["blur N=2", "blur, N=2", "blur N=3"]);
        let [Err(ambiguity)] = &found[..] else { panic!("{found:?}") };
        assert!(ambiguity.reason.contains("“blur N=2” and “blur, N=2” are both at 2"), "{ambiguity:?}");
    }
}
