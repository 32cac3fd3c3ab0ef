//! From tables to figures.

mod norms;
mod paths;
mod violins;

use ::paths::{Experiment, FigureKind};
use plotting::{draw_lines, draw_violins};
use statistics::RunTable;

use crate::output::{OutputError, Places};

/// Refuses an experiment whose figure could not be drawn, before anything is trained for it.
pub(crate) fn check(experiment: &Experiment) -> Result<(), OutputError> {
    match experiment.figure.kind {
        FigureKind::Paths => paths::planes(experiment).map(|_| ()),
        FigureKind::Violins | FigureKind::Norms => Ok(()),
    }
}

/// Draws the figure from its tables; returns the labels of conditions that the table of runs does not have.
pub(crate) fn draw(experiment: &Experiment, places: &Places) -> Result<Vec<String>, OutputError> {
    let table = places.read_runs()?;
    match experiment.figure.kind {
        FigureKind::Violins => {
            let (svg, png) = places.figure(None)?;
            draw_violins(&violins::figure(experiment, &table), &svg, &png)?;
        }
        FigureKind::Paths => {
            let (svg, png) = places.figure(None)?;
            draw_violins(&paths::figure(experiment, &table)?, &svg, &png)?;
        }
        FigureKind::Norms => {
            let looks = places.read_looks()?;
            for &dataset in &experiment.settings.datasets {
                let (svg, png) = places.figure(places.suffix(experiment, dataset))?;
                draw_lines(&norms::figure(experiment, &table, &looks, dataset), &svg, &png)?;
            }
        }
    }
    let labels = std::iter::once(&experiment.baseline).chain(&experiment.conditions).map(|condition| &condition.label);
    Ok(labels.filter(|&label| table.runs.iter().all(|run| run.condition != *label)).cloned().collect())
}

/// What a reader must know beside the panels: the scale, and baselines that failed.
fn note(experiment: &Experiment, table: &RunTable) -> Option<String> {
    let s = &experiment.settings;
    let scale = experiment.scale.as_ref().filter(|scale| *scale != "paper").map(|scale| {
        format!("{scale} scale: ResNet-18 of width {}, {} training images", s.width, grouped(s.train_images))
    });
    let baseline = table.runs.iter().filter(|run| run.condition == experiment.baseline.label);
    let failed = baseline.filter(|run| run.test_loss.is_none()).count();
    let failed = (failed > 0).then(|| format!("the baseline leaves out {failed} failed of its runs"));
    let parts: Vec<String> = scale.into_iter().chain(failed).collect();
    (!parts.is_empty()).then(|| parts.join("; ") + ".")
}

/// A number with its thousands apart.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}
