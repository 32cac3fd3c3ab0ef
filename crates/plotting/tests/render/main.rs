//! Whole figures, laid out and painted.

mod curves;
mod golden;
mod intervals;
mod lines;
mod paths;
mod support;
mod violins;
