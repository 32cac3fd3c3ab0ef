//! Training one stage: from its parent's weights, or from where it was interrupted, to its entry in the store.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use datasets::Library;
use tch::Device;
use training::{
    Checkpoint, Ending, Moment, Observer, PROBE_IMAGES, Probe, Progress, ResNet, StepEvent, compute_kind, learn,
    to_safetensors,
};

use crate::claims::host_name;
use crate::execute::{Events, ExecuteError};
use crate::files::StoreError;
use crate::measurements::Tables;
use crate::pace::Pace;
use crate::partial;
use crate::plan::{Plan, Stage};
use crate::record::{Outcome, Provenance, Record, epochs_to_csv};
use crate::store::{StageFiles, Store};

/// What a stage needs besides itself.
pub(crate) struct Setting<'a> {
    pub plan: &'a Plan,
    pub store: &'a Store,
    pub library: &'a Library,
    pub device: Device,
    pub checkpoint_every: Duration,
    pub stop: &'a AtomicBool,
    pub events: &'a dyn Events,
}

/// Trains the stage at `index` and puts it into the store; `None` where it was interrupted, with its checkpoint kept.
pub(crate) fn train(setting: &Setting<'_>, index: usize) -> Result<Option<Record>, ExecuteError> {
    let Setting { plan, store, events, device, .. } = *setting;
    let stage = &plan.stages[index];
    let began = Instant::now();
    let data = setting.library.task_data(&stage.step.task, &plan.data)?;
    let resume = match partial::load(store, stage.id) {
        Err(damage @ StoreError::Damaged { .. }) => {
            events.notice(&format!("{damage}; stage {} begins anew", stage.id.short()));
            partial::remove(store, stage.id)?;
            None
        }
        other => other?,
    };

    let channels = stage.step.task.dataset.channels();
    let mut model = ResNet::new(&plan.model, channels, stage.seed, compute_kind(plan.numerics.precision), device);
    let initial = Probe::parameters_of(&model);
    if let Some(parent) = stage.parent {
        load_parent(setting, parent, &mut model)?;
    }
    let (images, _) = data.standard_test.slice(0, PROBE_IMAGES.min(data.standard_test.len()), None);
    let probe = Probe::new(&model, initial, images);
    // A checkpoint has every tensor, interventions included.
    if resume.is_none() {
        for intervention in &stage.step.interventions {
            interventions::apply(intervention, &mut model);
        }
    }

    let mut observer = StageObserver { setting, index, pace: Pace::new(setting.checkpoint_every) };
    let key = (stage.seed, stage.position);
    let (ending, progress) = learn(&mut model, &data, &stage.step.process, key, &probe, resume, &mut observer)
        .map_err(ExecuteError::from_training)?;
    let outcome = match ending {
        Ending::Interrupted => return Ok(None),
        Ending::Diverged { epoch } => Outcome::Diverged { epoch },
        Ending::Finished(summary) => Outcome::Finished(summary),
    };
    let weights = match outcome {
        Outcome::Diverged { .. } => None,
        Outcome::Finished(_) => Some(weights_file(&model, stage)?),
    };
    let provenance = provenance(device, &progress, data.train.len(), began.elapsed());
    let record = Record::new(plan, stage, outcome, provenance);
    let seen = progress.measurements.iter().map(|(moment, seen)| (*moment, seen));
    let measurements = Tables::of_stage(std::iter::once((Moment::Received, probe.received())).chain(seen));
    let epochs = epochs_to_csv(&progress.log);
    store.publish(&StageFiles { record: record.clone(), epochs, measurements, weights })?;
    partial::remove(store, stage.id)?;
    Ok(Some(record))
}

fn load_parent(setting: &Setting<'_>, parent: usize, model: &mut ResNet) -> Result<(), ExecuteError> {
    let id = setting.plan.stages[parent].id;
    let path = setting.store.folder(id);
    let weights = setting.store.weights(id)?;
    model.load(&weights).map_err(|reason| ExecuteError::Store(StoreError::Damaged { path, reason }))
}

fn weights_file(model: &ResNet, stage: &Stage) -> Result<Vec<u8>, ExecuteError> {
    let tensors = model.parameters().into_iter().chain(model.buffers()).collect();
    let metadata = HashMap::from([("stage".to_owned(), stage.id.to_string())]);
    to_safetensors(&tensors, metadata).map_err(ExecuteError::Internal)
}

fn provenance(device: Device, progress: &Progress, train_images: usize, wall: Duration) -> Provenance {
    let images = (progress.log.len() * train_images) as f64;
    Provenance {
        device: match device {
            Device::Cuda(index) => format!("cuda:{index}"),
            _ => "cpu".into(),
        },
        version: env!("CARGO_PKG_VERSION").into(),
        libtorch: LIBTORCH.into(),
        host: host_name(),
        finished_unix_seconds: SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs()),
        train_seconds: progress.train_seconds,
        wall_seconds: wall.as_secs_f64(),
        images_per_second: if progress.train_seconds > 0.0 { images / progress.train_seconds } else { 0.0 },
    }
}

/// The libtorch that `tch` 0.24 is made for; its build refuses others.
pub const LIBTORCH: &str = "2.11.0";

struct StageObserver<'a, 'b> {
    setting: &'a Setting<'b>,
    index: usize,
    pace: Pace,
}

impl Observer for StageObserver<'_, '_> {
    fn step(&mut self, event: &StepEvent<'_>) -> bool {
        self.setting.events.step(self.index, event);
        !self.setting.stop.load(Ordering::Relaxed)
    }

    fn wants_checkpoint(&mut self) -> bool {
        self.pace.is_due()
    }

    fn checkpoint(&mut self, checkpoint: Checkpoint) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let id = self.setting.plan.stages[self.index].id;
        partial::save(self.setting.store, id, &checkpoint)?;
        self.pace.kept();
        Ok(())
    }
}
