//! What a violin figure shows: a grid of panels, one group a condition, one point a run.

use crate::error::PlotError;
use crate::estimate::Estimate;
use crate::plane::PathDiagram;

/// A figure of violins with swarms of dots over them, and of diagrams that explain them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ViolinFigure {
    /// Line above all panels.
    pub title: Option<String>,
    /// The panels, row by row.
    pub panels: Vec<Panel>,
    /// What the values are, with their unit, in panels that have no label of their own.
    pub y_label: String,
    /// What distinguishes the groups.
    pub x_label: String,
    /// Which panels have the same value axis.
    pub shared_y: SharedY,
    /// Panels in a row; `None` for as many as leave room for the groups.
    pub columns: Option<usize>,
    /// Caption beneath the figure, after the sentence that says how violins are computed.
    pub note: Option<String>,
}

/// Which panels of a figure have the same value axis; ones with different `y_label`s never do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SharedY {
    /// Each panel has its own.
    #[default]
    Never,
    /// Those of a column.
    Columns,
    /// Those of a row: only the first of them is labelled.
    Rows,
    /// All: only the first of each row is labelled.
    All,
}

/// One place in the grid.
#[derive(Debug, Clone, PartialEq)]
pub enum Panel {
    /// Runs, as violins and dots.
    Violins(ViolinPanel),
    /// Learning paths, as lines in the plane of two transformations.
    Paths(PathDiagram),
}

impl From<ViolinPanel> for Panel {
    fn from(panel: ViolinPanel) -> Self {
        Panel::Violins(panel)
    }
}

impl From<PathDiagram> for Panel {
    fn from(diagram: PathDiagram) -> Self {
        Panel::Paths(diagram)
    }
}

/// The runs that are compared within one panel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ViolinPanel {
    /// Name of the dataset, or of whatever else tells the panel from its neighbours.
    pub title: String,
    /// What the values are, with their unit, where that is not the figure's `y_label`.
    pub y_label: Option<String>,
    /// The least value that is possible, where there is one: violins do not reach below it.
    pub least: Option<f64>,
    /// The conditions, from left to right.
    pub groups: Vec<Group>,
    /// What the conditions are held against.
    pub reference: Option<Reference>,
    /// Whether thin lines join the runs of a seed from group to group.
    pub join_seeds: bool,
    /// Which path of the diagram in its row the panel is about, counted from 0: its line is drawn before the title.
    pub path: Option<usize>,
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
    /// The mean of the runs, with its 95 % interval where it has one.
    pub mean: Option<Estimate>,
}

/// One run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Point {
    /// The run's seed, which decides its colour.
    pub seed: u64,
    /// The measured value, in the unit of the panel's value axis.
    pub value: f64,
}

/// A value drawn as a line across a panel. Lines of one label look the same in the whole figure; the legend names each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reference {
    /// Where it is, in the unit of the panel's value axis.
    pub value: f64,
    /// What it is, such as "baseline mean" or "= [No, No]".
    pub label: String,
    /// How many runs it is computed from, if that is to be stated.
    pub n: Option<usize>,
    /// The runs behind it, drawn as dots at the panel's left edge, their mean's interval as a band across the panel.
    pub runs: Option<Group>,
}

impl ViolinFigure {
    /// The panels that show runs.
    pub fn violins(&self) -> impl Iterator<Item = &ViolinPanel> + '_ {
        self.panels.iter().filter_map(|panel| if let Panel::Violins(violins) = panel { Some(violins) } else { None })
    }

    /// The panels that show paths.
    pub fn diagrams(&self) -> impl Iterator<Item = &PathDiagram> + '_ {
        self.panels.iter().filter_map(|panel| if let Panel::Paths(diagram) = panel { Some(diagram) } else { None })
    }

    /// The seed of every run.
    pub fn seeds(&self) -> impl Iterator<Item = u64> + '_ {
        let groups = self.violins().flat_map(|panel| panel.groups.iter().chain(panel.reference_runs()));
        groups.flat_map(|group| &group.points).map(|point| point.seed)
    }

    /// What the values of a panel are.
    pub(crate) fn y_label_of<'a>(&'a self, panel: &'a ViolinPanel) -> &'a str {
        panel.y_label.as_deref().unwrap_or(&self.y_label)
    }

    /// Refuses a figure with nothing in it or with a value that has no place on an axis.
    pub(crate) fn validate(&self) -> Result<(), PlotError> {
        if self.panels.is_empty() {
            return Err(PlotError::NoPanels);
        }
        for panel in &self.panels {
            match panel {
                Panel::Violins(violins) => violins.validate()?,
                Panel::Paths(diagram) => diagram.validate()?,
            }
        }
        Ok(())
    }
}

impl ViolinPanel {
    /// The runs behind the reference.
    pub(crate) fn reference_runs(&self) -> Option<&Group> {
        self.reference.as_ref()?.runs.as_ref()
    }

    fn validate(&self) -> Result<(), PlotError> {
        if let Some(reference) = self.reference.as_ref().filter(|reference| !reference.value.is_finite()) {
            return Err(PlotError::ReferenceNotFinite {
                panel: self.title.clone(),
                reference: reference.label.clone(),
                value: reference.value,
            });
        }
        for group in self.groups.iter().chain(self.reference_runs()) {
            if let Some(Estimate { value, low, high }) =
                group.mean.filter(|mean| !mean.parts().into_iter().all(f64::is_finite))
            {
                let (panel, group) = (self.title.clone(), group.label.clone());
                return Err(PlotError::MeanNotFinite { panel, group, value, low, high });
            }
            if let Some(point) = group.points.iter().find(|point| !point.value.is_finite()) {
                return Err(PlotError::NotFinite {
                    panel: self.title.clone(),
                    group: group.label.clone(),
                    seed: point.seed,
                    value: point.value,
                });
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
