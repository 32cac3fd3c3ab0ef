//! Composition of a violin figure: panels in a grid, with everything that is written around them.

use crate::dots;
use crate::error::PlotError;
use crate::font;
use crate::gutter::{Cell, gutters, labelled, tick_width, value_labels};
use crate::labels::Labels;
use crate::legend::{self, Entry, STROKE_SAMPLE, Symbol};
use crate::palette::SeedColours;
use crate::panel::{self, Frame};
use crate::path_panel::{self, LEAST_WIDTH, numbers_of_tasks, path_stroke, task_radius};
use crate::prepared::{Prepared, prepare};
use crate::reference::References;
use crate::scene::{Anchor, Scene, Text};
use crate::statements::{remarks, statements};
use crate::style::{
    COLUMN_WIDTH, GAP, LABEL, MARGIN, MARKER, MUTED, PAGE_WIDTH, PANEL_TITLE, PLOT_HEIGHT, SMALL, TITLE, line_height,
};
use crate::violin::{Panel, ViolinFigure};
use crate::writing::{panel_letter, paragraph, upward_label};

/// Space between blocks of a figure, in points.
const BLOCK: f64 = 4.0;
/// Most panels put in a row when the figure does not ask for a number.
const MOST_COLUMNS: usize = 4;
/// Width of a group that most labels and swarms do well with, and a guess at the width of an axis, in points.
const COMFORTABLE_SLOT: f64 = 17.0;
const USUAL_AXIS: f64 = 28.0;
/// Width of an axis with a label of its own, of two lines, and long numbers, in points.
const WIDE_AXIS: f64 = 56.0;
/// Most groups that a figure of one panel shows in a single column's width.
const COLUMN_GROUPS: usize = 6;

/// How violins are computed, which every figure with one must say.
fn method(panels: &[Prepared<'_>]) -> Option<String> {
    panels.iter().flat_map(|panel| &panel.groups).find(|group| !group.curve.is_empty())?;
    let least = if panels.iter().any(Prepared::is_cut) { " and at the least possible value" } else { "" };
    let joined =
        if panels.iter().any(|panel| panel.panel.join_seeds) { "; thin lines join those of a seed" } else { "" };
    Some(format!(
        "Violin: Gaussian kernel density, Scott's bandwidth, cut one bandwidth beyond the data{least}, all of equal greatest \
         width. A dot is one run{joined}. Intervals: Student's, over runs."
    ))
}

/// The figure laid out in points.
pub fn lay_out(figure: &ViolinFigure) -> Result<Scene, PlotError> {
    figure.validate()?;
    let grid = Grid::new(figure)?;
    let mut scene = Scene::new(grid.figure_width);
    let inner = scene.width - 2.0 * MARGIN;
    let mut y = MARGIN;
    if let Some(title) = &figure.title {
        y = paragraph(&mut scene, Text::new(title.as_str(), MARGIN, y, TITLE).bold(), inner) + BLOCK;
    }
    let mut first_top = None;
    let mut last_bottom = y;
    let mut below_violins = y;
    for row in 0..grid.cells.len().div_ceil(grid.columns) {
        let from = row * grid.columns;
        let to = (from + grid.columns).min(grid.cells.len());
        let title_bottom = (from..to).map(|at| grid.title(&mut scene, at, y)).fold(y, f64::max);
        let top = title_bottom + BLOCK;
        let bottoms: Vec<f64> = (from..to).map(|at| grid.cell(&mut scene, at, top)).collect();
        let row_bottom = bottoms.iter().copied().fold(top, f64::max);
        let violins = (from..to).zip(&bottoms).filter(|&(at, _)| !grid.is_left_of_violins(at));
        below_violins = violins.map(|(_, &bottom)| bottom).reduce(f64::max).unwrap_or(row_bottom);
        first_top = first_top.or(Some(top));
        last_bottom = top + PLOT_HEIGHT;
        y = row_bottom + 2.0 * BLOCK;
    }
    let middle = (grid.lefts[grid.first_violins] + scene.width - MARGIN) / 2.0;
    let top = below_violins + BLOCK;
    let x_label = Text::new(figure.x_label.as_str(), middle, top, LABEL).anchored(Anchor::Middle);
    let available = 2.0 * (scene.width - MARGIN - middle);
    y = y.max(paragraph(&mut scene, x_label, available) + BLOCK);
    let plots_middle = (first_top.unwrap_or(last_bottom) + last_bottom) / 2.0;
    upward_label(&mut scene, &grid.common_label, MARGIN, plots_middle, LABEL);
    for entries in grid.legends() {
        y += legend::draw(&mut scene, &entries, (MARGIN, y), inner);
    }
    for note in method(&grid.panels).as_deref().into_iter().chain(figure.note.as_deref()) {
        y = paragraph(&mut scene, Text::new(note, MARGIN, y + 1.0, SMALL).coloured(MUTED), inner);
    }
    scene.height = y + MARGIN;
    Ok(scene)
}

/// The panels of a figure and their horizontal arrangement.
struct Grid<'a> {
    cells: Vec<Cell<'a>>,
    panels: Vec<Prepared<'a>>,
    /// Whether each panel's ticks are labelled.
    labelled: Vec<bool>,
    /// The lines of each panel's own label of the value axis.
    own_labels: Vec<Vec<String>>,
    /// The lines of the label that stands once for all of them.
    common_label: Vec<String>,
    labels: Vec<Labels>,
    swarms: Vec<Vec<dots::GroupSwarm>>,
    radius: f64,
    colours: SeedColours,
    references: References,
    numbers_of_tasks: Vec<usize>,
    figure_width: f64,
    columns: usize,
    /// The first column that holds runs.
    first_violins: usize,
    /// Left edge of the data areas of each column.
    lefts: Vec<f64>,
    data_width: f64,
}

