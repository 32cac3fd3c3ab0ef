//! What a figure of intervals shows: rows of conditions, columns of quantities, an estimate in each cell.

use crate::error::PlotError;
use crate::estimate::Estimate;

/// Conditions beneath one another, and beside each name what is known of several quantities.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IntervalsFigure {
    /// Line above everything.
    pub title: Option<String>,
    /// The quantities, from left to right.
    pub columns: Vec<IntervalsColumn>,
    /// Groups of conditions, each with value axes of its own.
    pub sections: Vec<IntervalsSection>,
    /// What whiskers are, such as "95 % interval".
    pub interval: String,
    /// What dots are, such as "a run".
    pub dot: String,
    /// What it means that an estimate stands out.
    pub stands_out: String,
    /// Caption beneath the figure.
    pub note: Option<String>,
}

/// A quantity.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IntervalsColumn {
    /// What it is, with its unit.
    pub label: String,
    /// A value that is marked by a line, such as 0 for differences.
    pub level: Option<f64>,
}

/// Conditions that are compared with one another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IntervalsSection {
    /// Heading.
    pub title: Option<String>,
    /// From top to bottom.
    pub rows: Vec<IntervalsRow>,
}

/// A condition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IntervalsRow {
    /// Its name.
    pub label: String,
    /// Whether it is what others are held against, and drawn so.
    pub is_reference: bool,
    /// As many as there are columns; `None` where there is nothing to be known.
    pub cells: Vec<Option<IntervalsCell>>,
}

/// What is known of a quantity.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IntervalsCell {
    /// The estimate.
    pub estimate: Estimate,
    /// The values of single runs.
    pub dots: Vec<f64>,
    /// Whether it is to stand out and is drawn filled.
    pub stands_out: bool,
}

impl IntervalsFigure {
    /// Refuses a figure with nothing in it, with rows of another length than the columns, and with values that have no place.
    pub(crate) fn validate(&self) -> Result<(), PlotError> {
        if self.columns.is_empty() || self.sections.iter().all(|section| section.rows.is_empty()) {
            return Err(PlotError::NoPanels);
        }
        let rows = || self.sections.iter().flat_map(|section| &section.rows);
        if let Some((at, row)) = rows().enumerate().find(|(_, row)| row.cells.len() != self.columns.len()) {
            let (expected, found) = (self.columns.len(), row.cells.len());
            return Err(PlotError::Shape { row: at + 1, column: None, what: "cells", expected, found, each: "column" });
        }
        let finite = |cell: &IntervalsCell| {
            cell.estimate.parts().into_iter().chain(cell.dots.iter().copied()).all(f64::is_finite)
        };
        match rows().find(|row| !row.cells.iter().flatten().all(finite)) {
            Some(row) => Err(PlotError::CurveNotFinite { panel: row.label.clone() }),
            None => Ok(()),
        }
    }
}
