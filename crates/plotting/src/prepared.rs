//! A panel's data made ready for drawing: what its axis shows, what lies beyond it, and the outlines of its violins.

use crate::axis::Axis;
use crate::kde::Kde;
use crate::order::{Fences, median};
use crate::violin::{Group, Point, ViolinFigure, ViolinPanel};

/// Points on the outline of a violin, on either side.
const OUTLINE: usize = 96;

/// A panel with its axis.
pub(crate) struct Prepared<'a> {
    pub(crate) panel: &'a ViolinPanel,
    pub(crate) groups: Vec<PreparedGroup<'a>>,
    /// `None` where there is nothing to show.
    pub(crate) axis: Option<Axis>,
    /// Whether the axis leaves room above it for values beyond its upper end.
    pub(crate) room_above: bool,
    /// Whether the axis leaves room below it for values beyond its lower end.
    pub(crate) room_below: bool,
}

/// A group with its points sorted into those on the axis and those beyond it.
pub(crate) struct PreparedGroup<'a> {
    pub(crate) group: &'a Group,
    pub(crate) shown: Vec<Point>,
    pub(crate) above: Vec<Point>,
    pub(crate) below: Vec<Point>,
    /// Outline of the violin as (value, density); empty where there is none.
    pub(crate) curve: Vec<(f64, f64)>,
    /// Median of all the group's values, those beyond the axis included.
    pub(crate) median: Option<f64>,
}

impl<'a> PreparedGroup<'a> {
    fn new(group: &'a Group, fences: Fences) -> Self {
        let part = |keep: &dyn Fn(f64) -> bool| -> Vec<Point> {
            group.points.iter().copied().filter(|point| keep(point.value)).collect()
        };
        let shown = part(&|value| fences.low <= value && value <= fences.high);
        let values: Vec<f64> = shown.iter().map(|point| point.value).collect();
        PreparedGroup {
            group,
            above: part(&|value| value > fences.high),
            below: part(&|value| value < fences.low),
            curve: Kde::new(&values).map_or_else(Vec::new, |kde| kde.curve(OUTLINE)),
            median: median(&group.values()).filter(|&value| fences.low <= value && value <= fences.high),
            shown,
        }
    }

    /// Every value that the axis must reach.
    fn extent(&self) -> impl Iterator<Item = f64> + '_ {
        let ends = self.curve.first().into_iter().chain(self.curve.last()).map(|&(value, _)| value);
        self.shown.iter().map(|point| point.value).chain(ends).chain(self.median)
    }
}

/// Makes every panel of the figure ready, on one axis if it asks for that.
pub(crate) fn prepare(figure: &ViolinFigure) -> Vec<Prepared<'_>> {
    let values_of = |panel: &ViolinPanel| panel.groups.iter().flat_map(Group::values).collect::<Vec<f64>>();
    let all: Vec<f64> = figure.panels.iter().flat_map(values_of).collect();
    let mut prepared: Vec<Prepared<'_>> = figure
        .panels
        .iter()
        .map(|panel| {
            let fences = if figure.shared_y { Fences::around(&all) } else { Fences::around(&values_of(panel)) };
            let groups: Vec<_> = panel.groups.iter().map(|group| PreparedGroup::new(group, fences)).collect();
            let axis = Axis::showing(extent(panel, &groups));
            let room_above = groups.iter().any(|group| !group.above.is_empty());
            let room_below = groups.iter().any(|group| !group.below.is_empty());
            Prepared { panel, groups, axis, room_above, room_below }
        })
        .collect();
    if figure.shared_y {
        let axis = Axis::showing(prepared.iter().flat_map(|one| extent(one.panel, &one.groups)).collect::<Vec<f64>>());
        let room_above = prepared.iter().any(|one| one.room_above);
        let room_below = prepared.iter().any(|one| one.room_below);
        for one in &mut prepared {
            one.axis = axis.clone();
            one.room_above = room_above;
            one.room_below = room_below;
        }
    }
    prepared
}

/// Every value that the panel's axis must reach, its baseline included.
fn extent(panel: &ViolinPanel, groups: &[PreparedGroup<'_>]) -> Vec<f64> {
    let baseline = panel.baseline.map(|baseline| baseline.mean);
    groups.iter().flat_map(|group| group.extent()).chain(baseline).collect()
}
