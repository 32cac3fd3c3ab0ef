//! What an intervention is given.

use std::sync::Arc;

use datasets::ImageSet;
use paths::LearningProcess;
use paths::random::{Purpose, numbered_stream};
use rand::Rng;
use tch::Tensor;
use training::{Hook, Network};

/// Draws a freshly initialised network of the kind that is learning, from the random numbers that it is given.
pub type Draw = Arc<dyn Fn(Box<dyn Rng>) -> Box<dyn Network> + Send + Sync>;

/// A network before a task, and what an intervention may know of it.
pub struct Situation<'a> {
    /// The network, as the interventions before this one left it.
    pub network: &'a mut dyn Network,
    /// Its parameters before all training, in their order.
    pub initial: &'a [Tensor],
    /// Its parameters as the task before left them, in their order; the initial ones where there was none.
    pub received: &'a [Tensor],
    /// How others of its kind are drawn.
    pub draw: Draw,
    /// The images that the task trains on.
    pub train: &'a ImageSet,
    /// How the task is learnt.
    pub process: &'a LearningProcess,
    /// Seed of the path.
    pub seed: u64,
    /// How many steps of the path came before.
    pub position: usize,
    /// Which of the step's interventions this is, from 0.
    pub number: usize,
}

impl Situation<'_> {
    /// The random stream of this intervention: for epoch 0 what is drawn before the task, and for each epoch from 1 another for
    /// what is drawn after it. No other intervention, step or seed has the same.
    pub fn random(&self, epoch: usize) -> impl Rng + use<> {
        numbered_stream(self.seed, Purpose::Intervention, self.position, epoch, self.number)
    }

    /// A freshly initialised network, drawn from that stream.
    pub fn fresh(&self, epoch: usize) -> Box<dyn Network> {
        (self.draw)(Box::new(self.random(epoch)))
    }
}

/// A kind of intervention.
pub trait Intervene {
    /// Changes the network before the task begins. Not repeated where an interrupted training goes on.
    fn before_task(&self, _situation: &mut Situation<'_>) {}

    /// What it does while the network learns the task; nothing unless it says otherwise. Called whenever training begins or goes
    /// on.
    fn hook(&self, _situation: &Situation<'_>) -> Option<Box<dyn Hook>> {
        None
    }
}
