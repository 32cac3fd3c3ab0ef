//! The conditions of a table: their runs, and which of them belong together.

mod groups;
mod reference;
mod sequences;
mod sides;

pub(crate) use groups::families;
pub use groups::{Group, Groups};
pub use reference::reference;
pub(crate) use sequences::along;
pub use sequences::{Ambiguity, Sequence, sequences};
pub use sides::Sides;
