//! From tables to figures.

pub(crate) mod concept;
mod norms;
mod note;
mod output;
mod paths;
pub(crate) mod pictures;
mod violins;

use ::paths::{Experiment, FigureKind};
use plotting::{draw_lines, draw_violins};

pub(crate) use output::{OutputError, Places, write, write_measures};

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
            let measures = places.read_measures()?;
            for (&dataset, [svg, png]) in experiment.settings.datasets.iter().zip(places.figures()) {
                draw_lines(&norms::figure(experiment, &table, &measures, dataset), svg, png)?;
            }
        }
    }
    let labels = std::iter::once(&experiment.baseline).chain(&experiment.conditions).map(|condition| &condition.label);
    Ok(labels.filter(|&label| table.runs.iter().all(|run| run.condition != *label)).cloned().collect())
}
