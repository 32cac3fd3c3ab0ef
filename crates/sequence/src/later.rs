//! Measures that are taken of a finished stage, from what is stored of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use datasets::Library;
use libtorch_call::panic_message;
use paths::StageId;
use tch::Device;
use training::{Measure, MeasureRow, Task};

use crate::error::{ExecuteError, StoreError};
use crate::events::Events;
use crate::execute::Options;
use crate::plan::Plan;
use crate::record::Record;
use crate::stage::{Before, Origin, Received, load, receive};
use crate::store::Store;

/// Takes `measure` of the finished stage of `record`: of the network as the stage received it, after the interventions, and with
/// the weights that it ended with, as far as the measure looks at these moments. What single epochs did is gone, so a measure of
/// epochs alone finds nothing.
///
/// # Errors
/// Where weights that it needs were dropped (`inspect clean`) or are damaged, or the dataset cannot be had.
pub fn measure_later(
    measure: &'static dyn Measure,
    record: &Record,
    store: &Store,
    library: &Library,
    device: Device,
) -> Result<Vec<MeasureRow>, ExecuteError> {
    training::set_arithmetic(record.numerics.precision, record.provenance.deterministic);
    let data = library.task_data(&record.task, &record.data)?;
    let origin = Origin {
        model: &record.model,
        numerics: &record.numerics,
        dataset: record.task.dataset,
        seed: record.seed,
        parent: record.parent,
    };
    let task = Task { data: data.clone(), process: record.process.clone(), position: record.position };
    let Received { mut network, measuring } = receive(&origin, store, task, device)?;
    let mut measuring = measuring.with(&[measure]);
    // What other measures found while training is there to be looked at.
    let mut known = store.measures(record.stage)?;
    known.retain(|row| row.measure != measure.id());
    measuring.know(known);
    measuring.received_now(&*network);
    let before = Before::of(&measuring);
    let mut situation = before.situation(&mut *network, &data, &record.process, record.seed, record.position);
    interventions::before_task(&record.interventions, &mut situation);
    measuring.start(&*network);
    if let Some(summary) = record.summary() {
        load(store, record.stage, &mut *network)?;
        measuring.end(Some(summary.carried_epoch), &*network, Vec::new());
    }
    Ok(measuring.rows().iter().filter(|row| row.measure == measure.id()).cloned().collect())
}

/// What `plan` asks for and its finished stages lack. Stages that diverged have no weights to be measured, and lack nothing.
///
/// # Errors
/// Where a measure is unknown or the store cannot be read.
pub fn lacking_measures(plan: &Plan, store: &Store) -> Result<Vec<(StageId, &'static dyn Measure)>, ExecuteError> {
    let mut lacking = Vec::new();
    for id in &plan.measures {
        let measure = training::measure(id).map_err(ExecuteError::Internal)?;
        for stage in &plan.stages {
            let finished = store.record(stage.id)?.is_some_and(|record| record.summary().is_some());
            if finished && store.measure(stage.id, &measure.id())?.is_none() {
                lacking.push((stage.id, measure));
            }
        }
    }
    Ok(lacking)
}

/// How often it is told how many of the measures are taken, about.
const TOLD: usize = 20;

/// Takes the measures that `plan` asks for of those finished stages that lack them, as [`measure_later`] does: stages that were
/// trained before anybody asked. Several stages at a time; raising `stop` ends it after those, and what was measured is kept.
///
/// A stage that cannot be measured is told of, and the others go on.
///
/// # Errors
/// Where a measure is unknown or the store cannot be read or written.
pub fn measure_missing(
    plan: &Plan,
    store: &Store,
    library: &Library,
    options: &Options,
    events: &dyn Events,
    stop: &AtomicBool,
) -> Result<usize, ExecuteError> {
    let (mut lacking, mut without_weights) = (Vec::new(), 0);
    for (id, measure) in lacking_measures(plan, store)? {
        if store.has_weights(id) {
            lacking.push((id, measure));
        } else {
            without_weights += 1;
        }
    }
    if without_weights > 0 {
        events.notice(&format!(
            "{without_weights} of the measures that are asked for cannot be taken: the weights are gone, which `inspect clean` deletes."
        ));
    }
    if lacking.is_empty() {
        return Ok(0);
    }
    events.notice(&format!("Measuring what was trained before it was asked for: {} to take.", lacking.len()));
    let (next, taken, fault) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(None));
    let take = |id: StageId, measure: &'static dyn Measure| -> Result<(), ExecuteError> {
        let Some(record) = store.record(id)? else { return Ok(()) };
        let rows = catch_unwind(AssertUnwindSafe(|| measure_later(measure, &record, store, library, options.device)))
            .unwrap_or_else(|panic| Err(ExecuteError::Internal(panic_message(&*panic))));
        match rows {
            Ok(rows) => store.add_measures(id, &rows)?,
            Err(error @ (ExecuteError::Internal(_) | ExecuteError::Store(StoreError::Damaged { .. }))) => {
                events.notice(&format!("{} of stage {} could not be taken: {error}", measure.id(), id.short()));
                return Ok(());
            }
            Err(other) => return Err(other),
        }
        let done = taken.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(lacking.len().div_ceil(TOLD)) && done < lacking.len() {
            events.notice(&format!("Measured {done} of {}.", lacking.len()));
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(|| {
                tch::set_num_threads(plan.numerics.threads as i32);
                while !stop.load(Ordering::Relaxed)
                    && let Some(&(id, measure)) = lacking.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    if let Err(error) = take(id, measure) {
                        fault.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(error);
                        next.store(lacking.len(), Ordering::Relaxed);
                    }
                }
            });
        }
    });
    match fault.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(taken.into_inner()),
    }
}
