//! Handing the stages of a plan to a scheduler.

use counted::counted;
use std::path::Path;
use std::process::ExitCode;

use paths::Experiment;
use sequence::{Plan, Standing, Store, planned, plans, standing};
use submission::{Request, SlurmSettings, Wanted};

use crate::command_line::Options;
use crate::conductor::conclude::say;
use crate::conductor::progress::all_done;
use crate::conductor::stage_name::stage_name;
use crate::conductor::{collect, commands};
use crate::drawing::Places;
use crate::error::FigureError;

/// Submits what is neither in the store nor in the queue. Where everything is in the store, writes tables and figure at once.
pub(crate) fn run(
    plan: &Plan,
    experiment: &Experiment,
    text: &str,
    places: &Places,
    options: &Options,
) -> Result<ExitCode, FigureError> {
    let settings = options.cluster.slurm()?;
    let cpus = settings.cpus.or(u32::try_from(plan.numerics.threads).ok());
    let settings = SlurmSettings { cpus, ..settings };
    let root = commands::absolute("the store's path", &options.store())?;
    let folder = commands::absolute("the current folder", Path::new("."))?;
    let (worker, collect) = (commands::worker(options)?, commands::collect()?);
    let stages = wanted(plan, &Store::open_to_read(&root)?)?;
    let name = std::iter::once(&experiment.name).chain(&experiment.scale).cloned().collect::<Vec<_>>().join("-");
    let request = Request {
        store: &root,
        folder: &folder,
        name: &name,
        title: &plan.name,
        experiment: text,
        stages: &stages,
        worker: &worker,
        collect: &collect,
    };
    if options.cluster.dry_run {
        terminal::out(submission::dry_run(&request, &settings)?.trim_end());
        return Ok(ExitCode::SUCCESS);
    }
    if stages.iter().all(|stage| !stage.to_train) {
        say(options, &all_done(&plan.name, stages.len()));
        return collect::run(plan, experiment, places, options);
    }
    // Here rather than in the jobs: the nodes of many clusters reach no other network, and many at once would fetch the same.
    for dataset in experiment.datasets() {
        datasets::load(dataset, &options.data(), &|line| say(options, line))?;
    }
    let store = Store::open(&root)?;
    plans::keep(&store, plan)?;
    planned::describe(&store, plan)?;
    let submitted = submission::submit(&request, &settings)?;
    let to_train = stages.iter().filter(|stage| stage.to_train).count();
    say(
        options,
        &format!(
            "{}: {} of {} done, {} in the queue since earlier.",
            plan.name,
            stages.len() - to_train,
            counted(stages.len(), "stage"),
            submitted.queued
        ),
    );
    if let (Some(folder), Some(collect)) = (&submitted.folder, &submitted.collect) {
        say(
            options,
            &format!(
                "Submitted {} as {}: jobs {}. Job {collect} writes tables and figure after them.\nScripts and \
                 logs: {}",
                counted(submitted.stages, "stage"),
                counted(submitted.jobs.len(), "array"),
                submitted.jobs.join(", "),
                folder.display()
            ),
        );
    } else {
        say(options, "Nothing to submit.");
    }
    say(options, &format!("`inspect runs --watch --store {}` shows how far they are.", root.display()));
    Ok(ExitCode::SUCCESS)
}

fn wanted(plan: &Plan, store: &Store) -> Result<Vec<Wanted>, FigureError> {
    let standings = standing(plan, store)?;
    let wanted = plan.stages.iter().zip(standings).enumerate().map(|(index, (stage, standing))| Wanted {
        id: stage.id,
        text: stage_name(plan, index),
        parent: stage.parent,
        to_train: standing == Standing::ToTrain,
    });
    Ok(wanted.collect())
}
