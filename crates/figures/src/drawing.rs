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
    if experiment.figure.epochs_row && experiment.figure.kind != FigureKind::Violins {
        return Err(OutputError::EpochsRow);
    }
    match experiment.figure.kind {
        FigureKind::Violins => Ok(()),
        FigureKind::Paths => paths::planes(experiment).map(|_| ()),
        FigureKind::Norms => norms::check(experiment),
    }
}

/// Draws the figure from its tables; returns the labels of conditions that the table of runs does not have.
pub(crate) fn draw(experiment: &Experiment, places: &Places) -> Result<Vec<String>, OutputError> {
    let table = places.read_runs()?;
    match experiment.figure.kind {
        FigureKind::Violins => {
            let [svg, png] = &places.figures()[0];
            draw_violins(&violins::figure(experiment, &table), svg, png)?;
        }
        FigureKind::Paths => {
            let [svg, png] = &places.figures()[0];
            draw_violins(&paths::figure(experiment, &table)?, svg, png)?;
        }
        FigureKind::Norms => {
            let looks = places.read_looks()?;
            for (&dataset, [svg, png]) in experiment.settings.datasets.iter().zip(places.figures()) {
                draw_lines(&norms::figure(experiment, &table, &looks, dataset), svg, png)?;
            }
        }
    }
    let labels = std::iter::once(&experiment.baseline).chain(&experiment.conditions).map(|condition| &condition.label);
    Ok(labels.filter(|&label| table.runs.iter().all(|run| run.condition != *label)).cloned().collect())
}

/// What a reader must know beside the panels: the scale, and baselines that failed or had no time to converge.
fn note(experiment: &Experiment, table: &RunTable) -> Option<String> {
    let s = &experiment.settings;
    let scale = experiment.scale.as_ref().filter(|scale| *scale != "paper").map(|scale| {
        format!("At {scale} scale: ResNet-18 of width {}, {} training images.", s.width, grouped(s.train_images))
    });
    let baseline: Vec<_> = table.runs.iter().filter(|run| run.condition == experiment.baseline.label).collect();
    let failed = baseline.iter().filter(|run| run.test_loss.is_none()).count();
    let failed = (failed > 0).then(|| format!("The baseline leaves out {failed} failed of its runs."));
    // Longer paths train longer in all, which is an advantage over a baseline that was stopped.
    let path = s.datasets.first().map(|&dataset| experiment.baseline.path(dataset, s)).unwrap_or_default();
    let epochs = path.last().map_or(s.max_epochs, |step| step.process.max_epochs);
    let stopped = |run: &&&statistics::Run| run.best_epoch.is_some_and(|epoch| epoch >= epochs as f64);
    let stopped = baseline.iter().filter(stopped).count();
    let stopped = (stopped > 0).then(|| {
        let runs = baseline.len();
        format!("{stopped} of {runs} baseline runs were still improving when their {epochs} epochs ended.")
    });
    let parts: Vec<String> = scale.into_iter().chain(failed).chain(stopped).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// A number with its thousands apart.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}
