//! Lines to a terminal or pipe whose other end may be gone.
//!
//! `println!` panics where nobody reads; a closed pager must neither end a training nor turn a finished command into a failed
//! one. Any other failure, such as a full disk behind `> plan.jsonl`, is one: what was to be written is what was asked for. So
//! it is remembered, and [`finish`] makes it the program's.

mod output;

pub use output::{err, finish, is_open, out, write};
