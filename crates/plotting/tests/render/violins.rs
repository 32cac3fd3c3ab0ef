//! Figures of violins: every text inside the page and clear of every other, the same in both files, nothing left unsaid.

use std::fs;

use plotting::{Group, PlotError, Reference, Scene, SharedY, ViolinFigure, ViolinPanel, draw_violins, lay_out, to_svg};

use crate::support::{CONDITIONS, baseline, count, figure, panel, says, sound, two_measures};

/// Lays the figure out, checks what must hold for every figure, and returns it.
fn checked(figure: &ViolinFigure) -> Scene {
    let scene = sound(lay_out(figure).unwrap());
    for word in figure.violins().flat_map(|panel| &panel.groups).flat_map(|group| group.label.split(' ')) {
        assert!(says(&scene, word), "the label {word:?} is missing");
    }
    scene
}

#[test]
fn one_panel_to_nine() {
    for panels in [1, 2, 3, 4, 9] {
        let scene = checked(&figure(panels, &CONDITIONS, 10));
        assert!(says(&scene, "n = 10 seeds"));
        assert!(says(&scene, "baseline mean (n = 3)"));
        assert_eq!(says(&scene, "(a)"), panels > 1);
    }
}

#[test]
fn one_seed_to_fifty() {
    for seeds in [1, 2, 3, 10, 11, 50] {
        let scene = checked(&figure(3, &CONDITIONS, seeds));
        assert_eq!(says(&scene, "Gaussian"), seeds > 2, "{seeds} seeds");
    }
    assert!(says(&checked(&figure(3, &CONDITIONS, 1)), "n = 1 seed"));
    assert!(says(&checked(&figure(3, &CONDITIONS, 50)), "0 to 49, 50 in order"));
}

#[test]
fn labels_of_every_length() {
    let pairs = ["(5e-4, 5e-4)", "(1e-3, 1e-3)", "(2e-3, 2e-3)", "(1e-3, 5e-4)", "(1e-3, 2e-3)"];
    let numbers = ["2", "3", "4", "5", "6", "7", "8", "9"];
    for panels in [1, 3, 4] {
        for columns in [None, Some(1), Some(3), Some(4)] {
            checked(&ViolinFigure { columns, ..figure(panels, &pairs, 10) });
            checked(&ViolinFigure { columns, ..figure(panels, &numbers, 3) });
        }
    }
    checked(&figure(3, &["an uncommonly long name of a condition", "short", "unbreakablyverylongname"], 10));
}

#[test]
fn a_legend_wider_than_the_page_goes_on_in_a_further_line() {
    for label in ["from scratch mean", "everything from the start on, with one learning rate, mean"] {
        let mut figure = figure(1, &CONDITIONS, 10);
        panel(&mut figure, 0).reference = Some(Reference { label: label.to_string(), ..baseline(0.55, 10).unwrap() });
        let scene = checked(&figure);
        for word in label.split(' ').chain(["band:", "edge:", "runs"]) {
            assert!(says(&scene, word), "{word}");
        }
    }
}

#[test]
fn equal_values_have_dots_and_no_violin() {
    let mut figure = figure(1, &CONDITIONS, 10);
    for group in &mut panel(&mut figure, 0).groups {
        group.points.iter_mut().for_each(|point| point.value = 0.5);
    }
    assert!(!says(&checked(&figure), "Gaussian"));
}

#[test]
fn dots_without_room_are_counted() {
    let mut figure = figure(1, &["A", "B", "C", "D", "E", "F"], 50);
    for group in &mut panel(&mut figure, 0).groups {
        group.points.iter_mut().for_each(|point| point.value = 0.5);
    }
    assert!(says(&checked(&figure), "not drawn: A "));
}

#[test]
fn a_value_far_off_is_clipped_and_named() {
    for (factor, side) in [(100.0, "above"), (-100.0, "below")] {
        for shared_y in [SharedY::Never, SharedY::Columns, SharedY::Rows, SharedY::All] {
            let mut figure = ViolinFigure { shared_y, ..figure(3, &CONDITIONS, 10) };
            panel(&mut figure, 1).groups[2].points[4].value *= factor;
            let scene = checked(&figure);
            assert!(says(&scene, &format!("1 value {side} the axis")));
            assert!(says(&scene, "(seed 4, [Yes, No])"));
            assert!(says(&scene, "beyond the axis"));
        }
    }
}

#[test]
fn failed_and_missing_runs_are_stated() {
    for panels in [1, 4] {
        let mut figure = figure(panels, &CONDITIONS, 10);
        panel(&mut figure, 0).groups[1].failed = 1;
        panel(&mut figure, 0).groups[1].points.pop();
        panel(&mut figure, 0).groups[3] =
            Group { label: "[Yes, Yes]".to_string(), points: Vec::new(), failed: 10, ..Group::default() };
        let scene = checked(&figure);
        assert!(says(&scene, "diverged"));
        assert!(says(&scene, "no data"));
    }
}

#[test]
fn an_empty_panel_says_so() {
    let mut figure = figure(2, &CONDITIONS, 10);
    figure.panels[1] = ViolinPanel { title: "SVHN".to_string(), ..ViolinPanel::default() }.into();
    assert!(says(&checked(&figure), "no data"));
    for group in &mut panel(&mut figure, 0).groups {
        group.points.clear();
    }
    checked(&figure);
}

