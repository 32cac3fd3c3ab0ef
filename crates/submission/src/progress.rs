//! How far a submitted plan is, from its folder, the store and the queue.

use std::collections::{HashMap, HashSet};

use paths::StageId;

use crate::folder::Submission;
use crate::slurm::Queue;

/// What became of a stage that is in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It has a result.
    Finished,
    /// Its loss was no longer finite, so nothing comes after it.
    Diverged,
}

/// How a stage of a submitted plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// In the store.
    Ended(Fate),
    /// A stage before it diverged: it will never be trained.
    GivenUp,
    /// A process has its lease.
    Running,
    /// In the queue, and nothing but the queue keeps it.
    Queued,
    /// In the queue, until the stage before it is done.
    Waiting,
    /// Its element ended without a result: with an exit code, or killed without one.
    Failed(Option<i32>),
    /// Its element was interrupted and is not in the queue any more; a checkpoint is kept.
    Interrupted,
    /// Not in the queue: it was cancelled, also because a stage before it failed, or never submitted.
    NotQueued,
    /// Submitted and not in the store; without squeue nothing more can be said.
    Submitted,
}

/// Exit codes of a worker that was told to stop and kept a checkpoint.
const INTERRUPTED: [i32; 2] = [75, 130];

/// How each stage of `submission` stands, in the order of its stages. `store` says what is in the store, `running` which
/// stages are leased, and `queue` what waits or runs in Slurm; `None` where squeue cannot be asked.
pub fn states(
    submission: &Submission,
    store: &HashMap<StageId, Fate>,
    running: &HashSet<StageId>,
    queue: Option<&Queue>,
) -> Vec<State> {
    let mut given_up: HashSet<StageId> = HashSet::new();
    let mut states = Vec::with_capacity(submission.stages.len());
    for stage in &submission.stages {
        let id = stage.stage;
        let impossible = stage.parent.is_some_and(|parent| given_up.contains(&parent));
        if impossible || store.get(&id) == Some(&Fate::Diverged) {
            given_up.insert(id);
        }
        let parent_done = stage.parent.is_none_or(|parent| store.contains_key(&parent));
        states.push(match store.get(&id) {
            Some(&fate) => State::Ended(fate),
            None if impossible => State::GivenUp,
            None if running.contains(&id) => State::Running,
            None => outside(submission, id, parent_done, queue),
        });
    }
    states
}

/// How a stage stands that is neither in the store nor leased.
fn outside(submission: &Submission, id: StageId, parent_done: bool, queue: Option<&Queue>) -> State {
    let Some(launch) = submission.launches.get(&id) else { return State::NotQueued };
    if queue.is_some_and(|queue| queue.has(&submission.name, &launch.job, launch.index)) {
        return if parent_done { State::Queued } else { State::Waiting };
    }
    match (launch.exit_code(), queue) {
        (Some(code), _) if INTERRUPTED.contains(&code) => State::Interrupted,
        (Some(code), _) => State::Failed(Some(code)),
        (None, None) => State::Submitted,
        (None, Some(_)) if launch.log().exists() => State::Failed(None),
        (None, Some(_)) => State::NotQueued,
    }
}

impl State {
    /// Whether the stage may still come by itself.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Running | Self::Queued | Self::Waiting | Self::Submitted)
    }
}
