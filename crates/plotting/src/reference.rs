//! The reference lines of a figure: one look for each label, and whether the legend can say how many runs are behind it.

use crate::prepared::Prepared;
use crate::scene::Scene;
use crate::stroke::Dashes;
use crate::style::INK;

/// How the second and later labels' lines are dashed; the first one's is dotted.
const DASHES: [Dashes; 3] = [&[3.0, 1.5], &[5.0, 1.4, 1.0, 1.4], &[1.0, 2.5]];
/// Width of a dashed reference line, in points.
const WIDTH: f64 = 0.9;

/// The distinct labels of a figure's references.
pub(crate) struct References {
    all: Vec<Named>,
}

/// A label, and the number of runs behind it if all panels agree.
pub(crate) struct Named {
    label: String,
    n: Option<usize>,
    agreed: bool,
    /// Whether a panel shows the runs behind it, and their mean's interval.
    runs: bool,
    interval: bool,
}

impl Named {
    /// What the legend says.
    pub(crate) fn legend(&self) -> String {
        let n = self.n.filter(|_| self.agreed).map_or_else(String::new, |n| format!(" (n = {n})"));
        let interval = if self.interval { ", band: 95 % interval" } else { "" };
        let runs = if self.runs { ", dots at the left edge: its runs" } else { "" };
        format!("{}{n}{interval}{runs}", self.label)
    }
}

impl References {
    pub(crate) fn new(panels: &[Prepared<'_>]) -> Self {
        let mut all: Vec<Named> = Vec::new();
        for reference in panels.iter().filter_map(|panel| panel.panel.reference.as_ref()) {
            let runs = reference.runs.as_ref().is_some_and(|runs| !runs.points.is_empty());
            let interval = reference.runs.as_ref().and_then(|runs| runs.mean).is_some_and(|mean| mean.low < mean.high);
            match all.iter_mut().find(|named| named.label == reference.label) {
                Some(named) => {
                    named.agreed &= named.n == reference.n;
                    named.runs |= runs;
                    named.interval |= interval;
                }
                None => {
                    let label = reference.label.clone();
                    all.push(Named { label, n: reference.n, agreed: true, runs, interval });
                }
            }
        }
        References { all }
    }

    /// Each label with its place, which decides how its line looks.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &Named)> {
        self.all.iter().enumerate()
    }

    /// The place of a label.
    pub(crate) fn place(&self, label: &str) -> usize {
        self.all.iter().position(|named| named.label == label).unwrap_or(0)
    }

    /// Whether the number of runs behind `label` must be stated panel by panel.
    pub(crate) fn differs(&self, label: &str) -> bool {
        self.all.iter().any(|named| named.label == label && !named.agreed)
    }
}

/// Draws the line of the label at `place` from `left` to `right` at height `y`.
pub(crate) fn draw(scene: &mut Scene, place: usize, (left, right): (f64, f64), y: f64) {
    match place.checked_sub(1) {
        None => scene.dotted(left, right, y, INK),
        Some(later) => scene.dashed(&[(left, y), (right, y)], DASHES[later % DASHES.len()], WIDTH, INK),
    }
}
