//! Measures that are taken of a finished stage, from what is stored of it.

use datasets::Library;
use tch::Device;
use training::{Measure, MeasureRow, Moment};

use crate::error::ExecuteError;
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
    let Received { mut network, measuring } = receive(&origin, store, &data, device)?;
    let mut measuring = measuring.with(&[measure]);
    measuring.take(Moment::Received, &*network, &data.train, None);
    let before = Before::of(&measuring);
    let mut situation = before.situation(&mut *network, &data, record.seed, record.position);
    interventions::before_task(&record.interventions, &mut situation);
    measuring.take(Moment::Start, &*network, &data.train, None);
    if record.summary().is_some() {
        load(store, record.stage, &mut *network)?;
        measuring.take(Moment::End, &*network, &data.train, None);
    }
    Ok(measuring.rows().to_vec())
}
