//! Labels beneath the groups of a panel: written across, in several lines, or upward, whatever fits.

use crate::font::{self, Weight};
use crate::scene::{Anchor, Scene, Text};
use crate::style::{self, LABEL, SMALL, line_height};
use crate::text::fit;

/// Empty space between a panel's frame and its labels, in points.
const PAD: f64 = 3.0;
/// Least space between the labels of neighbouring groups, in points.
const BETWEEN: f64 = 2.5;

/// The labels of one panel's groups, laid out for a certain width of group.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Labels {
    size: f64,
    upward: bool,
    names: Vec<Vec<String>>,
    remarks: Vec<Vec<String>>,
    names_height: f64,
    /// Whether the remarks are written beneath the groups; if not, they must be stated elsewhere.
    pub(crate) with_remarks: bool,
}

impl Labels {
    /// Width of a group below which not even upward labels fit, in points.
    pub(crate) fn least_slot() -> f64 {
        line_height(LABEL)
    }

    /// Lays out the groups' `names` and, beneath each, its `remarks`, for groups that are `slot` points wide.
    pub(crate) fn new(names: &[String], remarks: &[Vec<String>], slot: f64) -> Self {
        let room = slot - BETWEEN;
        let fit_all = |size: f64, most: usize| -> Option<Vec<Vec<String>>> {
            let lines = names.iter().map(|name| fit(name, room, size, Weight::Regular));
            let lines: Vec<Vec<String>> = lines.collect::<Option<_>>()?;
            lines.iter().all(|lines| lines.len() <= most).then_some(lines)
        };
        let across = [(LABEL, 1), (LABEL, 2), (SMALL, 2), (SMALL, 3)]
            .into_iter()
            .find_map(|(size, most)| fit_all(size, most).map(|lines| (size, lines)));
        let upward = across.is_none();
        let (size, names) = across.unwrap_or_else(|| (LABEL, names.iter().map(|name| vec![name.clone()]).collect()));
        let names_height = if upward {
            let widths = names.iter().flatten().map(|name| font::width(name, size, Weight::Regular));
            widths.fold(0.0, f64::max) + SMALL * 0.5
        } else {
            most_lines(&names) as f64 * line_height(size)
        };
        let fitted: Option<Vec<Vec<String>>> = remarks
            .iter()
            .map(|remarks| {
                let lines = remarks.iter().map(|remark| fit(remark, room, SMALL, Weight::Regular));
                lines.collect::<Option<Vec<_>>>().map(|lines| lines.concat())
            })
            .collect();
        let with_remarks = fitted.is_some();
        let remarks = fitted.unwrap_or_default();
        Labels { size, upward, names, remarks, names_height, with_remarks }
    }

    /// Height of the labels, in points.
    pub(crate) fn height(&self) -> f64 {
        PAD + self.names_height + most_lines(&self.remarks) as f64 * line_height(SMALL)
    }

    /// Draws the labels below `top` under groups whose middles are `centres`.
    pub(crate) fn draw(&self, scene: &mut Scene, centres: &[f64], top: f64) {
        let top = top + PAD;
        for (name, &x) in self.names.iter().zip(centres) {
            for (line, content) in name.iter().enumerate() {
                let text = if self.upward {
                    Text::new(content.clone(), x + font::MIDDLE * self.size, top, self.size).reading_upward()
                } else {
                    let y = top + font::ASCENT * self.size + line as f64 * line_height(self.size);
                    Text::new(content.clone(), x, y, self.size)
                };
                scene.text(text.anchored(if self.upward { Anchor::End } else { Anchor::Middle }));
            }
        }
        for (remarks, &x) in self.remarks.iter().zip(centres) {
            for (line, remark) in remarks.iter().enumerate() {
                let y = top + self.names_height + font::ASCENT * SMALL + line as f64 * line_height(SMALL);
                scene.text(Text::new(remark.clone(), x, y, SMALL).anchored(Anchor::Middle).coloured(style::MUTED));
            }
        }
    }
}

fn most_lines(groups: &[Vec<String>]) -> usize {
    groups.iter().map(Vec::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(names: &[&str], remark: &str, slot: f64) -> Labels {
        let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        let remarks = vec![vec![remark.to_string()]; names.len()];
        Labels::new(&names, &remarks, slot)
    }

    #[test]
    fn wide_groups_have_one_line() {
        let labels = laid_out(&["[No, No]", "[Yes, Yes]"], "1 diverged", 60.0);
        assert!(!labels.upward && labels.with_remarks);
        assert_eq!(labels.names[0], ["[No, No]"]);
        assert_eq!(labels.remarks[0], ["1 diverged"]);
    }

    #[test]
    fn narrower_groups_have_two() {
        let labels = laid_out(&["(1e-3, 5e-4)", "(2e-3, 2e-3)"], "1 diverged", 27.0);
        assert_eq!(labels.names[0], ["(1e-3,", "5e-4)"]);
        assert_eq!(labels.remarks[0], ["1", "diverged"]);
    }

    #[test]
    fn the_narrowest_read_upward_and_leave_remarks_to_others() {
        let labels = laid_out(&["(1e-3, 5e-4)", "(2e-3, 2e-3)"], "1 diverged", 12.0);
        assert!(labels.upward && !labels.with_remarks);
    }
}
