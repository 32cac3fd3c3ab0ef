//! Prepared images, shared by the runs of a process: each dataset is read once, and each transformation of it computed once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use paths::{DataSelection, DatasetName, Task, Transform};
use tch::{Device, Kind};

use crate::channels::ChannelStatistics;
use crate::image_set::ImageSet;
use crate::selected::Selected;
use crate::source::{Picked, Source, pick};
use crate::{DatasetError, RawDataset, load};

/// The image sets of a task. Clones share their memory.
#[derive(Clone)]
pub struct TaskData {
    /// Gradients are taken on these; a random shift is drawn anew in each epoch.
    pub train: ImageSet,
    /// Decide when training ends; transformed as the task is.
    pub validation: ImageSet,
    /// Test images transformed as the task is.
    pub test: ImageSet,
    /// Test images as they are: what results are measured on.
    pub standard_test: ImageSet,
}

/// A cache of datasets and of prepared image sets.
pub struct Library {
    data_dir: PathBuf,
    kind: Kind,
    device: Device,
    budget_bytes: usize,
    notice: Box<dyn Fn(&str) + Send + Sync>,
    preloaded: Mutex<HashMap<DatasetName, Arc<RawDataset>>>,
    chosen: Mutex<HashMap<String, Slot<Arc<Chosen>>>>,
    prepared: Mutex<Prepared>,
}

/// A place that one thread fills while those that want the same wait.
type Slot<T> = Arc<Mutex<Option<T>>>;

/// The images that a selection picks from a dataset.
struct Chosen {
    statistics: ChannelStatistics,
    // A tensor is not `Sync`: each thread takes handles of its own, and nobody writes to the images.
    parts: Mutex<[Selected; 3]>,
}

#[derive(Default)]
struct Prepared {
    sets: HashMap<(String, Part), (u64, Slot<ImageSet>)>,
    uses: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Part {
    Train,
    Validation,
    Test,
}

impl Library {
    /// A library that reads datasets from `data_dir` (fetching what is missing), prepares images as `kind` on `device`, and
    /// keeps those used last as long as they fit in `budget_bytes`. Sets in use stay alive beyond that.
    pub fn new(
        data_dir: PathBuf,
        kind: Kind,
        device: Device,
        budget_bytes: usize,
        notice: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        Self {
            data_dir,
            kind,
            device,
            budget_bytes,
            notice: Box::new(notice),
            preloaded: Mutex::default(),
            chosen: Mutex::default(),
            prepared: Mutex::default(),
        }
    }

    /// Uses `raw` for its dataset instead of reading it from the folder; nothing is verified.
    pub fn preload(&self, raw: RawDataset) {
        lock(&self.preloaded).insert(raw.name, Arc::new(raw));
    }

    /// The images of a task.
    ///
    /// # Errors
    /// Where the dataset cannot be had or `selection` leaves a part empty.
    pub fn task_data(&self, task: &Task, selection: &DataSelection) -> Result<TaskData, DatasetError> {
        // One choice has one form, so that images chosen by another number that means all are not prepared twice.
        let selection = &selection.canonical(task.dataset);
        let set = |part, transform: &Transform| self.image_set(task.dataset, selection, transform, part);
        Ok(TaskData {
            train: set(Part::Train, &task.transform)?,
            validation: set(Part::Validation, &task.transform)?,
            test: set(Part::Test, &task.transform)?,
            standard_test: set(Part::Test, &Transform::STANDARD)?,
        })
    }

    fn image_set(
        &self,
        dataset: DatasetName,
        selection: &DataSelection,
        transform: &Transform,
        part: Part,
    ) -> Result<ImageSet, DatasetError> {
        let chosen = self.chosen(dataset, selection)?;
        // Images to validate and test on are the same whichever share is trained on.
        let transform = &match part {
            Part::Train => *transform,
            Part::Validation | Part::Test => Transform { images: Transform::STANDARD.images, ..*transform },
        };
        let slot = {
            let mut prepared = lock(&self.prepared);
            prepared.uses += 1;
            let uses = prepared.uses;
            let entry = prepared.sets.entry((key(dataset, selection, transform), part)).or_default();
            entry.0 = uses;
            entry.1.clone()
        };
        let mut place = lock(&slot);
        if let Some(set) = &*place {
            return Ok(set.clone());
        }
        let selected = lock(&chosen.parts)[part as usize].clone();
        let (training, kind, device) = (part == Part::Train, self.kind, self.device);
        let set =
            ImageSet::prepare(&selected, transform, &chosen.statistics, training, selection.split_seed, kind, device);
        *place = Some(set.clone());
        drop(place);
        lock(&self.prepared).evict(self.budget_bytes);
        Ok(set)
    }

    fn chosen(&self, dataset: DatasetName, selection: &DataSelection) -> Result<Arc<Chosen>, DatasetError> {
        let slot = lock(&self.chosen).entry(key(dataset, selection, &Transform::STANDARD)).or_default().clone();
        let mut place = lock(&slot);
        if let Some(chosen) = &*place {
            return Ok(chosen.clone());
        }
        let preloaded = lock(&self.preloaded).get(&dataset).cloned();
        let mut choose = |source: &mut dyn Source| pick(source, dataset, selection);
        let Picked { statistics, parts } = match preloaded {
            Some(raw) => choose(&mut &*raw)?,
            None => load::read(dataset, &self.data_dir, &*self.notice, &mut choose)?,
        };
        let chosen = Arc::new(Chosen { statistics, parts: Mutex::new(parts) });
        *place = Some(chosen.clone());
        Ok(chosen)
    }
}

impl Prepared {
    /// Forgets the sets used longest ago until the rest fits. Sets being prepared are not counted and not forgotten.
    fn evict(&mut self, budget_bytes: usize) {
        let mut ready: Vec<(u64, (String, Part), usize)> = self
            .sets
            .iter()
            .filter_map(|(key, (used, slot))| {
                let bytes = slot.try_lock().ok()?.as_ref()?.bytes();
                Some((*used, key.clone(), bytes))
            })
            .collect();
        ready.sort_unstable_by_key(|(used, ..)| *used);
        let mut total: usize = ready.iter().map(|(.., bytes)| bytes).sum();
        for (_, key, bytes) in ready {
            if total <= budget_bytes {
                break;
            }
            self.sets.remove(&key);
            total -= bytes;
        }
    }
}

fn key(dataset: DatasetName, selection: &DataSelection, transform: &Transform) -> String {
    format!("{dataset} {selection:?} {transform:?}")
}

/// A panic in another run while it held the lock leaves nothing half-changed here: values are set in one assignment.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
