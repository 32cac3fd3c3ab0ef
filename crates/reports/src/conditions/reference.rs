//! The condition that another is naturally compared with.

use crate::conditions::groups::{Group, Groups};
use crate::roles::{Axis, Factors, same};

/// The condition that another is naturally compared with, by the first of these that applies:
///
/// 1. of conditions that differ in the number of tasks alone, or in the level of the column that the caller named, the one
///    with the fewest, or the lowest; of the points of a line, the one with the lowest x;
/// 2. of conditions that differ in learning rates alone, the one with the base rate in both tasks, the base being the first
///    rate that most second rates follow;
/// 3. of conditions that differ in bias resets alone, the one without a reset;
/// 4. the first of the dataset that is no baseline and has its network.
///
/// `None` of a baseline, of a condition that is the reference itself, and where several are at the lowest level.
pub fn reference<'g, 'a>(groups: &'g Groups<'a>, of: &Group<'_>) -> Option<&'g Group<'a>> {
    if of.factors.is_baseline {
        return None;
    }
    let studied = groups.studied(of.dataset);
    let other = match lowest(&studied, of, &groups.first_axis(of.factors)) {
        Some(lowest) => lowest?,
        None => {
            base_rate(&studied, of).or_else(|| no_reset(&studied, of)).or_else(|| first_of_network(&studied, of))?
        }
    };
    (other.condition != of.condition).then_some(other)
}

fn first_of_network<'g, 'a>(studied: &[&'g Group<'a>], of: &Group<'_>) -> Option<&'g Group<'a>> {
    studied.iter().copied().find(|group| group.factors.network == of.factors.network)
}

/// Conditions that agree with this one in what `key` leaves of the factors.
fn alike<'g, 'a>(studied: &[&'g Group<'a>], of: &Group<'_>, key: impl Fn(&Factors) -> Factors) -> Vec<&'g Group<'a>> {
    let own = key(of.factors);
    studied.iter().copied().filter(|group| key(group.factors) == own).collect()
}

/// The condition at the lowest level of the axis, `Some(None)` where that is several; `None` where there is one level.
fn lowest<'g, 'a>(studied: &[&'g Group<'a>], of: &Group<'_>, axis: &Axis) -> Option<Option<&'g Group<'a>>> {
    of.factors.level_on(axis)?;
    let level = |group: &&'g Group<'a>| group.factors.level_on(axis);
    let family: Vec<&Group<'a>> = alike(studied, of, |factors| factors.without(axis))
        .into_iter()
        .filter(|group| level(group).is_some())
        .collect();
    let least = family.iter().filter_map(level).min_by(f64::total_cmp)?;
    let at_least: Vec<&Group<'a>> = family.iter().copied().filter(|group| level(group) == Some(least)).collect();
    if at_least.len() == family.len() {
        return None;
    }
    Some(if let [only] = at_least[..] { Some(only) } else { None })
}

fn base_rate<'g, 'a>(studied: &[&'g Group<'a>], of: &Group<'_>) -> Option<&'g Group<'a>> {
    of.factors.rates()?;
    let family = alike(studied, of, Factors::without_rates);
    let rates: Vec<(f64, f64)> = family.iter().filter_map(|group| group.factors.rates()).collect();
    let followers = |first: f64| {
        let mut seconds: Vec<f64> = rates.iter().filter(|pair| same(pair.0, first)).map(|pair| pair.1).collect();
        seconds.sort_by(f64::total_cmp);
        seconds.dedup_by(|a, b| same(*a, *b));
        seconds.len()
    };
    if rates.iter().all(|pair| same(pair.0, rates[0].0) && same(pair.1, rates[0].1)) {
        return None;
    }
    // The first of equals.
    let base = rates.iter().rev().max_by_key(|pair| followers(pair.0))?.0;
    let is_base = |group: &&Group<'_>| group.factors.rates().is_some_and(|(a, b)| same(a, base) && same(b, base));
    family.into_iter().find(is_base)
}

fn no_reset<'g, 'a>(studied: &[&'g Group<'a>], of: &Group<'_>) -> Option<&'g Group<'a>> {
    of.factors.resets()?;
    let family = alike(studied, of, Factors::without_resets);
    if family.iter().all(|group| group.factors.resets() == of.factors.resets()) {
        return None;
    }
    family.into_iter().find(|group| group.factors.resets() == Some((0.0, 0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::RunTable;

    fn of<'a>(label: &str, labels: &[&'a str]) -> Option<&'a str> {
        let rows: String = labels.iter().map(|label| format!("d,\"{label}\",0,1\n")).collect();
        let text = format!("dataset,condition,seed,test_loss\n{rows}");
        let table = RunTable::from_csv(text.into(), std::path::Path::new("runs.csv")).unwrap();
        let groups = Groups::of(&table);
        let found = reference(&groups, groups.get("d", label).unwrap())?.condition;
        labels.iter().copied().find(|label| *label == found)
    }

    #[test]
    fn references_are_natural() {
        let paths = ["baseline", "blur N=3", "blur N=2", "shift N=2"];
        assert_eq!(of("blur N=3", &paths), Some("blur N=2"));
        assert_eq!(of("blur N=2", &paths), None);
        let resets = ["baseline", "other", "[Yes, No]", "[No, No]"];
        assert_eq!(of("[Yes, No]", &resets), Some("[No, No]"));
        assert_eq!((of("baseline", &resets), of("other", &resets)), (None, None));
        let rates = ["(0.01, 0.02)", "baseline", "(0.02, 0.02)", "(0.01, 0.01)", "(0.005, 0.005)", "(0.01, 0.005)"];
        assert_eq!(of("(0.02, 0.02)", &rates), Some("(0.01, 0.01)"));
        assert_eq!(of("(0.01, 0.01)", &rates), None);
    }

    #[test]
    fn two_lowest_levels_are_no_reference() {
        assert_eq!(of("blur N=3", &["blur N=2", "blur, N=2", "blur N=3"]), None);
    }
}
