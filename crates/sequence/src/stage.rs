//! Training one stage: from its parent's weights, or from where it was interrupted, to its entry in the store.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use datasets::{Library, TaskData};
use interventions::{Draw, Situation};
use paths::{DatasetName, LearningProcess, ModelSpec, Numerics, StageId};
use tch::Device;
use training::{
    Blueprint, Checkpoint, Ending, Input, Lesson, Measure, Measuring, Network, Observer, Progress, StepEvent, Task,
    compute_kind, learn, parameters_of, to_safetensors,
};

use crate::checkpoint;
use crate::error::{ExecuteError, StoreError};
use crate::events::Events;
use crate::lease::host_name;
use crate::pace::Pace;
use crate::plan::{Plan, Stage};
use crate::record::{Outcome, Provenance, Record, epochs_to_csv};
use crate::stop::Stop;
use crate::store::{StageFiles, Store};

/// What a stage needs besides itself.
pub(crate) struct Setting<'a> {
    pub plan: &'a Plan,
    pub store: &'a Store,
    pub library: &'a Library,
    pub device: Device,
    pub deterministic: bool,
    pub capture: bool,
    pub checkpoint_every: Duration,
    pub stop: &'a Stop<'a>,
    pub events: &'a dyn Events,
    /// What is measured meanwhile.
    pub measures: Vec<&'static dyn Measure>,
}

/// Trains the stage at `index` and puts it into the store; `None` where it was interrupted, with its checkpoint kept.
pub(crate) fn train(setting: &Setting<'_>, index: usize) -> Result<Option<Record>, ExecuteError> {
    let Setting { plan, store, events, device, .. } = *setting;
    let stage = &plan.stages[index];
    let began = Instant::now();
    let data = setting.library.task_data(&stage.step.task, &stage.data)?;
    // The images may have been prepared on another thread's stream.
    training::synchronise(device).map_err(ExecuteError::Internal)?;
    let resume = match checkpoint::load(store, stage.id) {
        Err(damage @ StoreError::Damaged { .. }) => {
            events.notice(&format!("{damage}; stage {} begins anew", stage.id.short()));
            checkpoint::remove(store, stage.id)?;
            None
        }
        other => other?,
    };

    let origin = Origin {
        model: &stage.model,
        numerics: &plan.numerics,
        dataset: stage.step.task.dataset,
        seed: stage.seed,
        parent: stage.parent.map(|parent| plan.stages[parent].id),
    };
    let task = Task { data: data.clone(), process: stage.step.process.clone(), position: stage.position };
    let Received { mut network, measuring } = receive(&origin, store, task, device)?;
    let mut measuring = measuring.with(&setting.measures);
    let before = Before::of(&measuring);
    let mut situation = before.situation(&mut *network, &data, &stage.step.process, stage.seed, stage.position);
    let interventions = &stage.step.interventions;
    // A checkpoint has every tensor, interventions included, and everything that was measured.
    if resume.is_none() {
        measuring.received_now(situation.network);
        interventions::before_task(interventions, &mut situation);
    }
    let hooks = interventions::hooks(interventions, &mut situation);
    let mut lesson = Lesson {
        data: &data,
        process: &stage.step.process,
        seed: stage.seed,
        position: stage.position,
        hooks,
        capture: setting.capture,
    };

    let mut observer = StageObserver { setting, index, pace: Pace::new(setting.checkpoint_every) };
    let (ending, progress) = learn(&mut *network, &mut lesson, &mut measuring, resume, &mut observer)
        .map_err(ExecuteError::from_training)?;
    let outcome = match ending {
        Ending::Interrupted => return Ok(None),
        Ending::Diverged { epoch } => Outcome::Diverged { epoch },
        Ending::Finished(summary) => Outcome::Finished(summary),
    };
    let weights = match outcome {
        Outcome::Diverged { .. } => None,
        Outcome::Finished(_) => Some(weights_file(&*network, stage)?),
    };
    let provenance = provenance(setting, &progress, data.train.len(), began.elapsed());
    let record = Record::new(plan, stage, outcome, provenance);
    let epochs = epochs_to_csv(&progress.log);
    store.publish(&StageFiles { record: record.clone(), epochs, measures: measuring.rows().to_vec(), weights })?;
    checkpoint::remove(store, stage.id)?;
    Ok(Some(record))
}

/// What a stage's network comes from.
pub(crate) struct Origin<'a> {
    pub model: &'a ModelSpec,
    pub numerics: &'a Numerics,
    pub dataset: DatasetName,
    pub seed: u64,
    pub parent: Option<StageId>,
}

