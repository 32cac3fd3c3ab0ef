//! What the steps of an epoch did.

use tch::{Device, Kind, Tensor};

use crate::evaluate::Score;
use crate::network::Network;
use crate::sgd::Sgd;
use crate::transfer::numbers;

/// The steps of one epoch, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steps {
    /// Steps of the task before this epoch.
    pub before: usize,
    /// Mean loss of each step's batch before the step, in nats.
    pub losses: Vec<f64>,
    /// How many images of each step's batch were classified correctly before the step.
    pub correct: Vec<f64>,
    /// Euclidean norm of each step's gradient over all parameters, without weight decay.
    pub gradient_norms: Vec<f64>,
    /// Euclidean norm of each step's change of all parameters, ‖Δθ‖.
    pub update_norms: Vec<f64>,
    /// How the last step turned the scale-invariant weights.
    pub turns: Vec<Turn>,
}

/// How a step turned one scale-invariant weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The parameter's name.
    pub parameter: String,
    /// The angle between the weight before and after, in radians.
    pub angle: f64,
    /// η/‖w‖² after it: the learning rate that the weight's direction has.
    pub effective_rate: f64,
}

/// Notes what steps do, on their device: nothing here waits for it but [`StepRecorder::steps`].
#[derive(Default)]
pub struct StepRecorder {
    /// A row of loss, number of correct images, gradient's norm and update's norm for each step, float32: some as rows of one tensor, the
    /// later ones by themselves.
    rows: Vec<Tensor>,
}

impl StepRecorder {
    /// What is kept of a step, 1×4; the norms are tensors of one number.
    pub fn row(score: Score, gradient_norm: Tensor, update_norm: Tensor) -> Tensor {
        Tensor::stack(&[score.mean_loss, score.correct, gradient_norm, update_norm], 0).view([1, 4])
    }

    /// Adds a step's row, which nothing changes any more.
    pub fn add(&mut self, row: Tensor) {
        self.rows.push(row);
    }

    /// All rows as one tensor S×4; empty before the first step.
    pub(crate) fn tensor(&self, device: Device) -> Tensor {
        if self.rows.is_empty() { Tensor::zeros([0, 4], (Kind::Float, device)) } else { Tensor::cat(&self.rows, 0) }
    }

    /// Goes on from what [`StepRecorder::tensor`] gave.
    pub(crate) fn restore(&mut self, tensor: Tensor) {
        self.rows = if tensor.size()[0] == 0 { Vec::new() } else { vec![tensor] };
    }

    /// What the steps did, the last of which has just been made by `optimiser`.
    pub fn steps(&self, before: usize, network: &dyn Network, optimiser: &Sgd) -> Steps {
        let rows = self.tensor(Device::Cpu).to_device(Device::Cpu).to_kind(Kind::Double);
        let column = |at: i64| Vec::<f64>::try_from(rows.select(1, at).contiguous()).expect("float64 numbers");
        Steps {
            before,
            losses: column(0),
            correct: column(1),
            gradient_norms: column(2),
            update_norms: column(3),
            turns: turns(network, optimiser),
        }
    }
}

/// How the last step of `optimiser` turned the scale-invariant weights of `network`.
fn turns(network: &dyn Network, optimiser: &Sgd) -> Vec<Turn> {
    let parameters = network.parameters();
    let turned: Vec<(usize, &str)> =
        (0..).zip(&parameters).filter(|(_, p)| p.scale_invariant).map(|(at, p)| (at, &*p.name)).collect();
    let rows: Vec<Tensor> = turned
        .iter()
        .map(|&(at, _)| {
            let after = parameters[at].tensor.detach().to_kind(Kind::Double);
            let before = &after - optimiser.last_update(at).to_kind(Kind::Double);
            // atan2 of the orthogonal and the parallel part: exact for small angles, where a cosine is 1 to rounding.
            let norm = before.norm();
            let along = (&before * &after).sum(Kind::Double) / &norm;
            let across = (&after - &before * (&along / &norm)).norm();
            Tensor::stack(&[across.atan2(&along), after.square().sum(Kind::Double)], 0)
        })
        .collect();
    let found = numbers::<2>(&rows);
    let rate = optimiser.learning_rate();
    let turn = |((_, name), [angle, square]): (&(usize, &str), [f64; 2])| Turn {
        parameter: (*name).to_owned(),
        angle,
        effective_rate: rate / square,
    };
    turned.iter().zip(found).map(turn).collect()
}
