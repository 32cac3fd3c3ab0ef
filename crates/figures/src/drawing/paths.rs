//! Two-dimensional paths: each row has a diagram of its paths, and then a panel a path (Figure 5).

use paths::{Condition, Experiment, Transform};
use plotting::{Discretization, DrawnPath, Panel, PathDiagram, PlaneAxis, ViolinFigure, ViolinPanel};
use reports::RunTable;

use super::note::note;
use super::output::OutputError;
use super::violins::{losses, rows, shared_y};

/// A component of a transformation.
#[derive(Clone, Copy)]
struct Component {
    name: &'static str,
    of: fn(&Transform) -> f64,
}

const COMPONENTS: [Component; 3] = [
    Component { name: "Blur factor", of: |t| t.blur },
    Component { name: "Contrast", of: |t| t.contrast },
    Component { name: "Random shift", of: |t| t.shift },
];

/// One row: its paths, each with its conditions, in the plane of two components.
pub(super) struct Plane<'a> {
    title: String,
    axes: [Component; 2],
    ends: [Transform; 2],
    paths: Vec<(&'a str, Vec<&'a Condition>)>,
}

/// The planes of an experiment.
///
/// # Errors
/// Where the conditions of a row do not lie in a plane.
pub(super) fn planes(experiment: &Experiment) -> Result<Vec<Plane<'_>>, OutputError> {
    rows(experiment).into_iter().map(|row| plane(experiment, row)).collect()
}

fn plane<'a>(experiment: &'a Experiment, row: Option<&'a str>) -> Result<Plane<'a>, OutputError> {
    let of_row: Vec<&Condition> = experiment.conditions.iter().filter(|c| c.row.as_deref() == row).collect();
    let title = row.unwrap_or("paths").to_owned();
    let ends = |condition: &Condition| {
        let transforms = condition.transforms();
        [transforms[0], transforms[transforms.len() - 1]]
    };
    // A path of one task is its target alone; the longest has both ends.
    let longest = of_row.iter().max_by_key(|condition| condition.steps.len()).expect("a row has conditions");
    let ends = ends(longest);
    let differing: Vec<Component> =
        COMPONENTS.into_iter().filter(|component| (component.of)(&ends[0]) != (component.of)(&ends[1])).collect();
    let Ok(axes) = <[Component; 2]>::try_from(differing) else {
        let row = row.map_or_else(|| "this experiment".to_owned(), |row| format!("row \"{row}\""));
        return Err(OutputError::NoPlane { row, from: ends[0].to_string(), to: ends[1].to_string() });
    };
    let mut paths: Vec<(&str, Vec<&Condition>)> = Vec::new();
    for condition in of_row {
        let name = condition.panel.as_deref().unwrap_or(&condition.label);
        match paths.iter_mut().find(|(known, _)| *known == name) {
            Some((_, conditions)) => conditions.push(condition),
            None => paths.push((name, vec![condition])),
        }
    }
    Ok(Plane { title, axes, ends, paths })
}

pub(super) fn figure(experiment: &Experiment, table: &RunTable) -> Result<ViolinFigure, OutputError> {
    let planes = planes(experiment)?;
    let datasets = &experiment.settings.datasets;
    let columns = 1 + planes.iter().map(|plane| plane.paths.len()).max().unwrap_or(0);
    let mut panels: Vec<Panel> = Vec::new();
    for plane in &planes {
        for &dataset in datasets {
            panels.push(diagram(plane).into());
            for (index, (name, conditions)) in plane.paths.iter().enumerate() {
                let title =
                    if datasets.len() > 1 { format!("{}, {name}", dataset.title()) } else { (*name).to_owned() };
                let panel = losses(experiment, table, dataset, conditions, title);
                panels.push(ViolinPanel { path: Some(index), ..panel }.into());
            }
            // Rows of fewer paths end with empty places, so that the next row begins at the left.
            panels.extend((1 + plane.paths.len()..columns).map(|_| Panel::from(ViolinPanel::default())));
        }
    }
    let jump = experiment.conditions.iter().any(|condition| condition.steps.len() == 2);
    let same = jump.then(|| "With two tasks all paths of a row are the same jump, and the same runs.".to_owned());
    let names: Vec<&str> = datasets.iter().map(|dataset| dataset.title()).collect();
    Ok(ViolinFigure {
        title: Some(format!("{}, {}", experiment.title, names.join(" and "))),
        panels,
        y_label: "Final test loss".to_owned(),
        x_label: experiment.x_label.clone(),
        shared_y: shared_y(experiment.figure.shared_axis()),
        columns: Some(columns),
        note: Some([same, note(experiment, table)].into_iter().flatten().collect::<Vec<_>>().join(" "))
            .filter(|note| !note.is_empty()),
    })
}

fn diagram(plane: &Plane<'_>) -> PathDiagram {
    let [x, y] = plane.axes;
    let axis = |component: Component| PlaneAxis {
        label: component.name.to_owned(),
        source: (component.of)(&plane.ends[0]),
        target: (component.of)(&plane.ends[1]),
    };
    let path = |(name, conditions): &(&str, Vec<&Condition>)| DrawnPath {
        label: (*name).to_owned(),
        discretizations: conditions
            .iter()
            .map(|condition| Discretization {
                n: condition.steps.len(),
                points: condition.transforms().iter().map(|t| ((x.of)(t), (y.of)(t))).collect(),
            })
            .collect(),
    };
    PathDiagram { title: plane.title.clone(), x: axis(x), y: axis(y), paths: plane.paths.iter().map(path).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::ExperimentFile;

    #[test]
    fn figure_5_lies_in_two_planes_of_three_paths() {
        let experiment = crate::experiment_of_figure(5, Some("paper"), &[]).unwrap().unwrap();
        let planes = planes(&experiment).unwrap();
        let names: Vec<Vec<&str>> = planes.iter().map(|p| p.axes.iter().map(|axis| axis.name).collect()).collect();
        assert_eq!(names, [["Blur factor", "Contrast"], ["Blur factor", "Random shift"]]);
        assert!(planes.iter().all(|plane| plane.paths.len() == 3));
        let diagram = diagram(&planes[1]);
        assert_eq!((diagram.y.source, diagram.y.target), (0.25, 0.0));
        // Blur first: the corner is sharp and still shifted.
        assert_eq!(diagram.paths[0].discretizations[1].points[1], (1.0, 0.25));
    }

    #[test]
    fn a_path_in_one_dimension_is_refused_before_training() {
        let text = "name = \"t\"\ntitle = \"t\"\nfigure = { kind = \"paths\" }\n\
                    [[conditions]]\nlabel = \"a\"\npath = [{ blur = 0.25 }, {}]\n";
        let experiment = ExperimentFile::parse(text).unwrap().resolve(None, &[]).unwrap();
        let message = super::super::check(&experiment).unwrap_err().to_string();
        assert!(message.contains("blur 0.25") && message.contains("two components"), "{message}");
    }
}
