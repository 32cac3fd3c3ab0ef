//! Small figures whose SVG documents must not change unnoticed. After a change that is meant, look at the new pictures and
//! regenerate the documents with `PLOTTING_GOLDEN=write cargo test -p plotting --test render golden`.

use std::fs;
use std::path::PathBuf;

use plotting::{LinesFigure, Scene, ViolinFigure, lay_out, lay_out_curves, lay_out_intervals, lay_out_lines, to_svg};

use crate::support::{diagram, figure, lines, violins};
use crate::{curves, intervals};

fn compare(name: &str, scene: &Scene) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let document = to_svg(scene).unwrap();
    if std::env::var_os("PLOTTING_GOLDEN").is_some_and(|what| what == "write") {
        fs::write(&path, &document).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    let at = document.lines().zip(expected.lines()).position(|(new, old)| new != old);
    assert!(document == expected, "{} differs, first in line {at:?} (counted from 0)", path.display());
}

#[test]
fn violins_are_as_they_were() {
    compare("violins.svg", &lay_out(&figure(1, &["[No, No]", "[No, Yes]"], 5)).unwrap());
}

#[test]
fn paths_are_as_they_were() {
    let plane = diagram("Blur × shift", ("Blur factor", 0.25, 1.0), ("Shift", 0.25, 0.0), &[2, 3, 5]);
    let results = plotting::ViolinPanel { path: Some(0), ..violins("blur, then shift", &["2", "3", "5"], 3) };
    let panels = vec![plane.into(), results.into()];
    let figure = ViolinFigure { panels, y_label: "Test loss".to_string(), ..ViolinFigure::default() };
    compare("paths.svg", &lay_out(&figure).unwrap());
}

#[test]
fn lines_are_as_they_were() {
    let mut figure = lines(1, 3, 10);
    figure.columns.truncate(1);
    figure.rows[0].panels.truncate(1);
    figure.rows[0].panels[0].lines[1].values[8] = None;
    compare("lines.svg", &lay_out_lines(&LinesFigure { note: None, ..figure }).unwrap());
}

#[test]
fn curves_are_as_they_were() {
    compare("curves.svg", &lay_out_curves(&curves::figure()).unwrap());
}

#[test]
fn intervals_are_as_they_were() {
    compare("intervals.svg", &lay_out_intervals(&intervals::figure()).unwrap());
}
