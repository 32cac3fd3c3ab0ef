//! Statistics of runs: a table of results in, estimates with their intervals out.
//!
//! The crate knows nothing of how runs came about: it reads the columns `dataset`, `condition`, `seed` and `test_loss` of a
//! CSV file, which may as well come from another program.

#![warn(missing_docs)]

mod interval;
mod summary;
mod table;

pub use interval::{Interval, t_interval};
pub use summary::{Summary, summarise, write_summary};
pub use table::{Run, RunTable, TableError};
