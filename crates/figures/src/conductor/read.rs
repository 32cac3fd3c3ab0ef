//! The experiment that a command line means.

use std::path::{Path, PathBuf};

use paths::{Experiment, ExperimentFile, Settings, SettingsPatch};

use crate::command_line::Options;
use crate::conductor::builtin;
use crate::error::FigureError;

/// Where an experiment file comes from.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    /// Part of the program.
    Builtin(&'a str),
    /// A file.
    File(&'a Path),
}

/// The experiment as the command line says, and the text of its file. With the settings that its tables were made with, it is
/// the experiment of those tables, of which the command line chooses datasets.
pub(crate) fn read(
    source: Source<'_>,
    options: &Options,
    tabulated: Option<SettingsPatch>,
) -> Result<(Experiment, String), FigureError> {
    let (file, text, path) = load(source)?;
    let at = |source| FigureError::Experiment { path: path.clone(), source };
    let scale = scale_of(&file, options.scale.as_deref());
    if let Some(settings) = tabulated {
        let datasets = (!options.datasets.is_empty()).then(|| options.datasets.clone());
        let chosen = SettingsPatch { datasets, ..SettingsPatch::default() };
        return Ok((file.resolve(scale, &[settings, chosen]).map_err(at)?, text));
    }
    let patches = options.patches();
    let mut experiment = file.resolve(scale, &patches).map_err(at)?;
    if patches.iter().any(|p| p.seeds.is_some()) && patches.iter().all(|p| p.baseline_seeds.is_none()) {
        limit_baseline(&mut experiment.settings);
    }
    Ok((experiment, text))
}

/// The experiment of a file at a scale (demo where there is one and none is named), with `patches` in place of its settings.
pub(crate) fn experiment(
    source: Source<'_>,
    scale: Option<&str>,
    patches: &[SettingsPatch],
) -> Result<Experiment, FigureError> {
    let (file, _, path) = load(source)?;
    file.resolve(scale_of(&file, scale), patches).map_err(|source| FigureError::Experiment { path, source })
}

/// An experiment file, its text, and where it lies.
fn load(source: Source<'_>) -> Result<(ExperimentFile, String, Option<PathBuf>), FigureError> {
    let (text, path) = match source {
        Source::Builtin(text) => (text.to_owned(), None),
        Source::File(path) => {
            let unreadable = |source| FigureError::Unreadable { path: path.to_owned(), source };
            (std::fs::read_to_string(path).map_err(unreadable)?, Some(path.to_owned()))
        }
    };
    let file = builtin::parse(&text).map_err(|source| FigureError::Experiment { path: path.clone(), source })?;
    Ok((file, text, path))
}

fn scale_of<'a>(file: &'a ExperimentFile, asked: Option<&'a str>) -> Option<&'a str> {
    let default = file.scales().find(|&scale| scale == "demo").or_else(|| file.scales().next());
    asked.or(default)
}

/// With seeds on the command line, the baseline is trained with those of its seeds that are named, so that a few seeds stay
/// few trainings. Where none is, it takes the named ones, as there is no figure without a baseline.
fn limit_baseline(settings: &mut Settings) {
    let named = &settings.seeds.0;
    let kept: Vec<u64> = settings.baseline_seeds.0.iter().copied().filter(|seed| named.contains(seed)).collect();
    settings.baseline_seeds.0 = if kept.is_empty() { named.clone() } else { kept };
}
