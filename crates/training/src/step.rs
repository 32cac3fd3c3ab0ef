//! One step of training.

use datasets::{ImageSet, Moves};
use tch::Tensor;

use crate::evaluate::Score;
use crate::hook::Hook;
use crate::measure::StepRecorder;
use crate::network::Network;
use crate::repeated::Repeated;
use crate::sgd::Sgd;

/// What a step changes and reads.
pub(crate) struct Step<'a> {
    pub network: &'a dyn Network,
    pub optimiser: &'a mut Sgd,
    pub hooks: &'a mut [Box<dyn Hook>],
    pub images: &'a ImageSet,
}

impl Step<'_> {
    /// Takes the step on the images at `indices`. Gives what [`StepRecorder`] keeps of it.
    fn take(&mut self, indices: &Tensor, moves: &Moves) -> Tensor {
        let (batch, labels) = self.images.batch(indices, moves);
        let logits = self.network.forward(&batch, true);
        let loss = logits.cross_entropy_loss::<Tensor>(&labels, None, tch::Reduction::Mean, -100, 0.0);
        let mut gradients = Tensor::run_backward(&[&loss], self.optimiser.parameters(), false, false);
        for hook in &mut *self.hooks {
            tch::no_grad(|| hook.before_step(self.network, &mut gradients));
        }
        let gradient_norm = fused_sgd::norm(&gradients);
        self.optimiser.step(&gradients);
        let score = tch::no_grad(|| Score::of(&loss, &logits, &labels));
        StepRecorder::row(score, gradient_norm, self.optimiser.update_norm())
    }
}

/// Takes steps, those of whole batches by replaying one of them where that is possible.
pub(crate) struct Stepper {
    repeated: Repeated,
    batch_size: usize,
    /// How images move in the running epoch.
    moves: Moves,
    /// Where a step that is replayed finds the places of its images.
    indices: Option<Tensor>,
}

impl Stepper {
    /// Steps of `batch_size` images, but for an epoch's last.
    pub fn new(repeated: Repeated, batch_size: usize) -> Self {
        Self { repeated, batch_size, moves: Moves::default(), indices: None }
    }

    /// Before the steps of an epoch.
    pub fn begin_epoch(&mut self, moves: Moves) {
        if self.repeated.needs_fixed_memory() {
            self.moves.become_in_place(moves);
        } else {
            self.moves = moves;
        }
    }

    /// Takes one step; gives a new tensor that [`StepRecorder`] keeps.
    pub fn take(&mut self, step: &mut Step<'_>, indices: &Tensor, refused: impl FnOnce(&str)) -> Tensor {
        if !self.repeated.needs_fixed_memory() || indices.numel() != self.batch_size {
            return step.take(indices, &self.moves);
        }
        let fixed = self.indices.get_or_insert_with(|| indices.copy());
        fixed.copy_(indices);
        let (fixed, moves) = (&*fixed, &self.moves);
        self.repeated.run(|| step.take(fixed, moves), refused)
    }
}
