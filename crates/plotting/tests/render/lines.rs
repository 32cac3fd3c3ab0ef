//! Figures of lines over the layers of a network.

use std::fs;

use plotting::{
    Estimate, LayerGroup, Line, LinesFigure, LinesPanel, PlotError, Scale, Scene, draw_lines, lay_out_lines,
};

use crate::support::{DATASETS, MOMENTS, count, lines, says, sound};

fn checked(figure: &LinesFigure) -> Scene {
    let scene = sound(lay_out_lines(figure).unwrap());
    for label in figure.columns.iter().chain(&figure.lines).chain(figure.rows.iter().map(|row| &row.y_label)) {
        assert!(says(&scene, label), "the label {label:?} is missing");
    }
    scene
}

#[test]
fn one_row_to_four_with_one_line_to_six() {
    for (rows, names) in [(1, 1), (2, 4), (4, 6)] {
        let scene = checked(&lines(rows, names, 10));
        assert_eq!(count(&scene, "n = 10 seeds"), 4 * rows);
        assert!(says(&scene, "95 % interval over seeds"));
        // Rows over the same layers are labelled once, panel by panel.
        assert_eq!(count(&scene, "stage 4"), MOMENTS.len());
    }
}

#[test]
fn one_seed_has_no_interval_and_fifty_have_one() {
    let scene = checked(&lines(2, 4, 1));
    assert!(says(&scene, "n = 1 seed") && !says(&scene, "interval"));
    assert!(says(&checked(&lines(2, 4, 50)), "n = 50 seeds"));
}

#[test]
fn one_dataset_to_four_as_blocks_of_rows() {
    for datasets in [1, 4] {
        let block = lines(2, 4, 10).rows;
        let rows = DATASETS.iter().take(datasets).flat_map(|dataset| {
            block.iter().cloned().map(|row| plotting::LinesRow { title: Some(dataset.to_string()), ..row })
        });
        let figure = LinesFigure { rows: rows.collect(), ..lines(2, 4, 10) };
        let scene = checked(&figure);
        assert_eq!(DATASETS.iter().map(|dataset| count(&scene, dataset)).sum::<usize>(), datasets);
    }
}

#[test]
fn panels_can_have_titles() {
    let mut figure = lines(2, 4, 10);
    for (row, dataset) in figure.rows.iter_mut().zip(DATASETS) {
        row.panels.iter_mut().for_each(|panel| panel.title = Some(dataset.to_string()));
    }
    assert!(says(&checked(&figure), "FashionMNIST"));
}

#[test]
fn equal_values_are_drawn() {
    for scale in [Scale::Linear, Scale::Log] {
        let mut figure = lines(1, 4, 1);
        figure.rows[0].scale = scale;
        let panels = figure.rows[0].panels.iter_mut().flat_map(|panel| &mut panel.lines);
        for value in panels.flat_map(|line| &mut line.values) {
            *value = Some(Estimate { value: 0.5, low: 0.5, high: 0.5 });
        }
        checked(&figure);
    }
}

#[test]
fn a_value_far_off_is_clipped_and_named() {
    let mut figure = lines(2, 4, 10);
    figure.rows[1].panels[2].lines[1].values[9] = Some(Estimate { value: 5.0, low: 4.0, high: 6.0 });
    let scene = checked(&figure);
    assert!(says(&scene, "1 value above the axis: 5.00 ([No, Yes], layer.stage 2.4)"));
    assert!(says(&scene, "beyond the axis"));
    figure.rows[1].panels[2].lines[1].values[9] = Some(Estimate { value: 0.05, low: 0.04, high: 6.0 });
    assert!(says(&checked(&figure), "1 interval cut at the end of the axis"));
}

#[test]
fn zeros_have_no_place_on_a_log_axis_and_are_counted() {
    let mut figure = lines(1, 4, 10);
    for line in &mut figure.rows[0].panels[0].lines {
        line.values = vec![Some(Estimate::default()); 21];
    }
    assert!(says(&checked(&figure), "84 values below the axis: all 0"));
    for line in figure.rows[0].panels.iter_mut().flat_map(|panel| &mut panel.lines) {
        line.values = vec![Some(Estimate::default()); 21];
    }
    checked(&figure);
}

