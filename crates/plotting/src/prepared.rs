//! A panel's data made ready for drawing: what its axis shows, what lies beyond it, and the outlines of its violins.

use crate::axis::Axis;
use crate::estimate::Estimate;
use crate::kde::Kde;
use crate::order::{Fences, median};
use crate::violin::{Group, Panel, Point, SharedY, ViolinFigure, ViolinPanel};

/// Points on the outline of a violin, on either side.
const OUTLINE: usize = 96;

/// A panel with its axis.
pub(crate) struct Prepared<'a> {
    /// Its place among all panels of the figure.
    pub(crate) at: usize,
    pub(crate) panel: &'a ViolinPanel,
    pub(crate) groups: Vec<PreparedGroup<'a>>,
    /// The runs behind the reference.
    pub(crate) reference: Option<PreparedGroup<'a>>,
    /// What the axis shows without room for more; values beyond are drawn at its edge.
    pub(crate) fences: Fences,
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
    fn new(group: &'a Group, fences: Fences, least: Option<f64>) -> Self {
        let part = |keep: &dyn Fn(f64) -> bool| -> Vec<Point> {
            group.points.iter().copied().filter(|point| keep(point.value)).collect()
        };
        let shown = part(&|value| fences.low <= value && value <= fences.high);
        let values: Vec<f64> = shown.iter().map(|point| point.value).collect();
        PreparedGroup {
            group,
            above: part(&|value| value > fences.high),
            below: part(&|value| value < fences.low),
            curve: Kde::new(&values).map_or_else(Vec::new, |kde| kde.curve(OUTLINE, least)),
            median: median(&group.values()).filter(|&value| fences.low <= value && value <= fences.high),
            shown,
        }
    }

    /// Every value that the axis must reach, whatever the mean's interval.
    fn extent(&self) -> impl Iterator<Item = f64> + '_ {
        let ends = self.curve.first().into_iter().chain(self.curve.last()).map(|&(value, _)| value);
        self.shown.iter().map(|point| point.value).chain(ends).chain(self.median)
    }
}

impl Prepared<'_> {
    /// The value of the reference, where the axis has a place for it.
    pub(crate) fn reference_value(&self) -> Option<f64> {
        let reference = self.panel.reference.as_ref()?;
        // A reference without runs is what the axis must show.
        let shown = reference.runs.is_none() || self.shows(reference.value);
        shown.then_some(reference.value)
    }

    /// Whether the axis has a place for a value.
    pub(crate) fn shows(&self, value: f64) -> bool {
        self.fences.low <= value && value <= self.fences.high
    }

    /// Every mean that is drawn, that of the reference's runs among them.
    fn means(&self) -> impl Iterator<Item = Estimate> + '_ {
        let means = self.groups.iter().chain(&self.reference).filter_map(|group| group.group.mean);
        means.filter_map(|mean| self.drawn_mean(mean))
    }

    /// A mean as it is drawn, where the axis has a place for it: no interval reaches below the least possible value.
    pub(crate) fn drawn_mean(&self, mean: Estimate) -> Option<Estimate> {
        let least = self.panel.least.unwrap_or(f64::NEG_INFINITY).min(mean.value);
        self.shows(mean.value).then_some(Estimate { low: mean.low.max(least), ..mean })
    }

    /// Whether an interval ends beyond the axis.
    pub(crate) fn cuts_intervals(&self) -> bool {
        let Some(axis) = &self.axis else {
            return false;
        };
        let beyond = |value: f64| !(0.0..=1.0).contains(&axis.position(value, 0.0, 1.0));
        self.means().any(|mean| beyond(mean.low) || beyond(mean.high))
    }

    /// Every value that the panel's axis must reach, its reference included.
    fn extent(&self) -> Vec<f64> {
        let groups = self.groups.iter().chain(&self.reference).flat_map(PreparedGroup::extent);
        groups.chain(self.reference_value()).collect()
    }

    /// Whether a violin ends at the least possible value instead of beyond its data.
    pub(crate) fn is_cut(&self) -> bool {
        let ends = self.groups.iter().filter_map(|group| group.curve.first());
        self.panel.least.is_some_and(|least| ends.into_iter().any(|&(value, _)| value <= least))
    }
}

/// Makes every panel of runs ready, in `columns` columns of panels, on the axes that the figure asks for.
pub(crate) fn prepare(figure: &ViolinFigure, columns: usize) -> Vec<Prepared<'_>> {
    let placed: Vec<(usize, &ViolinPanel)> = figure
        .panels
        .iter()
        .enumerate()
        .filter_map(|(at, panel)| if let Panel::Violins(violins) = panel { Some((at, violins)) } else { None })
        .collect();
    let place_of = |at: usize| match figure.shared_y {
        SharedY::Never => at,
        SharedY::Columns => at % columns,
        SharedY::Rows => at / columns,
        SharedY::All => 0,
    };
    let sharing = |a: (usize, &ViolinPanel), b: (usize, &ViolinPanel)| {
        place_of(a.0) == place_of(b.0) && figure.y_label_of(a.1) == figure.y_label_of(b.1)
    };
    let mut prepared: Vec<Prepared<'_>> = placed
        .iter()
        .map(|&one| {
            let shared = placed.iter().filter(|&&other| sharing(one, other));
            let groups = shared.flat_map(|(_, panel)| panel.groups.iter().chain(panel.reference_runs()));
            let values: Vec<f64> = groups.flat_map(Group::values).collect();
            let fences = Fences::around(&values);
            let (at, panel) = one;
            let groups: Vec<_> =
                panel.groups.iter().map(|group| PreparedGroup::new(group, fences, panel.least)).collect();
            let reference = panel.reference_runs().map(|runs| PreparedGroup::new(runs, fences, panel.least));
            let room_above = groups.iter().chain(&reference).any(|group| !group.above.is_empty());
            let room_below = groups.iter().chain(&reference).any(|group| !group.below.is_empty());
            Prepared { at, panel, groups, reference, fences, axis: None, room_above, room_below }
        })
        .collect();
    let axes: Vec<(Option<Axis>, bool, bool)> = placed
        .iter()
        .map(|&one| {
            let shared: Vec<&Prepared<'_>> =
                prepared.iter().filter(|other| sharing(one, (other.at, other.panel))).collect();
            let values: Vec<f64> = shared.iter().flat_map(|other| other.extent()).collect();
            let values = with_intervals(values, shared.iter().flat_map(|other| other.means()));
            let above = shared.iter().any(|other| other.room_above);
            let below = shared.iter().any(|other| other.room_below);
            (Axis::showing(values), above, below)
        })
        .collect();
    for (one, axis) in prepared.iter_mut().zip(axes) {
        (one.axis, one.room_above, one.room_below) = axis;
    }
    prepared
}

/// The values, and what intervals add to them: their ends, as far as they make the axis no more than twice as long. Intervals of two
/// or three runs may be many times as wide as what they are of; they are cut at the ends of the axis.
fn with_intervals(mut values: Vec<f64>, means: impl Iterator<Item = Estimate>) -> Vec<f64> {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low <= high {
        let reach = (high - low) / 2.0;
        values.extend(means.flat_map(|mean| [mean.low.max(low - reach), mean.high.min(high + reach)]));
    }
    values
}
