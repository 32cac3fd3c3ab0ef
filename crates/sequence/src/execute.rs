//! Ω: carrying out a plan, independent stages side by side.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use datasets::Library;
use libtorch_call::panic_message;
use paths::StageId;
use tch::Device;

use crate::checkpoint;
use crate::error::{ExecuteError, StoreError};
use crate::events::Events;
use crate::lease::{self, Leases};
use crate::plan::Plan;
use crate::record::{Outcome, Record};
use crate::schedule::{Next, Schedule, needed};
use crate::stage::{self, Setting};
use crate::stop::Stop;
use crate::store::Store;

/// How to carry out a plan.
#[derive(Clone, Debug)]
pub struct Options {
    /// Stages trained side by side.
    pub jobs: usize,
    /// Where to compute.
    pub device: Device,
    /// Whether to use algorithms that give the same bits each time on one GPU.
    pub deterministic: bool,
    /// Whether a GPU may be given whole steps at once, where it can.
    pub capture: bool,
    /// Least time between two checkpoints of a stage. A shorter time loses less to a killed process.
    pub checkpoint_every: Duration,
}

/// What came of carrying out a plan.
#[derive(Debug, Default)]
pub struct Report {
    /// Stages trained by this call.
    pub trained: usize,
    /// Stages that ended without a result, with the reason. Their paths have no result either.
    pub failed: BTreeMap<StageId, String>,
    /// Whether `stop` ended the call early. Giving the same command again continues.
    pub interrupted: bool,
}

/// Trains every stage of `plan` that is not in `store`. Raising `stop` makes every stage finish its step, keep a checkpoint
/// and return.
///
/// # Errors
/// Where the store or a dataset fails all stages alike. Finished stages are in the store even then, and the others have
/// their last checkpoints. What fails a single stage is in the report instead.
pub fn execute(
    plan: &Plan,
    store: &Store,
    library: &Library,
    options: &Options,
    events: &dyn Events,
    stop: &AtomicBool,
) -> Result<Report, ExecuteError> {
    let schedule = survey(plan, store, events)?;
    events.surveyed(schedule.left());
    if schedule.left() == 0 {
        return Ok(Report::default());
    }
    let measures = training::measures_to_take(&plan.measures).map_err(ExecuteError::Internal)?;
    training::set_arithmetic(plan.numerics.precision, options.deterministic);
    if let Some(reason) = training::capture_refused(options.device).filter(|_| options.capture) {
        events.notice(&format!("Steps are given to the GPU one operation at a time: {reason}"));
    }
    let stop = Stop::new(stop);
    let shared = Shared {
        setting: Setting {
            plan,
            store,
            library,
            device: options.device,
            deterministic: options.deterministic,
            capture: options.capture,
            checkpoint_every: options.checkpoint_every,
            stop: &stop,
            events,
            measures,
        },
        leases: Leases::new(store.root().join("leases")),
        state: Mutex::new(State { schedule, report: Report::default(), fault: None, workers: options.jobs.max(1) }),
        changed: Condvar::new(),
    };
    std::thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(|| shared.work());
        }
        shared.watch();
    });
    let state = shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    match state.fault {
        Some(fault) => Err(fault),
        None => {
            let interrupted = state.schedule.left() > 0;
            Ok(Report { interrupted, ..state.report })
        }
    }
}

/// Finds out what is done. Damaged entries are set aside, weights that children will need are checked beforehand.
fn survey(plan: &Plan, store: &Store, events: &dyn Events) -> Result<Schedule, StoreError> {
    let count = plan.stages.len();
    let (mut done, mut lost, mut diverged) = (vec![false; count], vec![false; count], vec![false; count]);
    let set_aside = |damage: StoreError, id: StageId| -> Result<(), StoreError> {
        let place = store.set_aside(id)?;
        events.notice(&format!("{damage}. It was set aside as {} and is trained again", place.display()));
        Ok(())
    };
    for (index, stage) in plan.stages.iter().enumerate() {
        let record = store.record(stage.id).or_else(|_| {
            // Another process may have been replacing the entry at that very moment.
            store.record(stage.id)
        });
        match record {
            Ok(None) => {}
            Ok(Some(record)) => {
                done[index] = true;
                diverged[index] = matches!(record.outcome, Outcome::Diverged { .. });
                lost[index] = !diverged[index] && !store.has_weights(stage.id);
            }
            Err(damage @ StoreError::Damaged { .. }) => set_aside(damage, stage.id)?,
            Err(other) => return Err(other),
        }
    }
    // A process killed after it published a stage leaves its checkpoint and its lease behind.
    for index in (0..count).filter(|&index| done[index]) {
        checkpoint::remove(store, plan.stages[index].id)?;
        if !lost[index] {
            lease::forget(&store.root().join("leases"), plan.stages[index].id);
        }
    }
    // Damage found makes more stages needed, whose parents' weights are then looked at too.
    let children = plan.children();
    let mut verified = vec![false; count];
    loop {
        let needed = needed(&children, &done, &lost);
        let begins_a_child = |index: usize| children[index].iter().any(|&child| needed[child]);
        let unchecked = (0..count).find(|&i| !needed[i] && !verified[i] && !diverged[i] && begins_a_child(i));
        let Some(index) = unchecked else { break };
        verified[index] = true;
        match store.verify(plan.stages[index].id) {
            Ok(()) => {}
            Err(damage @ StoreError::Damaged { .. }) => {
                set_aside(damage, plan.stages[index].id)?;
                done[index] = false;
            }
            Err(other) => return Err(other),
        }
    }
    Ok(Schedule::new(plan, &done, &lost, &diverged))
}

