//! Figures of intervals: what the page says, and what is refused.

use plotting::{
    Estimate, IntervalsCell, IntervalsColumn, IntervalsFigure, IntervalsRow, IntervalsSection, PlotError,
    lay_out_intervals,
};

use crate::support::{count, says, sound};

/// Two sections of remedies with three quantities.
pub fn figure() -> IntervalsFigure {
    let cell = |value: f64, stands_out: bool| {
        let estimate = Estimate { value, low: value - 0.08, high: value + 0.08 };
        Some(IntervalsCell { estimate, dots: vec![value - 0.05, value + 0.05], stands_out })
    };
    let row = |label: &str, loss: f64, is_reference: bool| IntervalsRow {
        label: label.into(),
        is_reference,
        cells: vec![
            cell(loss, false),
            if is_reference { None } else { cell(loss - 1.3, loss < 1.2) },
            cell(loss * 3.0, false),
        ],
    };
    let section = |title: &str| IntervalsSection {
        title: Some(title.into()),
        rows: vec![
            row("baseline", 1.1, true),
            row("shrink and perturb", 1.15, false),
            row("L2 towards the initial weights", 1.25, false),
            row("no remedy", 1.3, true),
        ],
    };
    let column = |label: &str, level| IntervalsColumn { label: label.into(), level };
    IntervalsFigure {
        title: Some("Remedies".into()),
        columns: vec![
            column("Final test loss (nats)", None),
            column("less no remedy (nats)", Some(0.0)),
            column("Rank", None),
        ],
        sections: vec![section("ResNet-18, n = 2"), section("All-CNN, n = 2")],
        interval: "95 % interval".into(),
        dot: "a run".into(),
        stands_out: "an interval without 0".into(),
        note: Some("Lower is better.".into()),
    }
}

#[test]
fn every_condition_and_quantity_is_named_and_no_text_covers_another() {
    let scene = sound(lay_out_intervals(&figure()).unwrap());
    for said in ["Remedies", "ResNet-18, n = 2", "a run", "an interval without 0", "Lower is better.", "95 % interval"]
    {
        assert!(says(&scene, said), "{said} is missing");
    }
    for twice in ["baseline", "shrink and perturb", "L2 towards the initial weights", "Rank"] {
        assert_eq!(count(&scene, twice), 2, "{twice}");
    }
}

#[test]
fn a_name_that_has_no_room_is_cut_and_empty_sections_are_left_out() {
    let mut figure = figure();
    figure.sections[0].rows[1].label = "a remedy of so many words that they would never fit beside the numbers".into();
    figure.sections[1].rows.clear();
    let scene = sound(lay_out_intervals(&figure).unwrap());
    assert!(says(&scene, "…") && !says(&scene, "All-CNN"));
}

#[test]
fn what_has_no_place_is_refused() {
    let refused = |change: fn(&mut IntervalsFigure)| {
        let mut figure = figure();
        change(&mut figure);
        lay_out_intervals(&figure).unwrap_err()
    };
    assert!(matches!(refused(|f| f.columns.clear()), PlotError::NoPanels));
    assert!(matches!(refused(|f| f.sections.clear()), PlotError::NoPanels));
    assert!(matches!(refused(|f| drop(f.sections[0].rows[1].cells.pop())), PlotError::Shape { row: 2, .. }));
    let not_finite = refused(|f| f.sections[0].rows[0].cells[0].as_mut().unwrap().dots[0] = f64::NAN);
    assert!(matches!(not_finite, PlotError::CurveNotFinite { .. }), "{not_finite}");
}
