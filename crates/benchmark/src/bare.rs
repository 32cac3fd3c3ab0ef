//! Training steps and nothing else: one fixed batch, no data, no evaluation, no log.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Barrier;
use std::time::Instant;

use paths::{ModelSpec, Precision, Settings, Stem};
use tch::{Device, Kind, Tensor};
use training::{Blueprint, CLASSES, Input, Network, Sgd, compute_kind, layout, set_arithmetic};

/// The size of the ResNet-18 that is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub width: usize,
    pub stem: Stem,
}

impl Size {
    fn spec(self) -> ModelSpec {
        ModelSpec { width: self.width, stem: self.stem, ..ModelSpec::default() }
    }
}

/// The images that are measured: CIFAR-10's.
const INPUT: Input = Input { channels: 3, side: 32 };

/// The network that is measured.
pub(crate) fn model(size: Size, kind: Kind, device: Device) -> Box<dyn Network> {
    blueprint(size, kind, device).build()
}

/// What it is made from.
pub(crate) fn blueprint(size: Size, compute: Kind, device: Device) -> Blueprint {
    Blueprint { spec: size.spec(), input: INPUT, seed: 0, compute, device }
}

/// Floating-point operations of training it on one image.
pub(crate) fn training_flops(size: Size) -> f64 {
    layout(&size.spec(), INPUT).training_flops()
}

/// A network, its optimiser and its batch.
pub(crate) struct BareSteps {
    model: Box<dyn Network>,
    optimiser: Sgd,
    images: Tensor,
    labels: Tensor,
    precision: Precision,
}

impl BareSteps {
    pub fn new(size: Size, batch: usize, precision: Precision, device: Device) -> Self {
        let kind = compute_kind(precision);
        let model = model(size, kind, device);
        let optimiser = Sgd::new(&model.parameters(), &Settings::paper().process());
        let (count, side, channels) = (batch as i64, INPUT.side as i64, INPUT.channels as i64);
        let images = Tensor::arange(count * side * side * channels, (Kind::Float, Device::Cpu)).sin();
        let images = images.view([count, side, side, channels]).to_kind(kind).to_device(device);
        let labels = Tensor::arange(count, (Kind::Int64, device)).remainder(CLASSES as i64);
        Self { model, optimiser, images: images.permute([0, 3, 1, 2]), labels, precision }
    }

    /// What a step of training does, on the same images each time.
    pub fn step(&mut self) {
        // Of the whole process, in which others take their turns.
        set_arithmetic(self.precision, false);
        let logits = self.model.forward(&self.images, true);
        let loss = logits.cross_entropy_loss::<Tensor>(&self.labels, None, tch::Reduction::Mean, -100, 0.0);
        let gradients = Tensor::run_backward(&[&loss], self.optimiser.parameters(), false, false);
        self.optimiser.step(&gradients);
        let _ = self.optimiser.update_norm();
    }
}

/// Seconds of `steps` steps of trainings side by side, `threads` in each.
pub(crate) fn take(trainings: &mut [BareSteps], threads: usize, device: Device, steps: usize) -> f64 {
    side_by_side(trainings, threads, device, steps, BareSteps::step)
}

/// Waits until the device has done what it was given.
pub(crate) fn wait_for(device: Device) {
    if let Device::Cuda(index) = device {
        tch::Cuda::synchronize(index as i64);
    }
}

/// Seconds until each of `workers`, in a thread of its own with `threads` inside libtorch, has done `work` `times` times.
/// Each does it once beforehand, uncounted.
pub(crate) fn side_by_side<W: Send>(
    workers: &mut [W],
    threads: usize,
    device: Device,
    times: usize,
    work: impl Fn(&mut W) + Sync,
) -> f64 {
    let start = Barrier::new(workers.len() + 1);
    let (start, work) = (&start, &work);
    let began = std::thread::scope(|scope| {
        for worker in workers {
            scope.spawn(move || {
                // The number of threads inside an operation is a setting of the calling thread.
                tch::set_num_threads(threads as i32);
                // A panic before the barrier would leave the others waiting at it for ever.
                let warm_up = catch_unwind(AssertUnwindSafe(|| {
                    work(worker);
                    wait_for(device);
                }));
                start.wait();
                warm_up.unwrap_or_else(|panic| resume_unwind(panic));
                for _ in 0..times {
                    work(worker);
                }
                wait_for(device);
            });
        }
        start.wait();
        Instant::now()
    });
    began.elapsed().as_secs_f64()
}
