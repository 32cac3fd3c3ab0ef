//! Stages a minute against jobs.

use counted::counted;
use datasets::Library;
use paths::{DatasetName, ExperimentFile};
use sequence::{Plan, Store};
use serde::{Deserialize, Serialize};
use tch::Kind;

use crate::error::BenchError;
use crate::events::timed_execution;
use crate::images::made_up;
use crate::pairs::in_turns;
use crate::session::Session;
use crate::spread::Spread;
use crate::table::markdown;

/// Independent stages, small enough that what is not arithmetic shows.
const EXPERIMENT: &str = r#"
    name = "jobs"
    title = "Jobs"
    [settings]
    datasets = ["mnist"]
    seeds = 16
    baseline_seeds = 16
    train_images = 1000
    test_images = 200
    width = 8
    stem = "7x7"
    lr = 1e-2
    batch_size = 64
    max_epochs = 3
    patience = 3
    [[conditions]]
    label = "the same"
    path = [{}]
"#;

/// Stages a minute with so many side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rate {
    pub jobs: usize,
    pub stages: usize,
    pub stages_per_minute: Spread,
    /// Over those with the first number of jobs, round by round.
    pub gain: Spread,
}

pub(super) fn measure(session: &Session, jobs: &[usize]) -> Result<Vec<Rate>, BenchError> {
    let patch = session.quick.then(|| paths::SettingsPatch {
        train_images: Some(paths::Count::AtMost(200)),
        seeds: Some(paths::SeedList::first(4)),
        baseline_seeds: Some(paths::SeedList::first(4)),
        max_epochs: Some(1),
        ..Default::default()
    });
    let experiment = ExperimentFile::parse(EXPERIMENT).and_then(|file| file.resolve(None, patch.as_slice()));
    let plan = Plan::new(&experiment.expect("the experiment is a constant"));
    let library = Library::new(session.data.clone(), Kind::Float, session.device, usize::MAX, |_| {});
    library.preload(made_up(DatasetName::Mnist, 1000, 200));
    // Prepared beforehand: the question is what jobs add.
    library.task_data(&plan.stages[0].step.task, &plan.stages[0].data)?;
    let progress = session.progress("jobs", session.rounds * jobs.len());
    let rates = in_turns(0..session.rounds, jobs.len(), |side| {
        let folder = session.folder()?;
        let seconds = timed_execution(&plan, &Store::open(folder.path())?, &library, jobs[side], session.device)?;
        progress.inc(1);
        Ok::<_, BenchError>(60.0 * plan.stages.len() as f64 / seconds)
    })?;
    progress.finish_and_clear();
    let rate = |(&jobs, rate): (&usize, &Vec<f64>)| Rate {
        jobs,
        stages: plan.stages.len(),
        stages_per_minute: Spread::of(rate.clone()),
        gain: Spread::of_quotients(rate, &rates[0]),
    };
    Ok(jobs.iter().zip(&rates).map(rate).collect())
}

pub(super) fn table(rates: &[Rate]) -> String {
    let rows = rates.iter().map(|rate| {
        vec![
            format!("{}, {}", counted(rate.jobs, "job"), counted(rate.stages, "stage")),
            rate.stages_per_minute.text(1),
            rate.gain.text(2),
        ]
    });
    markdown("Stages a minute against jobs", &["", "stages/min: median (range)", "over the first"], rows)
}
