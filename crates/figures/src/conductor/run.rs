//! The course of a figure's program: read, plan, train, tabulate, draw.

use std::process::ExitCode;

use sequence::{Plan, Store, plans};

use crate::command_line::{Options, PlanFormat};
use crate::conductor::conclude::{conclude, say};
use crate::conductor::few_images::few_images;
use crate::conductor::read::{Source, read};
use crate::conductor::resources::default_jobs;
use crate::conductor::signals::Signals;
use crate::conductor::train::train;
use crate::conductor::{collect, describe, lines, submit, worker};
use crate::drawing::{self, OutputError, Places};
use crate::error::FigureError;

/// Runs an experiment as the command line says.
pub(crate) fn run(source: Source<'_>, options: &Options) -> Result<ExitCode, FigureError> {
    if let Some(stage) = options.cluster.stage {
        return worker::run(stage, options);
    }
    let source = options.cluster.as_submitted.as_deref().map_or(source, Source::File);
    if let Some(font) = &options.font {
        plotting::add_font(font).map_err(OutputError::from)?;
    }
    let (mut experiment, text) = read(source, options, None)?;
    let mut places = Places::new(&options.out(), &experiment);
    if options.plot_only {
        if let Some(settings) = places.read_settings()? {
            experiment = read(source, options, Some(settings))?.0;
            places = Places::new(&options.out(), &experiment);
        }
        places.check_datasets(&options.datasets)?;
        for note in drawing::draw(&experiment, &places)? {
            terminal::err(note);
        }
        say(options, &places.drawn());
        return Ok(ExitCode::SUCCESS);
    }
    drawing::check(&experiment)?;
    training::measures_to_take(&experiment.measures).map_err(FigureError::Measure)?;
    let plan = Plan::new(&experiment);
    if !options.quiet {
        few_images(&plan).for_each(terminal::err);
    }
    // Neither of these trains, so they need no device: a login node may have none.
    if options.cluster.collect {
        return collect::run(&plan, &experiment, &places, options);
    }
    if options.cluster.submit.is_some() {
        return submit::run(&plan, &experiment, &text, &places, options);
    }
    if options.plan && options.format == PlanFormat::Jsonl {
        terminal::out(&lines::plan(&plan, options)?);
        return Ok(ExitCode::SUCCESS);
    }
    let device = options.device.resolve().map_err(FigureError::Device)?;
    let jobs = options.jobs.map_or_else(|| default_jobs(&experiment, device), usize::from);
    if options.plan {
        terminal::out(&describe::plan(&plan, &Store::open_to_read(&options.store())?, jobs, device)?);
        return Ok(ExitCode::SUCCESS);
    }
    let store = Store::open(&options.store())?;
    plans::keep(&store, &plan)?;
    let page = options.live.clone().unwrap_or_else(|| places.live());
    train(&plan, &store, options, jobs, device, &Signals::of_a_person()?, Some(&page))
        .and_then(|ending| conclude(ending, &plan, &store, &experiment, &places, options))
}
