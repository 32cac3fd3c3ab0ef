//! Tables of text from CSV files of any origin, and what is wrong with those that are none, in words for the person who made
//! them.
//!
//! What other programs add and nobody means is left out: blank lines, blanks around cells, a byte-order mark, and the column of
//! row numbers that pandas writes.
//!
//! ```
//! let table = tables::Table::parse(b",seed,loss\n0,3, 1.5\n\n1,4,2\n", "runs.csv".as_ref())?;
//! assert_eq!(table.header, ["seed", "loss"]);
//! assert_eq!((table.rows[1].number, &table.rows[1].cells[..]), (3, &["4".to_owned(), "2".to_owned()][..]));
//! assert!(tables::Table::parse(b"seed,loss\n1,2,5\n", "runs.csv".as_ref()).is_err());
//! # Ok::<(), tables::TableError>(())
//! ```

mod error;
mod kind;
mod table;
mod whole;

pub use error::TableError;
pub use table::{Row, Table};
pub use whole::whole;
