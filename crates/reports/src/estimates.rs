//! What is computed of a table's conditions: summaries, comparisons, trends.

mod across;
mod additive;
mod beside;
mod compare;
mod comparison;
mod corrected;
mod family;
mod rankings;
mod summary;
mod trends;

pub use across::Across;
pub(crate) use across::across;
pub use beside::Beside;
pub(crate) use beside::{beside, beside_summaries};
pub use compare::compare;
pub use comparison::{Against, Comparison, NOTICEABLE};
pub use corrected::Corrected;
pub use family::FAMILY;
pub use rankings::Ranking;
pub(crate) use rankings::rankings;
pub(crate) use summary::summarise_groups;
pub use summary::{Summary, summarise};
pub use trends::{Trend, TrendTest, trend, trends};
