//! The part that a condition plays in a claim.

use crate::conditions::Group;

/// A condition that a claim is about.
#[derive(Clone, Debug)]
pub(crate) struct Role<'g, 'a> {
    /// Its label, or what the paper calls it where the table has no such condition.
    pub name: String,
    /// Its runs, where the table has such a condition.
    pub group: Option<&'g Group<'a>>,
}

impl<'g, 'a> Role<'g, 'a> {
    /// A condition of the table.
    pub fn of(group: &'g Group<'a>) -> Self {
        Self { name: group.condition.to_owned(), group: Some(group) }
    }

    /// A condition that the table does not have.
    pub fn missing(name: &str) -> Self {
        Self { name: name.to_owned(), group: None }
    }

    /// The condition, or what it is called where there is none.
    pub fn or_missing(group: Option<&'g Group<'a>>, name: &str) -> Self {
        group.map_or_else(|| Self::missing(name), Self::of)
    }
}