#[test]
fn baselines_of_different_sizes_are_stated_panel_by_panel() {
    let mut figure = figure(3, &CONDITIONS, 10);
    panel(&mut figure, 1).reference = baseline(0.6, 5);
    let scene = checked(&figure);
    assert!(says(&scene, "baseline mean: n = 3") && says(&scene, "baseline mean: n = 5"));
}

/// Moves the values of the panel at `at` far from those of the others.
fn far(figure: &mut ViolinFigure, at: usize) {
    panel(figure, at).groups.iter_mut().flat_map(|group| &mut group.points).for_each(|point| point.value *= 3.0);
}

#[test]
fn panels_share_the_axes_that_they_are_asked_to() {
    // The panel at the upper right reaches 2.5, the others less than 1.
    for (shared_y, labelled) in [(SharedY::Never, 1), (SharedY::Columns, 2), (SharedY::Rows, 1), (SharedY::All, 2)] {
        let mut figure = ViolinFigure { shared_y, columns: Some(2), ..figure(4, &CONDITIONS, 10) };
        far(&mut figure, 1);
        let scene = checked(&figure);
        assert_eq!(count(&scene, "2.0"), labelled, "{shared_y:?}");
    }
}

#[test]
fn rows_that_measure_something_else_have_their_own_label_axis_and_reference() {
    for columns in [1, 3, 4] {
        for shared_y in [SharedY::Never, SharedY::Rows, SharedY::All] {
            let scene = checked(&ViolinFigure { shared_y, ..two_measures(columns, 10) });
            assert_eq!(count(&scene, "Test loss"), 1);
            assert!(says(&scene, "relative to [No, No]"));
            assert!(says(&scene, "baseline mean (n = 3)") && count(&scene, "= [No, No]") == 1);
        }
    }
}

#[test]
fn a_measure_beside_another_is_labelled() {
    let mut figure = figure(3, &CONDITIONS, 10);
    panel(&mut figure, 1).y_label = Some("Epochs".to_string());
    let scene = checked(&ViolinFigure { shared_y: SharedY::All, ..figure });
    assert_eq!((count(&scene, "Test loss"), count(&scene, "Epochs")), (2, 1));
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    assert!(matches!(lay_out(&ViolinFigure::default()), Err(PlotError::NoPanels)));
    let mut broken = figure(1, &CONDITIONS, 3);
    panel(&mut broken, 0).groups[1].points[2].value = f64::NAN;
    let message = lay_out(&broken).unwrap_err().to_string();
    assert!(message.contains("[No, Yes]") && message.contains("seed 2"), "{message}");
    panel(&mut broken, 0).reference =
        Some(Reference { value: f64::INFINITY, label: "mean".to_string(), n: None, ..Reference::default() });
    assert!(lay_out(&broken).unwrap_err().to_string().contains("\"mean\" is inf"));
    let many: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(matches!(lay_out(&figure(1, &many, 3)), Err(PlotError::Crowded { groups: 100, .. })));
}

#[test]
fn files_are_whole_and_name_themselves_when_they_fail() {
    let folder = std::env::temp_dir().join(format!("plotting-render-{}", std::process::id()));
    let (svg, png) = (folder.join("deep/figure.svg"), folder.join("deep/figure.png"));
    draw_violins(&figure(3, &CONDITIONS, 10), &svg, &png).unwrap();
    let document = fs::read_to_string(&svg).unwrap();
    assert!(document.starts_with("<svg width=\"518.4pt\"") && document.trim_end().ends_with("</svg>"));
    assert!(fs::read(&png).unwrap().starts_with(b"\x89PNG\r\n\x1a\n"));
    assert!(fs::read(svg.with_extension("pdf")).unwrap().starts_with(b"%PDF-"));
    assert_eq!(fs::read_dir(folder.join("deep")).unwrap().count(), 3, "a partial file was left behind");
    let inside_a_file = svg.join("figure.svg");
    let message = draw_violins(&figure(1, &CONDITIONS, 3), &inside_a_file, &png).unwrap_err().to_string();
    assert!(message.contains("figure.svg"), "{message}");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn runs_of_a_seed_are_joined_where_that_is_asked_for() {
    let mut figure = figure(2, &CONDITIONS, 10);
    let lines = |figure: &ViolinFigure| to_svg(&checked(figure)).unwrap().matches("<polyline").count();
    let apart = lines(&figure);
    panel(&mut figure, 1).join_seeds = true;
    assert_eq!(lines(&figure) - apart, 10);
    assert!(says(&checked(&figure), "thin lines join those of a seed"));
}

#[test]
fn a_reference_and_intervals_beyond_the_axis_stay_in_the_panel() {
    for (factor, value) in [(40.0_f64, 30.0), (-40.0, -30.0)] {
        let mut figure = figure(1, &CONDITIONS, 10);
        panel(&mut figure, 0).reference = baseline(value, 3);
        let mean = panel(&mut figure, 0).groups[1].mean.as_mut().unwrap();
        (mean.low, mean.high) = (mean.value * factor.min(1.0), mean.value * factor.max(1.0));
        let scene = checked(&figure);
        assert!(
            says(&scene, "baseline mean beyond the axis") && says(&scene, "intervals are cut at the end of the axis")
        );
    }
}