struct Shared<'a> {
    setting: Setting<'a>,
    leases: Leases,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    schedule: Schedule,
    report: Report,
    fault: Option<ExecuteError>,
    /// How many stages may be trained side by side: fewer after memory ran out.
    workers: usize,
}

impl Shared<'_> {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that it stops, where the user wishes it: stages may take a while to reach the end of a step.
    fn watch(&self) {
        let mut state = self.lock();
        while state.schedule.left() > 0 && !self.setting.stop.raised() {
            state =
                self.changed.wait_timeout(state, Duration::from_millis(100)).unwrap_or_else(PoisonError::into_inner).0;
        }
        if state.schedule.left() > 0 && self.setting.stop.wished() {
            self.setting.events.notice(
                "Stopping after this step; a download or an evaluation is ended first. A second Ctrl-C ends at once.",
            );
        }
        self.changed.notify_all();
    }

    fn work(&self) {
        // The number of threads inside an operation is a setting of the calling thread.
        tch::set_num_threads(self.setting.plan.numerics.threads as i32);
        let stream = training::own_stream(self.setting.device);
        let mut state = self.lock();
        let _stream = match stream {
            Ok(stream) => stream,
            Err(reason) => {
                state.fault.get_or_insert(ExecuteError::Internal(reason));
                self.setting.stop.fault();
                return;
            }
        };
        loop {
            if self.setting.stop.raised() {
                break;
            }
            match state.schedule.next() {
                Next::Finished => break,
                Next::Wait => {
                    let wait = self.changed.wait_timeout(state, Duration::from_millis(100));
                    state = wait.unwrap_or_else(PoisonError::into_inner).0;
                }
                Next::Train(index) => {
                    drop(state);
                    let attempt = self.guarded_attempt(index);
                    state = self.lock();
                    if self.too_many(&mut state, index, &attempt) {
                        break;
                    }
                    self.settle(&mut state, index, attempt);
                    self.changed.notify_all();
                }
            }
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Panics end an attempt and not its worker: libtorch's errors arrive as such, and a worker that is gone would leave its
    /// stage waiting for ever.
    fn guarded_attempt(&self, index: usize) -> Attempt {
        catch_unwind(AssertUnwindSafe(|| self.attempt(index))).unwrap_or_else(|panic| {
            let reason = panic_message(&*panic);
            let _ = catch_unwind(AssertUnwindSafe(|| self.setting.events.ended(index, Some(&reason))));
            Attempt::Failed(reason)
        })
    }

    fn attempt(&self, index: usize) -> Attempt {
        let Setting { plan, store, events, .. } = self.setting;
        let id = plan.stages[index].id;
        let lease = match self.leases.take(id) {
            Ok(Some(lease)) => lease,
            Ok(None) => return Attempt::Elsewhere,
            Err(fault) => return Attempt::Fault(fault.into()),
        };
        // Another process may have finished it between the survey and the lease.
        let by_another = store.record(id).ok().flatten();
        if let Some(record) = by_another
            && (store.has_weights(id) || matches!(record.outcome, Outcome::Diverged { .. }))
        {
            events.finished(index, &record);
            return Attempt::Done { record: Box::new(record), here: false };
        }
        events.started(index);
        let outcome = stage::train(&self.setting, index);
        drop(lease);
        match outcome {
            Ok(Some(record)) => {
                events.finished(index, &record);
                Attempt::Done { record: Box::new(record), here: true }
            }
            Ok(None) => {
                events.ended(index, None);
                Attempt::Interrupted
            }
            Err(ExecuteError::Internal(reason)) => {
                events.ended(index, Some(&reason));
                Attempt::Failed(reason)
            }
            Err(fault) => {
                events.ended(index, None);
                Attempt::Fault(fault)
            }
        }
    }

    /// Whether memory ran out with several stages side by side: then the stage is put back and its worker ends, so that the others
    /// go on with one fewer. A stage that has all memory to itself and lacks it fails like any other.
    fn too_many(&self, state: &mut State, index: usize, attempt: &Attempt) -> bool {
        let lacks_memory = matches!(attempt, Attempt::Failed(reason) if is_out_of_memory(reason));
        if !lacks_memory || state.workers == 1 {
            return false;
        }
        state.workers -= 1;
        state.schedule.put_back(index);
        self.setting.events.notice(&format!(
            "Memory ran out with {} stages side by side; it goes on with {}. --jobs says how many to begin with",
            state.workers + 1,
            state.workers
        ));
        true
    }

    fn settle(&self, state: &mut State, index: usize, attempt: Attempt) {
        match attempt {
            Attempt::Done { record, here } => {
                state.report.trained += usize::from(here);
                if matches!(record.outcome, Outcome::Diverged { .. }) {
                    state.schedule.give_up(index);
                } else {
                    state.schedule.done(index);
                }
            }
            Attempt::Elsewhere => state.schedule.elsewhere(index),
            Attempt::Interrupted => state.schedule.put_back(index),
            Attempt::Failed(reason) => {
                state.report.failed.insert(self.setting.plan.stages[index].id, reason);
                state.schedule.give_up(index);
            }
            Attempt::Fault(fault) => {
                state.schedule.put_back(index);
                state.fault.get_or_insert(fault);
                self.setting.stop.fault();
            }
        }
    }
}

enum Attempt {
    Done { record: Box<Record>, here: bool },
    Elsewhere,
    Interrupted,
    Failed(String),
    Fault(ExecuteError),
}

/// Whether libtorch says so, of a GPU or of the machine (`CUDACachingAllocator.cpp`, `alloc_cpu.cpp`).
fn is_out_of_memory(reason: &str) -> bool {
    ["out of memory", "can't allocate memory", "not enough memory"].iter().any(|words| reason.contains(words))
}