#[test]
fn missing_values_leave_gaps_and_missing_lines_are_named() {
    let mut figure = lines(2, 4, 10);
    let panels = &mut figure.rows[0].panels;
    panels[0].lines[0].values[5] = None;
    panels[0].lines[1] = Line { failed: 10, ..Line::default() };
    panels[1].lines[2].n = 9;
    panels[1].lines[2].failed = 1;
    panels[2] = LinesPanel::default();
    let scene = checked(&figure);
    assert!(says(&scene, "no data: [No, Yes]") && says(&scene, "diverged: [No, Yes] 10"));
    assert!(says(&scene, "n: [No, No] 10; [No, Yes] 10; [Yes, No] 9; [Yes, Yes] 10"));
    assert_eq!(count(&scene, "no data"), 1);
    for row in &mut figure.rows {
        row.panels.iter_mut().for_each(|panel| *panel = LinesPanel::default());
    }
    assert_eq!(count(&checked(&figure), "no data"), 8);
}

#[test]
fn a_reference_is_drawn_and_named() {
    let mut figure = lines(1, 2, 10);
    assert!(!says(&checked(&figure), "at initialisation"));
    figure.rows[0].panels[1].reference = (0..21).map(|layer| (layer != 7).then_some(0.02)).collect();
    assert!(says(&checked(&figure), "at initialisation"));
}

#[test]
fn single_layers_are_labelled_as_far_as_there_is_room() {
    let mut figure = lines(1, 2, 10);
    let single = |layer: usize| LayerGroup { label: format!("layer {layer}"), layers: vec![format!("layer {layer}")] };
    figure.rows[0].groups = (0..21).map(single).collect();
    let scene = checked(&figure);
    assert!(says(&scene, "layer 0") && !says(&scene, "layer 1 "));
}

#[test]
fn what_does_not_fit_together_is_refused() {
    assert!(matches!(lay_out_lines(&LinesFigure::default()), Err(PlotError::NoPanels)));
    let mut figure = lines(2, 4, 10);
    figure.rows[1].panels.pop();
    let message = lay_out_lines(&figure).unwrap_err().to_string();
    assert_eq!(message, "row 2: there are 3 panels, and 4 were expected, one for each column");
    let mut figure = lines(2, 4, 10);
    figure.rows[0].panels[3].lines[2].values.pop();
    let message = lay_out_lines(&figure).unwrap_err().to_string();
    assert!(message.starts_with("row 1, column 4: there are 20 values"), "{message}");
    let mut figure = lines(2, 4, 10);
    figure.rows[0].panels[3].lines[2].values[4] = Some(Estimate { value: f64::NAN, low: 0.0, high: 1.0 });
    let message = lay_out_lines(&figure).unwrap_err().to_string();
    assert!(message.contains("[Yes, No]") && message.contains("layer.stage 1.3"), "{message}");
    let mut figure = lines(1, 4, 10);
    figure.lines.extend(["5", "6", "7"].map(str::to_string));
    assert!(matches!(lay_out_lines(&figure), Err(PlotError::TooManyLines { lines: 7, most: 6, .. })));
    let unnamed = LinesFigure { interval: String::new(), ..lines(1, 4, 10) };
    assert!(lay_out_lines(&unnamed).unwrap_err().to_string().contains("set `interval`"));
    let mut figure = lines(1, 4, 10);
    figure.columns = (0..40).map(|column| column.to_string()).collect();
    figure.rows[0].panels = vec![LinesPanel::default(); 40];
    assert!(matches!(lay_out_lines(&figure), Err(PlotError::Narrow { .. })));
}

#[test]
fn both_files_are_written() {
    let folder = std::env::temp_dir().join(format!("plotting-lines-{}", std::process::id()));
    let (svg, png) = (folder.join("figure.svg"), folder.join("figure.png"));
    draw_lines(&lines(1, 4, 10), &svg, &png).unwrap();
    assert!(fs::read_to_string(&svg).unwrap().starts_with("<svg width=\"518.4pt\""));
    assert!(fs::read(&png).unwrap().starts_with(b"\x89PNG\r\n\x1a\n"));
    fs::remove_dir_all(&folder).unwrap();
}