impl<'a> Grid<'a> {
    fn new(figure: &'a ViolinFigure) -> Result<Self, PlotError> {
        let groups = figure.violins().map(|panel| panel.groups.len()).max().unwrap_or(0);
        let narrow = figure.panels.len() == 1 && groups <= COLUMN_GROUPS;
        let figure_width = if narrow { COLUMN_WIDTH } else { PAGE_WIDTH };
        let columns = columns(figure, groups, figure_width);
        let panels = prepare(figure, columns);
        let mut violins = 0..;
        let cells: Vec<Cell<'a>> = figure
            .panels
            .iter()
            .map(|panel| match panel {
                Panel::Violins(_) => Cell::Violins(violins.next().unwrap_or_default()),
                Panel::Paths(diagram) => Cell::Paths(diagram),
            })
            .collect();
        let (common_label, own_labels) = value_labels(figure, &panels, columns);
        let labelled = labelled(figure, &panels, columns);
        let start = MARGIN + common_label.len() as f64 * line_height(LABEL);
        let gutters = gutters(&cells, &panels, &labelled, &own_labels, columns);
        let gaps = GAP * (columns - 1) as f64;
        let data_width = (figure_width - MARGIN - start - gutters.iter().sum::<f64>() - gaps) / columns as f64;
        let mut lefts = Vec::new();
        let mut x = start;
        for gutter in &gutters {
            lefts.push(x + gutter);
            x += gutter + data_width + GAP;
        }
        let frame = Frame { left: 0.0, top: 0.0, width: data_width, height: PLOT_HEIGHT, labelled: true };
        let slots: Vec<f64> = panels.iter().map(|one| frame.of_groups(one).slot(one.groups.len())).collect();
        for (one, &slot) in panels.iter().zip(&slots) {
            if slot < Labels::least_slot() {
                let (panel, groups) = (one.panel.title.clone(), one.groups.len());
                return Err(PlotError::Crowded { panel, groups, slot, needed: Labels::least_slot() });
            }
        }
        if let Some(diagram) = figure.diagrams().next().filter(|_| data_width < LEAST_WIDTH) {
            return Err(PlotError::Narrow { panel: diagram.title.clone(), width: data_width, needed: LEAST_WIDTH });
        }
        let labels = panels
            .iter()
            .zip(&slots)
            .map(|(one, &slot)| {
                let names: Vec<String> = one.panel.groups.iter().map(|group| group.label.clone()).collect();
                Labels::new(&names, &remarks(one.panel), slot)
            })
            .collect();
        let (radius, swarms) = dots::lay_out(&panels, &slots);
        Ok(Grid {
            cells,
            labelled,
            own_labels,
            common_label,
            labels,
            swarms,
            radius,
            colours: SeedColours::new(figure.seeds()),
            references: References::new(&panels),
            numbers_of_tasks: numbers_of_tasks(figure.diagrams()),
            figure_width,
            columns,
            first_violins: panels.iter().map(|one| one.at % columns).min().unwrap_or(0),
            lefts,
            data_width,
            panels,
        })
    }

