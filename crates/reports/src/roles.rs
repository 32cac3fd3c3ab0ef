//! What conditions are: their factors, and where these are read.

mod agreement;
mod assign;
mod columns;
mod factors;
mod labels;
mod reading;
mod understood;

pub(crate) use assign::read;
pub(crate) use factors::{Axis, same};
pub use factors::{Factors, Strengths};
pub use reading::Reading;
