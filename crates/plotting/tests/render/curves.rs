//! Figures of curves: what the page says, and what is refused.

use plotting::{
    Band, Curve, CurveDot, CurvesFigure, CurvesPanel, CurvesRow, Estimate, Mark, PlotError, Scale, Scene,
    lay_out_curves,
};

use crate::support::{count, says, sound};

fn estimate(value: f64) -> Estimate {
    Estimate { value, low: value - 0.1, high: value + 0.1 }
}

/// Two rows of a panel over epochs and one of dots.
pub fn figure() -> CurvesFigure {
    let curve = |name: usize, is_thin: bool, from: f64| Curve {
        name,
        is_thin,
        points: (0..=6).map(|at| (f64::from(at), estimate(from / f64::from(at + 1) + 0.2))).collect(),
    };
    let epochs = CurvesPanel {
        x_label: "Epoch".into(),
        y_label: "Loss (nats)".into(),
        bands: vec![
            Band { from: 0.0, to: 4.0, label: "blur 0.25".into() },
            Band { from: 4.0, to: 6.0, label: "standard".into() },
        ],
        curves: vec![curve(0, false, 2.0), curve(1, false, 1.0), curve(1, true, 1.3)],
        dots: vec![CurveDot { name: 1, x: 3.0, y: 0.5 }],
        marks: vec![4.0],
        ..CurvesPanel::default()
    };
    let beside = CurvesPanel {
        x_label: "Sharpness".into(),
        y_label: "Gap".into(),
        dots: (0..5)
            .map(|at| CurveDot { name: at % 2, x: f64::from(at as u32) * 10.0, y: 0.1 * at as f64 - 0.2 })
            .collect(),
        level: Some(0.0),
        statements: vec!["ρ = 0.5 [−0.2, 0.9] within conditions".into()],
        ..CurvesPanel::default()
    };
    let row = |title: &str, scale: Scale| CurvesRow {
        title: Some(title.into()),
        panels: vec![CurvesPanel { scale, ..epochs.clone() }, beside.clone()],
    };
    CurvesFigure {
        title: Some("Learning curves".into()),
        names: vec!["training".into(), "test".into()],
        rows: vec![row("baseline", Scale::Linear), row("pretrained", Scale::Log)],
        ribbon: "95 % interval".into(),
        thin: "one seed".into(),
        dot: "best epoch".into(),
        are_rings: true,
        mark: "an intervention".into(),
        note: None,
    }
}

#[test]
fn everything_that_is_drawn_is_named_and_no_text_covers_another() {
    let scene = sound(lay_out_curves(&figure()).unwrap());
    for said in [
        "training",
        "test",
        "95 % interval",
        "one seed",
        "best epoch",
        "an intervention",
        "blur 0.25",
        "(d)",
        "Sharpness",
    ] {
        assert!(says(&scene, said), "{said} is missing");
    }
    let veils = |scene: &Scene| scene.marks.iter().filter(|mark| matches!(mark, Mark::Veil { .. })).count();
    // A ribbon a thick curve, and one in the legend.
    assert_eq!(veils(&scene), 2 * 2 + 1);
}

#[test]
fn nothing_to_draw_is_said_and_not_refused() {
    let mut figure = figure();
    for row in &mut figure.rows {
        row.panels[0] = CurvesPanel { y_label: "Loss".into(), ..CurvesPanel::default() };
    }
    assert_eq!(count(&sound(lay_out_curves(&figure).unwrap()), "no data"), 2);
}

#[test]
fn what_cannot_be_explained_or_placed_is_refused() {
    let refused = |change: fn(&mut CurvesFigure)| {
        let mut figure = figure();
        change(&mut figure);
        lay_out_curves(&figure).unwrap_err()
    };
    assert!(matches!(refused(|f| f.rows.clear()), PlotError::NoPanels));
    assert!(matches!(refused(|f| drop(f.rows[1].panels.pop())), PlotError::Shape { row: 2, .. }));
    assert!(matches!(refused(|f| f.ribbon.clear()), PlotError::Unnamed { field: "ribbon", .. }));
    assert!(matches!(refused(|f| f.mark.clear()), PlotError::Unnamed { field: "mark", .. }));
    assert!(matches!(refused(|f| f.names = vec![String::new(); 9]), PlotError::TooManyLines { .. }));
    let not_finite = refused(|f| f.rows[0].panels[0].dots[0].y = f64::NAN);
    assert!(matches!(not_finite, PlotError::CurveNotFinite { .. }), "{not_finite}");
}
