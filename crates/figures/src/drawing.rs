//! From tables to figures.

pub(crate) mod causes;
pub(crate) mod concept;
pub(crate) mod curves;
mod norms;
mod note;
mod output;
mod paths;
pub(crate) mod pictures;
mod rehearsal;
mod remedies;
mod trend;
mod violins;

use std::collections::BTreeSet;

use ::paths::{Experiment, FigureKind};
use plotting::{draw_curves, draw_intervals, draw_lines, draw_violins, font};

pub(crate) use norms::keep as norms_keep;
pub(crate) use output::{OutputError, Places, write, write_curves, write_measures, write_tasks};

/// Refuses an experiment whose figure could not be drawn, before anything is trained for it.
pub(crate) fn check(experiment: &Experiment) -> Result<(), OutputError> {
    let kind = experiment.figure.kind;
    if experiment.figure.epochs_row && kind != FigureKind::Violins {
        return Err(OutputError::EpochsRow);
    }
    if experiment.figure.epochs_row && !experiment.settings.other_networks.is_empty() {
        return Err(OutputError::OneNetwork { kind: "violins\" with \"epochs_row" });
    }
    if experiment.figure.join_seeds && !matches!(kind, FigureKind::Violins | FigureKind::Paths) {
        return Err(OutputError::JoinSeeds);
    }
    let one_network = |kind| {
        if experiment.settings.other_networks.is_empty() { Ok(()) } else { Err(OutputError::OneNetwork { kind }) }
    };
    match kind {
        FigureKind::Violins => {
            plotting::lay_out(&violins::figure(experiment, &rehearsal::table(experiment)))?;
        }
        FigureKind::Paths => {
            plotting::lay_out(&paths::figure(experiment, &rehearsal::table(experiment))?)?;
        }
        FigureKind::Norms => {
            one_network("norms")?;
            norms::check(experiment)?;
        }
        FigureKind::Causes => {
            one_network("causes")?;
            causes::check(experiment)?;
        }
        FigureKind::Trend => trend::check(experiment)?,
        FigureKind::Tasks => trend::check_tasks(experiment)?,
        FigureKind::Remedies => {
            plotting::lay_out_intervals(&remedies::figure(experiment, &rehearsal::table(experiment)))?;
        }
        FigureKind::Curves => {}
    }
    Ok(())
}

/// What a person is to know about a figure that was drawn, a sentence each.
///
/// # Errors
/// Where the table cannot be read, or the figure not be written.
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
        FigureKind::Causes => {
            let measures = places.read_measures()?;
            for (&dataset, [svg, png]) in experiment.settings.datasets.iter().zip(places.figures()) {
                draw_curves(&causes::figure(experiment, &table, &measures, dataset), svg, png)?;
            }
        }
        FigureKind::Curves => {
            let points = places.read_curves()?;
            for (&dataset, [svg, png]) in experiment.settings.datasets.iter().zip(places.figures()) {
                draw_curves(&curves::figure(experiment, &table, &points, dataset), svg, png)?;
            }
        }
        FigureKind::Trend => {
            let [svg, png] = &places.figures()[0];
            draw_curves(&trend::figure(experiment, &table), svg, png)?;
        }
        FigureKind::Tasks => {
            let [svg, png] = &places.figures()[0];
            draw_curves(&trend::tasks(experiment, &table, &places.read_tasks()?), svg, png)?;
        }
        FigureKind::Remedies => {
            let [svg, png] = &places.figures()[0];
            draw_intervals(&remedies::figure(experiment, &table), svg, png)?;
        }
    }
    let runs = places.runs().display();
    let conditions = || experiment.baselines().chain(&experiment.conditions);
    let missing = conditions().filter(|condition| table.runs.iter().all(|run| run.condition != condition.label));
    let mut notes: Vec<String> = missing.map(|c| format!("There is no run of {} in {runs}.", c.label)).collect();
    let known: BTreeSet<&str> = conditions().map(|condition| condition.label.as_str()).collect();
    let found: BTreeSet<&str> = table.runs.iter().map(|run| run.condition.as_str()).collect();
    let others: Vec<&str> = found.difference(&known).copied().collect();
    if !others.is_empty() {
        notes.push(format!("Not drawn, as the experiment has no such condition: {} (in {runs}).", others.join("; ")));
    }
    notes.extend(foreign_letters(experiment));
    Ok(notes)
}

/// Says which letters are not of the figures' own typeface.
fn foreign_letters(experiment: &Experiment) -> Vec<String> {
    let of_conditions = experiment.baselines().chain(&experiment.conditions).flat_map(|condition| {
        let names = [&condition.row, &condition.panel].into_iter().flatten().map(String::as_str);
        [condition.label.as_str(), condition.tick()].into_iter().chain(names)
    });
    let found =
        font::foreign([experiment.title.as_str(), experiment.x_label.as_str()].into_iter().chain(of_conditions));
    let mut notes = Vec::new();
    if !found.drawn.is_empty() {
        let letters: Vec<String> = found.drawn.iter().map(|(letter, face)| format!("{letter} ({face})")).collect();
        notes.push(format!(
            "The figures' typeface lacks these letters, which are drawn with others: {}.",
            letters.join(", ")
        ));
    }
    if !found.absent.is_empty() {
        let letters: Vec<String> =
            found.absent.iter().map(|&letter| format!("{letter} (U+{:04X})", u32::from(letter))).collect();
        notes.push(format!(
            "No typeface here has these letters, and boxes stand for them: {}; name a font file that has them with --font.",
            letters.join(", ")
        ));
    }
    notes
}
