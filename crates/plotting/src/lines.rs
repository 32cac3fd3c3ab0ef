//! What a figure of lines shows: measures of a network, layer by layer, a line a condition.

use crate::axis::Scale;
use crate::error::PlotError;
use crate::estimate::Estimate;
use crate::palette::MOST_STROKES;

/// Small multiples of lines over the layers of a network: a row a measure, a column a moment. Where lines coincide, their
/// markers take turns from layer to layer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LinesFigure {
    /// Line above all panels.
    pub title: Option<String>,
    /// Names of the lines, the same in every panel; at most [`MOST_STROKES`].
    pub lines: Vec<String>,
    /// Names of the columns, written above the first row.
    pub columns: Vec<String>,
    /// The rows from top to bottom, each with its own value axis.
    pub rows: Vec<LinesRow>,
    /// What the positions along the horizontal axis are.
    pub x_label: String,
    /// What the whiskers are, such as "95 % interval over seeds"; needed where an estimate has an interval.
    pub interval: String,
    /// What the dotted lines are, if a panel has one.
    pub reference: String,
    /// Caption beneath the figure.
    pub note: Option<String>,
}

/// One measure in all columns, on one value axis.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LinesRow {
    /// Heading above the row, such as the dataset's name, written where it is not the previous row's.
    pub title: Option<String>,
    /// What the values are, with their unit.
    pub y_label: String,
    /// How the values are laid along the axis. On a logarithmic one, values that are not positive are drawn at its lower
    /// edge and counted.
    pub scale: Scale,
    /// The layers from the input to the output, in groups that share a label.
    pub groups: Vec<LayerGroup>,
    /// One panel for each of the figure's columns.
    pub panels: Vec<LinesPanel>,
    /// Whether the values are differences, and a line marks where there is none.
    pub zero: bool,
}

/// Neighbouring layers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LayerGroup {
    /// What is written beneath them, such as "stage 1".
    pub label: String,
    /// Their full names, which statements about single values use.
    pub layers: Vec<String>,
}

/// One measure at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LinesPanel {
    /// What tells the panel from its neighbours beside its column's name.
    pub title: Option<String>,
    /// One line for each of the figure's `lines`; no lines at all where there is no data.
    pub lines: Vec<Line>,
    /// The dotted line: a value for each layer, or none at all.
    pub reference: Vec<Option<f64>>,
}

/// One condition's values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// An estimate for each layer, `None` where it is missing; none at all where the condition has no data.
    pub values: Vec<Option<Estimate>>,
    /// How many runs they are computed from.
    pub n: usize,
    /// How many more runs diverged and have none.
    pub failed: usize,
}

impl Line {
    /// Its values with the place of their layer.
    pub(crate) fn estimates(&self) -> impl Iterator<Item = (usize, Estimate)> + '_ {
        self.values.iter().enumerate().filter_map(|(layer, value)| Some((layer, (*value)?)))
    }

    /// Whether it has no value.
    pub(crate) fn is_empty(&self) -> bool {
        self.estimates().next().is_none()
    }
}

impl LinesRow {
    /// How many layers it has.
    pub(crate) fn layers(&self) -> usize {
        self.groups.iter().map(|group| group.layers.len()).sum()
    }

    /// The name of a layer.
    pub(crate) fn layer(&self, place: usize) -> &str {
        self.groups.iter().flat_map(|group| &group.layers).nth(place).map_or("", String::as_str)
    }
}

impl LinesFigure {
    /// Refuses a figure with nothing in it, with parts that do not fit together or with a value that has no place on an
    /// axis.
    pub(crate) fn validate(&self) -> Result<(), PlotError> {
        if self.rows.is_empty() || self.columns.is_empty() {
            return Err(PlotError::NoPanels);
        }
        if self.lines.len() > MOST_STROKES {
            let figure = self.title.clone().unwrap_or_default();
            return Err(PlotError::TooManyLines { figure, lines: self.lines.len(), most: MOST_STROKES });
        }
        self.validate_names()?;
        for (index, row) in self.rows.iter().enumerate() {
            let number = index + 1;
            fits((number, None), "panels", row.panels.len(), self.columns.len(), "column")?;
            for (column, panel) in row.panels.iter().enumerate() {
                let place = (number, Some(column + 1));
                if !panel.lines.is_empty() {
                    fits(place, "lines", panel.lines.len(), self.lines.len(), "of the figure's lines")?;
                }
                let references = panel.reference.iter().copied();
                let references = references.map(|value| value.map(|value| Estimate { value, low: value, high: value }));
                self.fitting_values(row, place, "reference", &references.collect::<Vec<_>>())?;
                for (line, name) in panel.lines.iter().zip(&self.lines) {
                    self.fitting_values(row, place, name, &line.values)?;
                }
            }
        }
        Ok(())
    }

    /// Refuses intervals and references that the legend could not name.
    fn validate_names(&self) -> Result<(), PlotError> {
        let unnamed = |what, field| Err(PlotError::Unnamed { what, field });
        if self.interval.is_empty() && self.has_intervals() {
            return unnamed("intervals", "interval");
        }
        if self.reference.is_empty() && self.has_references() {
            return unnamed("dotted lines", "reference");
        }
        Ok(())
    }

    /// Whether an estimate has an interval.
    pub(crate) fn has_intervals(&self) -> bool {
        let panels = self.rows.iter().flat_map(|row| &row.panels);
        panels.flat_map(|panel| &panel.lines).flat_map(Line::estimates).any(|(_, one)| one.low < one.high)
    }

    /// Whether a panel has a dotted line.
    pub(crate) fn has_references(&self) -> bool {
        self.rows.iter().flat_map(|row| &row.panels).any(|panel| panel.reference.iter().any(Option::is_some))
    }

    fn fitting_values(
        &self,
        row: &LinesRow,
        place: (usize, Option<usize>),
        name: &str,
        values: &[Option<Estimate>],
    ) -> Result<(), PlotError> {
        if !values.is_empty() {
            fits(place, "values of a line", values.len(), row.layers(), "layer")?;
        }
        for (layer, one) in values.iter().enumerate() {
            let broken = one.filter(|one| !one.parts().into_iter().all(f64::is_finite));
            if let Some(Estimate { value, low, high }) = broken {
                return Err(PlotError::LineNotFinite {
                    row: place.0,
                    column: place.1.unwrap_or(0),
                    line: name.to_string(),
                    layer: row.layer(layer).to_string(),
                    value,
                    low,
                    high,
                });
            }
        }
        Ok(())
    }
}

/// Refuses `found` parts where there should be `expected`.
fn fits(
    (row, column): (usize, Option<usize>),
    what: &'static str,
    found: usize,
    expected: usize,
    each: &'static str,
) -> Result<(), PlotError> {
    if found == expected { Ok(()) } else { Err(PlotError::Shape { row, column, what, expected, found, each }) }
}
