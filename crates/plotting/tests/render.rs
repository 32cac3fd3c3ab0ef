//! Whole figures: every text inside the page and clear of every other, the same in both files, and nothing left unsaid.

use std::fs;

use plotting::{
    Baseline, Group, PlotError, Point, Scene, ViolinFigure, ViolinPanel, draw_violins, lay_out, to_bitmap, to_svg,
};

const CONDITIONS: [&str; 4] = ["[No, No]", "[No, Yes]", "[Yes, No]", "[Yes, Yes]"];
const DATASETS: [&str; 4] = ["CIFAR-10", "FashionMNIST", "SVHN", "MNIST"];

/// Values around `middle` that look random but are the same every time.
fn runs(middle: f64, seeds: u64) -> Vec<Point> {
    let mut state = middle.to_bits();
    (0..seeds)
        .map(|seed| {
            let mut sum = 0.0;
            for _ in 0..4 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                sum += (state >> 11) as f64 / (1_u64 << 53) as f64;
            }
            Point { seed, value: middle * (1.0 + 0.1 * (sum - 2.0)) }
        })
        .collect()
}

fn figure(panels: usize, labels: &[&str], seeds: u64) -> ViolinFigure {
    let group = |(place, label): (usize, &&str)| Group {
        label: label.to_string(),
        points: runs(0.6 + 0.05 * place as f64, seeds),
        failed: 0,
    };
    let panel = |title: &&str| ViolinPanel {
        title: title.to_string(),
        groups: labels.iter().enumerate().map(group).collect(),
        baseline: Some(Baseline { mean: 0.58, n: 3 }),
    };
    ViolinFigure {
        title: Some("Bias reset".to_string()),
        panels: DATASETS.iter().cycle().take(panels).map(panel).collect(),
        y_label: "Test loss".to_string(),
        x_label: "Reset before task [1, 2]".to_string(),
        note: Some("Demo scale: fewer epochs & images than the paper's.".to_string()),
        ..ViolinFigure::default()
    }
}

/// Lays the figure out, checks what must hold for every figure, and returns it.
fn checked(figure: &ViolinFigure) -> Scene {
    let scene = lay_out(figure).unwrap();
    let boxes = scene.text_boxes();
    for (index, one) in boxes.iter().enumerate() {
        assert!(one.left >= 0.0 && one.right <= scene.width, "{one:?} leaves a page {} pt wide", scene.width);
        assert!(one.top >= 0.0 && one.bottom <= scene.height, "{one:?} leaves a page {} pt high", scene.height);
        for other in &boxes[index + 1..] {
            assert!(!one.overlaps(other), "{one:?} covers {other:?}");
        }
    }
    let svg = to_svg(&scene).unwrap();
    for one in &boxes {
        let escaped = one.content.replace('&', "&amp;");
        assert!(svg.contains(&escaped), "{:?} is not in the SVG file", one.content);
    }
    assert!(!svg.contains("NaN"));
    for word in figure.panels.iter().flat_map(|panel| &panel.groups).flat_map(|group| group.label.split(' ')) {
        assert!(boxes.iter().any(|one| one.content.contains(word)), "the label {word:?} is missing");
    }
    let bitmap = to_bitmap(&scene).unwrap();
    assert_eq!(bitmap.width, (scene.width * 300.0 / 72.0).ceil() as u32);
    assert_eq!(bitmap.rgb.len(), bitmap.width as usize * bitmap.height as usize * 3);
    let dark = bitmap.rgb.chunks(3).filter(|pixel| pixel.iter().all(|&value| value < 100)).count();
    assert!(dark > 2_000, "only {dark} dark pixels");
    assert!(dark < bitmap.rgb.len() / 3 / 5, "{dark} dark pixels");
    scene
}

fn says(scene: &Scene, what: &str) -> bool {
    let said: Vec<String> = scene.text_boxes().into_iter().map(|one| one.content).collect();
    said.join(" ").contains(what)
}

#[test]
fn one_panel_to_nine() {
    for panels in [1, 2, 3, 4, 9] {
        let scene = checked(&figure(panels, &CONDITIONS, 10));
        assert!(says(&scene, "n = 10 seeds"));
        assert!(says(&scene, "baseline (n = 3)"));
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
fn equal_values_have_dots_and_no_violin() {
    let mut figure = figure(1, &CONDITIONS, 10);
    for group in &mut figure.panels[0].groups {
        group.points.iter_mut().for_each(|point| point.value = 0.5);
    }
    assert!(!says(&checked(&figure), "Gaussian"));
}

#[test]
fn dots_without_room_are_counted() {
    let mut figure = figure(1, &["A", "B", "C", "D", "E", "F"], 50);
    for group in &mut figure.panels[0].groups {
        group.points.iter_mut().for_each(|point| point.value = 0.5);
    }
    assert!(says(&checked(&figure), "not drawn: A "));
}

#[test]
fn a_value_far_off_is_clipped_and_named() {
    for (factor, side) in [(100.0, "above"), (-100.0, "below")] {
        for shared_y in [false, true] {
            let mut figure = ViolinFigure { shared_y, ..figure(3, &CONDITIONS, 10) };
            figure.panels[1].groups[2].points[4].value *= factor;
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
        figure.panels[0].groups[1].failed = 1;
        figure.panels[0].groups[1].points.pop();
        figure.panels[0].groups[3] = Group { label: "[Yes, Yes]".to_string(), points: Vec::new(), failed: 10 };
        let scene = checked(&figure);
        assert!(says(&scene, "diverged"));
        assert!(says(&scene, "no data"));
    }
}

#[test]
fn an_empty_panel_says_so() {
    let mut figure = figure(2, &CONDITIONS, 10);
    figure.panels[1] = ViolinPanel { title: "SVHN".to_string(), ..ViolinPanel::default() };
    assert!(says(&checked(&figure), "no data"));
    for group in &mut figure.panels[0].groups {
        group.points.clear();
    }
    checked(&figure);
}

#[test]
fn baselines_of_different_sizes_are_stated_panel_by_panel() {
    let mut figure = figure(3, &CONDITIONS, 10);
    figure.panels[1].baseline = Some(Baseline { mean: 0.6, n: 5 });
    let scene = checked(&figure);
    assert!(says(&scene, "baseline: n = 3") && says(&scene, "baseline: n = 5"));
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    assert!(matches!(lay_out(&ViolinFigure::default()), Err(PlotError::NoPanels)));
    let mut broken = figure(1, &CONDITIONS, 3);
    broken.panels[0].groups[1].points[2].value = f64::NAN;
    let message = lay_out(&broken).unwrap_err().to_string();
    assert!(message.contains("[No, Yes]") && message.contains("seed 2"), "{message}");
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
    assert_eq!(fs::read_dir(folder.join("deep")).unwrap().count(), 2, "a partial file was left behind");
    let inside_a_file = svg.join("figure.svg");
    let message = draw_violins(&figure(1, &CONDITIONS, 3), &inside_a_file, &png).unwrap_err().to_string();
    assert!(message.contains("figure.svg"), "{message}");
    fs::remove_dir_all(&folder).unwrap();
}
