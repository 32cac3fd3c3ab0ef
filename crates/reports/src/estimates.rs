//! What is computed of a table's conditions: summaries, comparisons, trends.

mod compare;
mod comparison;
mod corrected;
mod family;
mod summary;
mod trends;

pub use compare::compare;
pub use comparison::{Against, Comparison, NOTICEABLE};
pub use corrected::Corrected;
pub use family::FAMILY;
pub(crate) use summary::summarise_groups;
pub use summary::{Summary, summarise, write_summary};
pub use trends::{Trend, trend, trends};
