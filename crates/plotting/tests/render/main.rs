//! Whole figures, laid out and painted.

mod golden;
mod lines;
mod paths;
mod support;
mod violins;
