//! What an intervention is given.

use datasets::ImageSet;
use paths::random::{Purpose, numbered_stream};
use rand::Rng;
use tch::Tensor;
use training::{Hook, Network};

/// A network before a task, and what an intervention may know of it.
pub struct Situation<'a> {
    /// The network, as the interventions before this one left it.
    pub network: &'a mut dyn Network,
    /// Its parameters before all training, in their order.
    pub initial: &'a [Tensor],
    /// Its parameters as the task before left them, in their order; the initial ones where there was none.
    pub received: &'a [Tensor],
    /// The images that the task trains on.
    pub train: &'a ImageSet,
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
