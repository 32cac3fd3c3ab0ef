//! The conditions of Figure 6 by their bias resets.

use crate::claims::role::Role;
use crate::conditions::{Group, families};
use crate::roles::Factors;

/// The conditions of Figure 6: whether biases are reset before the first and before the last task.
#[derive(Clone, Debug)]
pub(crate) struct ResetConditions<'g, 'a> {
    /// No reset.
    pub none: Role<'g, 'a>,
    /// Before the last task.
    pub last: Role<'g, 'a>,
    /// Before the first task.
    pub first: Role<'g, 'a>,
    /// Before both.
    pub both: Role<'g, 'a>,
}

/// Finds the roles among conditions that differ in nothing but bias resets, once for each amount that is added; one without
/// any condition where there are none.
pub(crate) fn reset_conditions<'g, 'a>(studied: &[&'g Group<'a>]) -> Vec<ResetConditions<'g, 'a>> {
    let with_resets: Vec<&Group<'a>> = studied.iter().copied().filter(|g| g.factors.resets().is_some()).collect();
    let mut found = Vec::new();
    for (_, members) in families(&with_resets, Factors::without_resets) {
        let mut amounts: Vec<f64> = members
            .iter()
            .filter_map(|group| group.factors.resets())
            .flat_map(|(first, last)| [first, last])
            .filter(|&amount| amount != 0.0)
            .collect();
        amounts.sort_by(f64::total_cmp);
        amounts.dedup();
        if amounts.is_empty() {
            found.push(roles(&members, 0.0));
        }
        found.extend(amounts.into_iter().map(|amount| roles(&members, amount)));
    }
    if found.is_empty() {
        found.push(roles(&[], 0.0));
    }
    found
}

fn roles<'g, 'a>(members: &[&'g Group<'a>], amount: f64) -> ResetConditions<'g, 'a> {
    let find = |resets: (f64, f64), name: &str| {
        let found = members.iter().copied().find(|group| group.factors.resets() == Some(resets));
        // Without an amount there is but the condition without a reset.
        Role::or_missing(found.filter(|_| amount != 0.0 || name == NONE), name)
    };
    ResetConditions {
        none: find((0.0, 0.0), NONE),
        last: find((0.0, amount), "[No, Yes]"),
        first: find((amount, 0.0), "[Yes, No]"),
        both: find((amount, amount), "[Yes, Yes]"),
    }
}

/// What the paper calls the condition without a reset.
const NONE: &str = "[No, No]";
