//! Figures that hold path diagrams beside violins.

use plotting::{Panel, PathDiagram, PlaneAxis, PlotError, Scene, ViolinFigure, lay_out};

use crate::support::{count, diagram, figure, panel, planes, says, sound};

fn checked(figure: &ViolinFigure) -> Scene {
    let scene = sound(lay_out(figure).unwrap());
    for diagram in figure.diagrams() {
        for label in
            [&diagram.x.label, &diagram.y.label].into_iter().chain(diagram.paths.iter().map(|path| &path.label))
        {
            assert!(says(&scene, label), "the label {label:?} is missing");
        }
    }
    scene
}

#[test]
fn planes_with_results_at_one_seed_and_at_fifty() {
    for seeds in [1, 3, 50] {
        let scene = checked(&planes(seeds));
        assert_eq!((count(&scene, "source"), count(&scene, "target")), (2, 2));
        assert!(says(&scene, "smallest N that visits it 2 3 5 9"));
        assert_eq!(count(&scene, "Final test loss"), 2);
        assert!(says(&scene, "(h)"));
    }
}

#[test]
fn failed_runs_and_far_values_beside_a_diagram() {
    let mut figure = planes(10);
    panel(&mut figure, 1).groups[0].failed = 2;
    panel(&mut figure, 6).groups[2].points[4].value *= 100.0;
    panel(&mut figure, 7).groups.clear();
    let scene = checked(&figure);
    assert!(says(&scene, "2 diverged") || says(&scene, "diverged: 2 2"));
    assert!(says(&scene, "1 value above the axis") && says(&scene, "no data"));
}

#[test]
fn diagrams_stand_alone_and_in_any_column() {
    let alone = diagram("Plane", ("Blur factor", 0.25, 1.0), ("Shift", 0.25, 0.0), &[2, 5]);
    checked(&ViolinFigure { panels: vec![alone.clone().into()], ..ViolinFigure::default() });
    let mut mixed = figure(2, &["A", "B"], 3);
    mixed.panels.push(alone.into());
    let scene = checked(&mixed);
    assert_eq!(count(&scene, "Test loss"), 1);
}

#[test]
fn a_task_beyond_the_target_stays_inside_the_frame() {
    let mut diagram = diagram("Plane", ("Blur factor", 0.25, 1.0), ("Contrast", 0.1, 1.0), &[2, 3]);
    diagram.paths[0].discretizations[1].points[1] = (2.0, -3.0);
    checked(&ViolinFigure { panels: vec![diagram.into()], ..ViolinFigure::default() });
}

#[test]
fn diagrams_that_cannot_be_drawn_are_refused() {
    let refused = |diagram: PathDiagram| {
        lay_out(&ViolinFigure { panels: vec![Panel::Paths(diagram)], ..ViolinFigure::default() }).unwrap_err()
    };
    let good = diagram("Plane", ("Blur factor", 0.25, 1.0), ("Contrast", 0.1, 1.0), &[2, 3]);
    let flat = PathDiagram { x: PlaneAxis { target: 0.25, ..good.x.clone() }, ..good.clone() };
    assert!(refused(flat).to_string().contains("\"Blur factor\": it runs from 0.25 at the source to 0.25"));
    let mut broken = good.clone();
    broken.paths[1].discretizations[0].points[0].0 = f64::NAN;
    assert!(refused(broken).to_string().contains("contrast, then blur"));
    let crowd = PathDiagram { paths: good.paths.iter().cycle().take(6).cloned().collect(), ..good.clone() };
    assert!(matches!(refused(crowd), PlotError::TooManyLines { lines: 6, most: 5, .. }));
    let row = ViolinFigure { panels: vec![good.into(); 12], columns: Some(12), ..ViolinFigure::default() };
    assert!(matches!(lay_out(&row), Err(PlotError::Narrow { .. })));
}
