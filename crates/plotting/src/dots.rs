//! Where a figure's dots go, and how large they can be: of one size in all panels, so that panels compare.

use crate::axis::Axis;
use crate::prepared::{Prepared, PreparedGroup};
use crate::style::{DOT_RADIUS, DOT_RADIUS_MIN, PLOT_HEIGHT};
use crate::swarm::swarm;
use crate::violin::Point;

/// Height of the band at the edge of a panel that holds the values beyond its axis, in points.
pub(crate) const BAND: f64 = 14.0;
/// Width of the strip at a panel's left edge that holds the runs behind its reference, in points.
pub(crate) const STRIP: f64 = 10.5;
/// How much of it is kept free beside the axis.
const FREE: f64 = 1.5;
/// The middle and the width of the rest, from the panel's left edge.
pub(crate) const RUNS: (f64, f64) = ((STRIP + FREE) / 2.0, STRIP - FREE);
/// Half the width of a group's violin and swarm, as a share of the group's width.
pub(crate) const BODY: f64 = 0.37;
/// Half the width of the triangle that stands for such a value, in points.
pub(crate) const TRIANGLE: f64 = 2.2;
/// Space between dots that touch, in points: files hold positions to a twentieth of a point, and rounding must not let
/// one dot cover another.
const SEAM: f64 = 0.1;
/// Share of a group's width that its swarm may fill: the mean stands beside it.
const FILLED: f64 = 2.0 * BODY;
/// Sizes that are tried, from the largest down.
const SIZES: usize = 14;

/// How far each dot of a group is moved sideways, in points; `None` for one that has no room.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GroupSwarm {
    pub(crate) shown: Vec<Option<f64>>,
    pub(crate) above: Vec<Option<f64>>,
    pub(crate) below: Vec<Option<f64>>,
}

impl GroupSwarm {
    fn new(group: &PreparedGroup<'_>, heights: &[f64], radius: f64, slot: f64) -> Self {
        let half = slot * FILLED / 2.0;
        let row = |points: &[Point]| swarm(&vec![0.0; points.len()], 2.0 * TRIANGLE + SEAM, half);
        GroupSwarm {
            shown: swarm(heights, 2.0 * radius + SEAM, half),
            above: row(&group.above),
            below: row(&group.below),
        }
    }

    /// How many dots have no room.
    pub(crate) fn hidden(&self) -> usize {
        [&self.shown, &self.above, &self.below].into_iter().flatten().filter(|offset| offset.is_none()).count()
    }
}

/// Upper and lower end of a panel's axis, in points below the top of its data area.
pub(crate) fn axis_span(prepared: &Prepared<'_>) -> (f64, f64) {
    let band = |room: bool| if room { BAND } else { 0.0 };
    (band(prepared.room_above), PLOT_HEIGHT - band(prepared.room_below))
}

/// The dots' radius in points, and the swarms of each panel's groups and of the runs behind its reference; the groups' width is that panel's entry of `slots`.
pub(crate) fn lay_out(panels: &[Prepared<'_>], slots: &[f64]) -> (f64, Vec<Vec<GroupSwarm>>) {
    let step = (DOT_RADIUS - DOT_RADIUS_MIN) / SIZES as f64;
    for size in 0..SIZES {
        let radius = DOT_RADIUS - step * size as f64;
        let swarms = of_radius(panels, slots, radius);
        if swarms.iter().flatten().all(|swarm| swarm.shown.iter().all(Option::is_some)) {
            return (radius, swarms);
        }
    }
    (DOT_RADIUS_MIN, of_radius(panels, slots, DOT_RADIUS_MIN))
}

fn of_radius(panels: &[Prepared<'_>], slots: &[f64], radius: f64) -> Vec<Vec<GroupSwarm>> {
    let of_panel = |(panel, &slot): (&Prepared<'_>, &f64)| -> Vec<GroupSwarm> {
        let (top, bottom) = axis_span(panel);
        let heights = |group: &PreparedGroup<'_>, axis: &Axis| -> Vec<f64> {
            group.shown.iter().map(|point| axis.position(point.value, top, bottom)).collect()
        };
        let of_group = |group: &PreparedGroup<'_>| {
            let heights = panel.axis.as_ref().map_or_else(Vec::new, |axis| heights(group, axis));
            GroupSwarm::new(group, &heights, radius, slot)
        };
        // The runs behind the reference come last; their part of the strip is filled whole.
        let strip = panel.reference.iter().map(|group| {
            let heights = panel.axis.as_ref().map_or_else(Vec::new, |axis| heights(group, axis));
            GroupSwarm::new(group, &heights, radius, RUNS.1 / FILLED)
        });
        panel.groups.iter().map(of_group).chain(strip).collect()
    };
    panels.iter().zip(slots).map(of_panel).collect()
}
