//! What stands left of the panels: their ticks and the labels of their axes, and how much room these take.

use crate::font::{self, Weight};
use crate::panel::TICK_PAD;
use crate::path_panel;
use crate::plane::PathDiagram;
use crate::prepared::Prepared;
use crate::style::{LABEL, PLOT_HEIGHT, TICK, line_height};
use crate::text::wrap;
use crate::violin::{SharedY, ViolinFigure};

/// What is at one place of the grid.
#[derive(Clone, Copy)]
pub(crate) enum Cell<'a> {
    /// The runs at a place among the prepared ones.
    Violins(usize),
    Paths(&'a PathDiagram),
}

/// The panel of runs left of panel `index` in its row.
fn left_neighbour<'a>(panels: &'a [Prepared<'a>], index: usize, columns: usize) -> Option<&'a Prepared<'a>> {
    let row = |one: &Prepared<'_>| one.at / columns;
    index.checked_sub(1).map(|left| &panels[left]).filter(|left| row(left) == row(&panels[index]))
}

/// The label of the value axis that stands once beside all panels, or else one beside each panel whose values are
/// something else than its left neighbour's.
pub(crate) fn value_labels(
    figure: &ViolinFigure,
    panels: &[Prepared<'_>],
    columns: usize,
) -> (Vec<String>, Vec<Vec<String>>) {
    let label = |one: &Prepared<'_>| figure.y_label_of(one.panel).to_string();
    let rows = figure.panels.len().div_ceil(columns);
    let same = panels.windows(2).all(|pair| label(&pair[0]) == label(&pair[1]));
    let beside_violins = (0..rows).all(|row| panels.iter().any(|one| one.at == row * columns));
    if same && beside_violins {
        let common = wrap(&label(&panels[0]), PLOT_HEIGHT * rows as f64, LABEL, Weight::Regular);
        return (common, vec![Vec::new(); panels.len()]);
    }
    let own = |index: usize| {
        let one = &panels[index];
        let repeated = left_neighbour(panels, index, columns).is_some_and(|left| label(left) == label(one));
        if repeated { Vec::new() } else { wrap(&label(one), PLOT_HEIGHT, LABEL, Weight::Regular) }
    };
    (Vec::new(), (0..panels.len()).map(own).collect())
}

/// Whether each panel's ticks are labelled: not where its left neighbour has the same axis.
pub(crate) fn labelled(figure: &ViolinFigure, panels: &[Prepared<'_>], columns: usize) -> Vec<bool> {
    let along_rows = matches!(figure.shared_y, SharedY::Rows | SharedY::All);
    let same = |left: &Prepared<'_>, one: &Prepared<'_>| {
        figure.y_label_of(left.panel) == figure.y_label_of(one.panel) && along_rows
    };
    let repeated = |index: usize| left_neighbour(panels, index, columns).is_some_and(|left| same(left, &panels[index]));
    (0..panels.len()).map(|index| !repeated(index)).collect()
}

/// Width of a panel's ticks and their labels, in points.
pub(crate) fn tick_width(prepared: &Prepared<'_>, labelled: bool) -> f64 {
    let ticks = prepared.axis.iter().flat_map(|axis| axis.ticks()).filter(|_| labelled);
    let widths = ticks.map(|tick| font::width(&tick.label, LABEL, Weight::Regular));
    widths.reduce(f64::max).map_or(TICK, |widest| TICK + TICK_PAD + widest + 1.0)
}

/// Space left of each column's data areas, in points.
pub(crate) fn gutters(
    cells: &[Cell<'_>],
    panels: &[Prepared<'_>],
    labelled: &[bool],
    own_labels: &[Vec<String>],
    columns: usize,
) -> Vec<f64> {
    let gutter = |cell: &Cell<'_>| match *cell {
        Cell::Violins(index) => {
            tick_width(&panels[index], labelled[index]) + own_labels[index].len() as f64 * line_height(LABEL)
        }
        Cell::Paths(diagram) => path_panel::gutter(diagram, PLOT_HEIGHT),
    };
    (0..columns).map(|column| cells.iter().skip(column).step_by(columns).map(gutter).fold(0.0, f64::max)).collect()
}
