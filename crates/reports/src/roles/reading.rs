//! What the caller says of a table.

use crate::runs::Measure;

/// What the caller says of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What is analysed.
    pub measure: Measure,
    /// The label of the baseline, of a table without factor columns.
    pub baseline: Option<String>,
    /// The numeric column along which conditions have an order, instead of numbers of tasks and learning rates.
    ///
    /// A condition has one level, or none where its cells are empty. A sequence is the conditions of a dataset that agree in
    /// all other factors; baselines are in none. A table without factor columns has one such factor: its column `path`, where
    /// there is one.
    pub trend_column: Option<String>,
}
