//! What a path diagram shows: learning paths in the plane of two transformations, and the tasks they visit.

use crate::error::PlotError;

/// Learning paths from a source task to a target task, drawn in the plane of two transformations. The source is at the
/// lower left and the target at the upper right, whichever of their parameters are larger.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PathDiagram {
    /// What tells the diagram from others.
    pub title: String,
    /// The transformation along the horizontal axis.
    pub x: PlaneAxis,
    /// The transformation along the vertical axis.
    pub y: PlaneAxis,
    /// The paths, from the source to the target, at most [`crate::MOST_STROKES`] − 1.
    pub paths: Vec<DrawnPath>,
}

/// The parameter of one transformation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlaneAxis {
    /// Name of the parameter.
    pub label: String,
    /// Its value on the source task.
    pub source: f64,
    /// Its value on the target task.
    pub target: f64,
}

/// One path.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DrawnPath {
    /// Name of the path.
    pub label: String,
    /// The tasks that it is cut into, for each number of tasks. The line runs through those of the largest number.
    pub discretizations: Vec<Discretization>,
}

/// The tasks of one discretization of a path.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Discretization {
    /// Number of tasks.
    pub n: usize,
    /// Each task's two parameters (horizontal, vertical), from the source to the target.
    pub points: Vec<(f64, f64)>,
}

impl DrawnPath {
    /// The tasks of the largest number.
    pub(crate) fn finest(&self) -> &[(f64, f64)] {
        self.discretizations.iter().max_by_key(|one| one.n).map_or(&[], |one| &one.points)
    }

    /// Every task with the smallest number of tasks that visits it.
    pub(crate) fn tasks(&self) -> Vec<((f64, f64), usize)> {
        let mut by_n: Vec<&Discretization> = self.discretizations.iter().collect();
        by_n.sort_by_key(|one| one.n);
        let mut tasks: Vec<((f64, f64), usize)> = Vec::new();
        for one in by_n {
            for &point in &one.points {
                if !tasks.iter().any(|&(other, _)| same(point, other)) {
                    tasks.push((point, one.n));
                }
            }
        }
        tasks
    }
}

/// Whether two points are equal but for rounding.
pub(crate) fn same(a: (f64, f64), b: (f64, f64)) -> bool {
    const ROUNDING: f64 = 1e-9;
    (a.0 - b.0).abs() <= ROUNDING && (a.1 - b.1).abs() <= ROUNDING
}

impl PathDiagram {
    pub(crate) fn validate(&self) -> Result<(), PlotError> {
        let most = crate::palette::MOST_STROKES - 1;
        if self.paths.len() > most {
            return Err(PlotError::TooManyLines { figure: self.title.clone(), lines: self.paths.len(), most });
        }
        for axis in [&self.x, &self.y] {
            let range = axis.target - axis.source;
            if !range.is_finite() || range == 0.0 {
                return Err(PlotError::NoRange {
                    panel: self.title.clone(),
                    axis: axis.label.clone(),
                    source_value: axis.source,
                    target: axis.target,
                });
            }
        }
        for path in &self.paths {
            for one in &path.discretizations {
                if let Some(&(x, y)) = one.points.iter().find(|(x, y)| !x.is_finite() || !y.is_finite()) {
                    return Err(PlotError::TaskNotFinite {
                        panel: self.title.clone(),
                        path: path.label.clone(),
                        n: one.n,
                        x,
                        y,
                    });
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_belongs_to_the_smallest_number_that_visits_it() {
        let of = |n: usize| {
            let at = |task: usize| (task as f64 / (n - 1) as f64, 0.0);
            Discretization { n, points: (0..n).map(at).collect() }
        };
        let path = DrawnPath { label: "p".to_string(), discretizations: vec![of(5), of(2), of(3)] };
        let mut tasks: Vec<(u32, usize)> =
            path.tasks().into_iter().map(|((x, _), n)| ((x * 100.0) as u32, n)).collect();
        tasks.sort_unstable();
        assert_eq!(tasks, [(0, 2), (25, 5), (50, 3), (75, 5), (100, 2)]);
        assert_eq!(path.finest().len(), 5);
    }
}
