//! What the labels of conditions say.
//!
//! Conditions are known to the statistics by their labels alone. Three forms have a meaning beyond being a name:
//!
//! - `baseline`: the target task alone;
//! - `NAME N=n` (Figures 4 and 5): the path NAME in n tasks, `NAME` being `blur`, `contrast`, `shift`, or a path in two
//!   transformations such as `blur then contrast` or `blur + contrast diagonal`;
//! - `(a, b)` (Figure 3): learning rate a on the first task and b on the second.

/// The label of the runs on the target task alone.
pub const BASELINE: &str = "baseline";

/// The path's name and the number of tasks in a label `NAME N=n`.
pub fn steps(label: &str) -> Option<(&str, u32)> {
    let (name, number) = label.rsplit_once("N=")?;
    let name = name.trim_end_matches([' ', ',']);
    Some((name, number.trim().parse().ok()?))
}

/// The two learning rates in a label `(a, b)`.
pub fn learning_rates(label: &str) -> Option<(f64, f64)> {
    let inner = label.trim().strip_prefix('(')?.strip_suffix(')')?;
    let (first, second) = inner.split_once(',')?;
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|v| v.is_finite() && *v > 0.0);
    Some((number(first)?, number(second)?))
}

/// The five conditions of Figure 3 by their roles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateConditions<'a> {
    /// Half the rate in both tasks.
    pub half_half: &'a str,
    /// The same rate in both tasks.
    pub base_base: &'a str,
    /// Twice the rate in both tasks.
    pub double_double: &'a str,
    /// Half the rate in the second task.
    pub base_half: &'a str,
    /// Twice the rate in the second task.
    pub base_double: &'a str,
}

/// Finds the roles of Figure 3's conditions. Labels that read as pairs of learning rates say themselves which is which: the
/// base rate is the one that is followed by its half and its double. Other labels are taken by their order in the table:
/// half/half, base/base, double/double, base → half, base → double, and only if there are exactly five.
pub fn rate_conditions<'a>(conditions: &[&'a str]) -> Option<RateConditions<'a>> {
    let named: Vec<&'a str> = conditions.iter().copied().filter(|c| *c != BASELINE).collect();
    let pairs: Vec<Option<(f64, f64)>> = named.iter().map(|label| learning_rates(label)).collect();
    if pairs.iter().any(Option::is_some) {
        let find = |first: f64, second: f64| -> Option<&'a str> {
            let same = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-6;
            let at = pairs.iter().position(|p| p.is_some_and(|(a, b)| same(a, first) && same(b, second)))?;
            Some(named[at])
        };
        return pairs.iter().flatten().map(|pair| pair.0).find_map(|base| {
            Some(RateConditions {
                half_half: find(base / 2.0, base / 2.0)?,
                base_base: find(base, base)?,
                double_double: find(base * 2.0, base * 2.0)?,
                base_half: find(base, base / 2.0)?,
                base_double: find(base, base * 2.0)?,
            })
        });
    }
    let [half_half, base_base, double_double, base_half, base_double] = named[..] else {
        return None;
    };
    Some(RateConditions { half_half, base_base, double_double, base_half, base_double })
}

/// The condition that another is naturally compared with: the fewest tasks of the same path, the same learning rates in
/// both tasks, or else the first of the table.
pub fn reference<'a>(condition: &str, conditions: &[&'a str]) -> Option<&'a str> {
    if condition == BASELINE {
        return None;
    }
    let chosen = if let Some((name, _)) = steps(condition) {
        let same = conditions.iter().filter_map(|c| steps(c).filter(|s| s.0 == name).map(|s| (s.1, *c)));
        same.min_by_key(|pair| pair.0)?.1
    } else if let Some(rates) = learning_rates(condition).and_then(|_| rate_conditions(conditions)) {
        rates.base_base
    } else {
        conditions.iter().copied().find(|c| *c != BASELINE)?
    };
    (chosen != condition).then_some(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read() {
        assert_eq!(steps("blur N=2"), Some(("blur", 2)));
        assert_eq!(steps("blur then contrast, N=9"), Some(("blur then contrast", 9)));
        assert_eq!(steps("[No, No]"), None);
        assert_eq!(learning_rates("(1e-3, 2e-3)"), Some((1e-3, 2e-3)));
        assert_eq!(learning_rates("[No, No]"), None);
    }

    #[test]
    fn roles_are_found_in_any_order_and_at_any_scale() {
        let labels = ["(0.01, 0.02)", BASELINE, "(0.01, 0.01)", "(0.02, 0.02)", "(0.005, 0.005)", "(0.01, 0.005)"];
        let roles = rate_conditions(&labels).unwrap();
        assert_eq!((roles.base_double, roles.base_base, roles.half_half), (labels[0], labels[2], labels[4]));
        let by_order = rate_conditions(&["a", "b", "c", "d", "e"]).unwrap();
        assert_eq!((by_order.base_base, by_order.base_double), ("b", "e"));
        assert_eq!(rate_conditions(&["a", "b"]), None);
        assert_eq!(rate_conditions(&labels[..4]), None);
    }

    #[test]
    fn references_are_natural() {
        let conditions = ["baseline", "blur N=3", "blur N=2", "shift N=2"];
        assert_eq!(reference("blur N=3", &conditions), Some("blur N=2"));
        assert_eq!(reference("blur N=2", &conditions), None);
        let resets = ["baseline", "[No, No]", "[Yes, No]"];
        assert_eq!(reference("[Yes, No]", &resets), Some("[No, No]"));
        assert_eq!(reference("baseline", &resets), None);
    }
}