    /// Draws the title of the panel at `at` below `top` and returns where it ends.
    fn title(&self, scene: &mut Scene, at: usize, top: f64) -> f64 {
        let mut x = self.lefts[at % self.columns];
        let right = x + self.data_width;
        if self.cells.len() > 1 {
            x = panel_letter(scene, at, (x, top));
        }
        let (title, path) = match self.cells[at] {
            Cell::Violins(index) => (&self.panels[index].panel.title, self.panels[index].panel.path),
            Cell::Paths(diagram) => (&diagram.title, None),
        };
        if let Some(place) = path {
            let middle = top + (font::ASCENT - font::MIDDLE) * PANEL_TITLE;
            path_stroke(place).sample(scene, (x, middle), STROKE_SAMPLE, MARKER * 1.3);
            x += STROKE_SAMPLE + 3.0;
        }
        let title = Text::new(title.as_str(), x, top, PANEL_TITLE);
        paragraph(scene, title, right - x).max(top + line_height(PANEL_TITLE))
    }

    /// Draws the panel at `at`, its data area beginning at `top`, and returns where what is written beneath it ends.
    fn cell(&self, scene: &mut Scene, at: usize, top: f64) -> f64 {
        let left = self.lefts[at % self.columns];
        let frame = Frame { left, top, width: self.data_width, height: PLOT_HEIGHT, labelled: true };
        match self.cells[at] {
            Cell::Violins(index) => self.violins(scene, index, Frame { labelled: self.labelled[index], ..frame }),
            Cell::Paths(diagram) => path_panel::draw(scene, diagram, frame, &self.numbers_of_tasks),
        }
    }

    fn violins(&self, scene: &mut Scene, index: usize, frame: Frame) -> f64 {
        let (prepared, labels, swarms) = (&self.panels[index], &self.labels[index], &self.swarms[index]);
        panel::draw(scene, prepared, frame, swarms, self.radius, (&self.colours, &self.references));
        let label_width = self.own_labels[index].len() as f64 * line_height(LABEL);
        let label_left = frame.left - tick_width(prepared, frame.labelled) - label_width;
        upward_label(scene, &self.own_labels[index], label_left, frame.top + frame.height / 2.0, LABEL);
        labels.draw(scene, &frame.of_groups(prepared).centres(prepared.groups.len()), frame.bottom());
        let reference = prepared.panel.reference.as_ref();
        let state_reference = reference.is_some_and(|reference| self.references.differs(&reference.label));
        let mut y = frame.bottom() + labels.height() + 1.0;
        for line in statements(prepared, swarms, !labels.with_remarks, state_reference) {
            y = paragraph(scene, Text::new(line, frame.left, y, SMALL).coloured(MUTED), frame.width);
        }
        y
    }

    /// Whether only a diagram can be at `at`, which the label of the groups has nothing to say about.
    fn is_left_of_violins(&self, at: usize) -> bool {
        at % self.columns < self.first_violins
    }

    /// What the diagrams need, and what the violins need.
    fn legends(&self) -> [Vec<Entry>; 2] {
        let numbers = &self.numbers_of_tasks;
        let label = "Task of a path, by the smallest N that visits it".to_string();
        let title = (!numbers.is_empty()).then_some(Entry { symbol: Symbol::None, label });
        let task = |&n: &usize| Entry { symbol: Symbol::Task(task_radius(n, numbers)), label: n.to_string() };
        let tasks = title.into_iter().chain(numbers.iter().map(task));
        [tasks.collect(), legend::of_violins(&self.panels, &self.references, &self.colours)]
    }
}

/// How many groups fit a panel in a figure of so many columns, whatever is written on its axes.
pub fn most_groups(columns: usize) -> usize {
    let columns = columns.max(1) as f64;
    let width = (PAGE_WIDTH - 2.0 * MARGIN - 2.0 * line_height(LABEL)) / columns - WIDE_AXIS - GAP - dots::STRIP;
    (width / Labels::least_slot()).floor().max(1.0) as usize
}

/// Panels in a row: as many as asked for, or the fewest rows whose groups are comfortably wide.
fn columns(figure: &ViolinFigure, groups: usize, figure_width: f64) -> usize {
    let panels = figure.panels.len();
    if let Some(columns) = figure.columns {
        return columns.clamp(1, panels);
    }
    let comfortable = |columns: &usize| {
        let width = (figure_width - 2.0 * MARGIN - line_height(LABEL)) / *columns as f64 - USUAL_AXIS - GAP;
        *columns <= MOST_COLUMNS && width / groups.max(1) as f64 >= COMFORTABLE_SLOT
    };
    (1..=panels).map(|rows| panels.div_ceil(rows)).find(comfortable).unwrap_or(1)
}