/// A network as a stage receives it, and what its measures are held against.
pub(crate) struct Received {
    pub network: Box<dyn Network>,
    pub measuring: Measuring,
}

/// The network that a stage begins with, to learn `task`.
pub(crate) fn receive(
    origin: &Origin<'_>,
    store: &Store,
    task: Task,
    device: Device,
) -> Result<Received, ExecuteError> {
    let blueprint = Blueprint {
        spec: origin.model.clone(),
        input: Input::of(origin.dataset),
        seed: origin.seed,
        compute: compute_kind(origin.numerics.precision),
        device,
    };
    let mut network = blueprint.build();
    if let Some(parent) = origin.parent {
        load(store, parent, &mut *network)?;
    }
    let previously_received = previously_received(origin, store, &blueprint)?;
    let measuring = Measuring::new(blueprint, &*network, task);
    let measuring = match previously_received {
        Some(parameters) => measuring.after(parameters),
        None => measuring,
    };
    Ok(Received { network, measuring })
}

/// The parameters that the task before received; `None` where there was none, or where its weights were dropped.
fn previously_received(
    origin: &Origin<'_>,
    store: &Store,
    blueprint: &Blueprint,
) -> Result<Option<Vec<tch::Tensor>>, ExecuteError> {
    let Some(parent) = origin.parent else { return Ok(None) };
    let Some(record) = store.record(parent)? else { return Ok(None) };
    let mut network = blueprint.build();
    match record.parent {
        Some(grandparent) if !store.has_weights(grandparent) => return Ok(None),
        Some(grandparent) => load(store, grandparent, &mut *network)?,
        None => {}
    }
    Ok(Some(parameters_of(&*network)))
}

/// Gives `network` the weights that the stage `id` ended with.
pub(crate) fn load(store: &Store, id: StageId, network: &mut dyn Network) -> Result<(), ExecuteError> {
    let path = store.folder(id);
    let weights = store.weights(id)?;
    network.load(&weights).map_err(|reason| ExecuteError::Store(StoreError::Damaged { path, reason }))
}

/// What interventions refer to: parameters as initialised and as received, and how more networks of the kind are drawn.
pub(crate) struct Before {
    initial: Vec<tch::Tensor>,
    received: Vec<tch::Tensor>,
    draw: Draw,
}

impl Before {
    /// Other handles of the memory that measures are held against.
    pub fn of(measuring: &Measuring) -> Self {
        let received = measuring.received().parameters().into_iter().map(|p| p.tensor.detach());
        let initial = measuring.initial().iter().map(tch::Tensor::shallow_clone);
        let blueprint = measuring.blueprint().clone();
        let draw: Draw = Arc::new(move |rng| blueprint.draw(rng));
        Self { initial: initial.collect(), received: received.collect(), draw }
    }

    /// Where `network` stands before the task at `position`.
    pub fn situation<'a>(
        &'a self,
        network: &'a mut dyn Network,
        data: &'a TaskData,
        process: &'a LearningProcess,
        seed: u64,
        position: usize,
    ) -> Situation<'a> {
        let Self { initial, received, draw } = self;
        let draw = draw.clone();
        Situation { network, initial, received, draw, train: &data.train, process, seed, position, number: 0 }
    }
}

fn weights_file(network: &dyn Network, stage: &Stage) -> Result<Vec<u8>, ExecuteError> {
    let metadata = HashMap::from([("stage".to_owned(), stage.id.to_string())]);
    to_safetensors(&network.tensors(), metadata).map_err(ExecuteError::Internal)
}

fn provenance(setting: &Setting<'_>, progress: &Progress, train_images: usize, wall: Duration) -> Provenance {
    let images = (progress.log.len() * train_images) as f64;
    Provenance {
        device: match setting.device {
            Device::Cuda(index) => format!("cuda:{index}"),
            _ => "cpu".into(),
        },
        deterministic: setting.deterministic,
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
        !self.setting.stop.raised()
    }

    fn wants_checkpoint(&mut self) -> bool {
        self.pace.is_due()
    }

    fn notice(&mut self, text: &str) {
        self.setting.events.notice(text);
    }

    fn checkpoint(&mut self, checkpoint: Checkpoint) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let id = self.setting.plan.stages[self.index].id;
        checkpoint::save(self.setting.store, id, &checkpoint)?;
        self.pace.kept();
        Ok(())
    }
}
