//! What a violin figure shows: one panel a dataset, one group a condition, one point a run.

use crate::error::PlotError;

/// A figure of violins with swarms of dots over them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ViolinFigure {
    /// Line above all panels.
    pub title: Option<String>,
    /// The panels, row by row.
    pub panels: Vec<ViolinPanel>,
    /// What the values are, with their unit.
    pub y_label: String,
    /// What distinguishes the groups.
    pub x_label: String,
    /// Whether all panels have the same value axis.
    pub shared_y: bool,
    /// Panels in a row; `None` for as many as leave room for the groups.
    pub columns: Option<usize>,
    /// Caption beneath the figure, after the sentence that says how violins are computed.
    pub note: Option<String>,
}

/// One dataset's runs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ViolinPanel {
    /// Name of the dataset.
    pub title: String,
    /// The conditions, from left to right.
    pub groups: Vec<Group>,
    /// What the conditions are held against.
    pub baseline: Option<Baseline>,
}

/// The runs of one condition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    /// Name of the condition.
    pub label: String,
    /// The runs that ended with a value.
    pub points: Vec<Point>,
    /// How many more runs diverged and have none.
    pub failed: usize,
}

/// One run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Point {
    /// The run's seed, which decides its colour.
    pub seed: u64,
    /// The measured value, in the unit of the figure's value axis.
    pub value: f64,
}

/// A reference drawn across a panel.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Baseline {
    /// Mean of its runs, in the unit of the figure's value axis.
    pub mean: f64,
    /// How many runs the mean is over.
    pub n: usize,
}

impl ViolinFigure {
    /// The seed of every run.
    pub fn seeds(&self) -> impl Iterator<Item = u64> + '_ {
        self.panels.iter().flat_map(|panel| &panel.groups).flat_map(|group| &group.points).map(|point| point.seed)
    }

    /// Refuses a figure with nothing in it or with a value that has no place on an axis.
    pub(crate) fn validate(&self) -> Result<(), PlotError> {
        if self.panels.is_empty() {
            return Err(PlotError::NoPanels);
        }
        for panel in &self.panels {
            if let Some(baseline) = panel.baseline.filter(|baseline| !baseline.mean.is_finite()) {
                return Err(PlotError::BaselineNotFinite { panel: panel.title.clone(), mean: baseline.mean });
            }
            for group in &panel.groups {
                if let Some(point) = group.points.iter().find(|point| !point.value.is_finite()) {
                    return Err(PlotError::NotFinite {
                        panel: panel.title.clone(),
                        group: group.label.clone(),
                        seed: point.seed,
                        value: point.value,
                    });
                }
            }
        }
        Ok(())
    }
}

impl Group {
    /// The values of the runs, in their order.
    pub fn values(&self) -> Vec<f64> {
        self.points.iter().map(|point| point.value).collect()
    }
}
