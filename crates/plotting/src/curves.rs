//! What a figure of curves shows: values along a numeric axis, as means over runs or run by run.

use crate::axis::Scale;
use crate::error::PlotError;
use crate::estimate::Estimate;
use crate::palette::MOST_STROKES;

/// Panels of curves and of single dots, in rows of equally many, each with axes of its own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CurvesFigure {
    /// Line above all panels.
    pub title: Option<String>,
    /// What colours, dashes and markers stand for, the same in every panel; at most [`MOST_STROKES`].
    pub names: Vec<String>,
    /// The rows from top to bottom.
    pub rows: Vec<CurvesRow>,
    /// What the ribbons around curves are, such as "95 % interval over seeds"; needed where there is one.
    pub ribbon: String,
    /// What thin curves are, such as "one seed"; needed where there is one.
    pub thin: String,
    /// What dots are; needed where there is one.
    pub dot: String,
    /// Whether dots are rings in the colour of their name, to be told from the markers along curves, and no markers themselves.
    pub are_rings: bool,
    /// What vertical marks are; needed where there is one.
    pub mark: String,
    /// Caption beneath the figure.
    pub note: Option<String>,
}

/// Panels side by side.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CurvesRow {
    /// Heading above the row.
    pub title: Option<String>,
    /// Its panels, as many in every row.
    pub panels: Vec<CurvesPanel>,
}

/// One pair of axes and what is drawn in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CurvesPanel {
    /// What the positions along the horizontal axis are; written beneath the last row and wherever the row below says another.
    pub x_label: String,
    /// Least and greatest position, where they are not those of what is drawn.
    pub x_range: Option<(f64, f64)>,
    /// What the values are, with their unit.
    pub y_label: String,
    /// How values are laid along the axis. On a logarithmic one, what is not positive is left out.
    pub scale: Scale,
    /// Stretches of the horizontal axis that have a name.
    pub bands: Vec<Band>,
    /// The curves.
    pub curves: Vec<Curve>,
    /// The dots.
    pub dots: Vec<CurveDot>,
    /// Places along the horizontal axis at which something happened.
    pub marks: Vec<f64>,
    /// A value that is marked by a faint line, such as 0 for differences.
    pub level: Option<f64>,
    /// What is to be read beneath the panel, a paragraph each.
    pub statements: Vec<String>,
}

/// A stretch of the horizontal axis, such as the epochs of one task.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Band {
    /// Where it begins and ends.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Its name.
    pub label: String,
}

/// A curve.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curve {
    /// Which of the figure's names it belongs to.
    pub name: usize,
    /// Whether it is one of many and drawn thinly, without markers and without its interval.
    pub is_thin: bool,
    /// Positions in ascending order, and what lies there.
    pub points: Vec<(f64, Estimate)>,
}

/// One value by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CurveDot {
    /// Which of the figure's names it belongs to.
    pub name: usize,
    /// Where it lies along the horizontal axis.
    pub x: f64,
    /// Its value.
    pub y: f64,
}

impl CurvesFigure {
    /// Refuses a figure with nothing in it, with rows of different lengths, with signs that the legend could not explain, and with
    /// values that have no place on an axis.
    pub(crate) fn validate(&self) -> Result<(), PlotError> {
        let columns = self.rows.first().map_or(0, |row| row.panels.len());
        if columns == 0 {
            return Err(PlotError::NoPanels);
        }
        if self.names.len() > MOST_STROKES {
            let figure = self.title.clone().unwrap_or_default();
            return Err(PlotError::TooManyLines { figure, lines: self.names.len(), most: MOST_STROKES });
        }
        for (at, row) in self.rows.iter().enumerate() {
            if row.panels.len() != columns {
                let (expected, found) = (columns, row.panels.len());
                return Err(PlotError::Shape {
                    row: at + 1,
                    column: None,
                    what: "panels",
                    expected,
                    found,
                    each: "column",
                });
            }
        }
        let panels = || self.rows.iter().flat_map(|row| &row.panels);
        let curves = || panels().flat_map(|panel| &panel.curves);
        let needs = [
            (self.has_ribbons(), &self.ribbon, "ribbons", "ribbon"),
            (curves().any(|curve| curve.is_thin), &self.thin, "thin curves", "thin"),
            (panels().any(|panel| !panel.dots.is_empty()), &self.dot, "dots", "dot"),
            (panels().any(|panel| !panel.marks.is_empty()), &self.mark, "marks", "mark"),
        ];
        if let Some((_, _, what, field)) = needs.into_iter().find(|(there, name, ..)| *there && name.is_empty()) {
            return Err(PlotError::Unnamed { what, field });
        }
        let finite = |panel: &CurvesPanel| {
            let points = panel.curves.iter().flat_map(|curve| &curve.points);
            points.clone().all(|(x, estimate)| x.is_finite() && estimate.parts().into_iter().all(f64::is_finite))
                && panel.dots.iter().all(|dot| dot.x.is_finite() && dot.y.is_finite())
                && panel.marks.iter().all(|mark| mark.is_finite())
        };
        match panels().find(|panel| !finite(panel)) {
            Some(panel) => Err(PlotError::CurveNotFinite { panel: panel.y_label.clone() }),
            None => Ok(()),
        }
    }

    /// Whether a curve has an interval that is drawn.
    pub(crate) fn has_ribbons(&self) -> bool {
        let curves = self.rows.iter().flat_map(|row| &row.panels).flat_map(|panel| &panel.curves);
        curves.filter(|curve| !curve.is_thin).any(|curve| curve.points.iter().any(|(_, e)| e.low < e.high))
    }
}
