//! What a measure is shown.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use datasets::{ImageSet, TaskData};
use paths::LearningProcess;
use tch::{Kind, Tensor};

use super::moment::Moment;
use super::outputs::Outputs;
use super::steps::Steps;
use super::table::MeasureRow;
use crate::evaluate::logits;
use crate::network::{Blueprint, Network};

/// Images of a test set that a look at a network uses: enough for stable statistics, few enough that it costs less than a hundredth
/// of an epoch.
pub const PROBE_IMAGES: usize = 256;

/// Training images that a look at a loss uses.
pub const PROBE_TRAIN_IMAGES: usize = 512;

/// What a measure may look at. Nothing of it may be changed.
pub struct View<'a> {
    /// When.
    pub at: Moment,
    /// The network as it is now.
    pub network: &'a dyn Network,
    /// Its parameters before all training, in their order.
    pub initial: &'a [Tensor],
    /// The network as the stage received it.
    pub received: &'a dyn Network,
    /// The parameters as the task before received them, in their order; `None` where there was none or they are gone.
    pub previously_received: Option<&'a [Tensor]>,
    /// The images of the task.
    pub data: &'a TaskData,
    /// How it is learnt.
    pub process: &'a LearningProcess,
    /// Position of the task in its path, from 0.
    pub position: usize,
    /// What the steps of the epoch that has just ended did; only at [`Moment::Epoch`].
    pub steps: Option<&'a Steps>,
    /// The epoch whose weights are handed on; only at [`Moment::End`], and there only while training.
    pub carried_epoch: Option<usize>,
    /// What was found so far in this stage.
    pub rows: &'a [MeasureRow],
    pub(super) blueprint: &'a Blueprint,
    pub(super) of_received: &'a RefCell<HashMap<&'static str, Tensor>>,
    /// What was passed through the network at this moment.
    pub(super) passed: Rc<Passed>,
}

/// What measures of one moment share, so that none of them passes the same images again.
#[derive(Default)]
pub(super) struct Passed {
    outputs: RefCell<Vec<(ImageSet, Rc<Outputs>)>>,
    logits: Vec<(ImageSet, Tensor)>,
}

impl Passed {
    /// Where the logits of all images of these sets are known.
    pub fn with(logits: Vec<(ImageSet, Tensor)>) -> Self {
        Self { logits, ..Self::default() }
    }
}

impl View<'_> {
    /// The first standard test images, at most [`PROBE_IMAGES`]: B×C×H×W in the compute type.
    pub fn probe(&self) -> Tensor {
        first(&self.data.standard_test, PROBE_IMAGES).0
    }

    /// What the non-linearities put out over the first images of `set`, at most [`PROBE_IMAGES`].
    pub fn outputs(&self, set: &ImageSet) -> Rc<Outputs> {
        let mut known = self.passed.outputs.borrow_mut();
        if let Some((_, outputs)) = known.iter().find(|(of, _)| of.is(set)) {
            return outputs.clone();
        }
        let outputs = Rc::new(Outputs::of(self.network, &first(set, PROBE_IMAGES).0));
        known.push((set.clone(), outputs.clone()));
        outputs
    }

    /// Logits (B×classes, float32) of all images of `set` in eval mode.
    pub fn logits(&self, set: &ImageSet) -> Tensor {
        let known = self.passed.logits.iter().find(|(of, _)| of.is(set));
        known.map_or_else(|| logits(self.network, &first(set, usize::MAX).0), |(_, logits)| logits.shallow_clone())
    }

    /// The first training images of the task, at most [`PROBE_TRAIN_IMAGES`], B×C×H×W in the compute type, and their labels (int64, B).
    pub fn train_probe(&self) -> (Tensor, Tensor) {
        first(&self.data.train, PROBE_TRAIN_IMAGES)
    }

    /// The learning rate of the epoch that the network comes from, or goes into.
    pub fn lr(&self) -> f64 {
        let epoch = match self.at {
            Moment::Epoch(epoch) => epoch,
            Moment::End => self.carried_epoch.unwrap_or(1),
            _ => 1,
        };
        self.process.lr_in(epoch.saturating_sub(1))
    }

    /// A copy of the network that may be trained.
    pub fn copy(&self) -> Box<dyn Network> {
        self.blueprint.copy_of(self.network)
    }

    /// A copy of `network`, which is this one or the received one, that computes in float32: derivatives in bf16 would be noise.
    pub fn in_single_precision(&self, network: &dyn Network) -> Box<dyn Network> {
        Blueprint { compute: Kind::Float, ..self.blueprint.clone() }.copy_of(network)
    }

    /// What `compute` finds of the received network, which is computed once a stage and kept under `name`.
    pub fn of_received(&self, name: &'static str, compute: impl FnOnce(&dyn Network) -> Tensor) -> Tensor {
        if let Some(known) = self.of_received.borrow().get(name) {
            return known.shallow_clone();
        }
        let found = compute(self.received);
        self.of_received.borrow_mut().insert(name, found.shallow_clone());
        found
    }

    /// The numbers called `name` that `measure` (its identity) found of the whole network after each epoch so far, in their order.
    pub fn after_epochs<'b>(&'b self, measure: &'b str, name: &'b str) -> impl Iterator<Item = (usize, f64)> + 'b {
        self.rows
            .iter()
            .filter(move |row| row.measure == measure && row.name == name && row.subject == "network")
            .filter_map(|row| match row.moment {
                Moment::Epoch(epoch) => Some((epoch, row.value)),
                _ => None,
            })
    }
}

/// The first images of a set, at most so many, and their labels.
pub(super) fn first(set: &ImageSet, count: usize) -> (Tensor, Tensor) {
    set.slice(0, count.min(set.len()), &set.fixed_moves())
}
