//! Single runs, and the cells of the file that they are read from.

mod cause;
mod cells;
mod error;
mod measure;
mod run;
mod status;

pub use cause::Cause;
pub(crate) use cells::Cells;
pub use error::TableError;
pub use measure::Measure;
pub use run::{Quantity, Run};
pub(crate) use status::{ALLOWED, Status};
