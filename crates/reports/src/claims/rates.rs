//! The conditions of Figure 3 by their learning rates.

use crate::claims::role::Role;
use crate::conditions::{Group, families};
use crate::roles::{Factors, same};

/// The conditions of Figure 3 by their roles; rates are those of the first and the second task.
#[derive(Clone, Debug)]
pub(crate) struct RateConditions<'g, 'a> {
    /// The base rate in both tasks.
    pub base_base: Role<'g, 'a>,
    /// Twice the rate in both tasks.
    pub double_double: Role<'g, 'a>,
    /// Half the rate in the second task.
    pub base_half: Role<'g, 'a>,
    /// Twice the rate in the second task.
    pub base_double: Role<'g, 'a>,
}

/// Finds the roles among conditions that differ in nothing but learning rates. The base rate is the one that is followed by
/// itself, its half and its double, where half the rate and twice the rate were used in both tasks as well.
pub(crate) fn rate_conditions<'g, 'a>(studied: &[&'g Group<'a>]) -> Vec<RateConditions<'g, 'a>> {
    // The claims are about blurred images; a table that does not name paths is taken to be about them.
    let blurred: Vec<&Group<'a>> =
        studied.iter().copied().filter(|g| g.factors.path.is_none() || g.factors.is_path("blur")).collect();
    families(&blurred, Factors::without_rates).into_iter().filter_map(|(_, members)| roles(&members)).collect()
}

fn roles<'g, 'a>(members: &[&'g Group<'a>]) -> Option<RateConditions<'g, 'a>> {
    let find = |first: f64, second: f64| {
        let is = |group: &&&'g Group<'a>| group.factors.rates().is_some_and(|(a, b)| same(a, first) && same(b, second));
        members.iter().find(is).copied().map(Role::of)
    };
    members.iter().filter_map(|group| group.factors.lr_1).find_map(|base| {
        find(base / 2.0, base / 2.0)?;
        Some(RateConditions {
            base_base: find(base, base)?,
            double_double: find(base * 2.0, base * 2.0)?,
            base_half: find(base, base / 2.0)?,
            base_double: find(base, base * 2.0)?,
        })
    })
}
