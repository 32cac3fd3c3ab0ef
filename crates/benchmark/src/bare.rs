//! Training steps and nothing else: one fixed batch, no data, no evaluation, no log.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Barrier;
use std::time::Instant;

use paths::{ModelSpec, Precision, Settings, Stem};
use tch::{Device, Kind, Tensor};
use training::{Blueprint, CLASSES, Input, Network, Repeated, Sgd, compute_kind, layout, set_arithmetic};

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
    repeated: Repeated,
}

impl BareSteps {
    /// `capture` is whether a GPU is given whole steps, where it can be.
    pub fn new(size: Size, batch: usize, precision: Precision, device: Device, capture: bool) -> Self {
        let kind = compute_kind(precision);
        let model = model(size, kind, device);
        let optimiser = Sgd::new(&model.parameters(), &Settings::paper().process());
        let (count, side, channels) = (batch as i64, INPUT.side as i64, INPUT.channels as i64);
        let images = Tensor::arange(count * side * side * channels, (Kind::Float, Device::Cpu)).sin();
        let images = images.view([count, side, side, channels]).to_kind(kind).to_device(device);
        let labels = Tensor::arange(count, (Kind::Int64, device)).remainder(CLASSES as i64);
        let repeated = Repeated::new(device, capture);
        Self { model, optimiser, images: images.permute([0, 3, 1, 2]), labels, precision, repeated }
    }

    /// What a step of training does, on the same images each time.
    pub fn step(&mut self) {
        let Self { model, optimiser, images, labels, precision, repeated } = self;
        // Of the whole process, in which others take their turns.
        set_arithmetic(*precision, false);
        let step = || {
            let logits = model.forward(images, true);
            let loss = logits.cross_entropy_loss::<Tensor>(&*labels, None, tch::Reduction::Mean, -100, 0.0);
            let gradients = Tensor::run_backward(&[&loss], optimiser.parameters(), false, false);
            optimiser.step(&gradients);
            optimiser.update_norm()
        };
        // What was to be captured and is not would be measured under a wrong name.
        let _ = repeated.run(step, |reason| panic!("a step cannot be captured: {reason}"));
    }
}

/// Seconds of `steps` steps of trainings side by side, `threads` in each.
pub(crate) fn take(trainings: &mut [BareSteps], threads: usize, device: Device, steps: usize) -> f64 {
    side_by_side(trainings, threads, device, steps, BareSteps::step)
}

/// Waits until the device has done what it was given.
pub(crate) fn wait_for(device: Device) {
    training::synchronise(device).unwrap_or_else(|reason| panic!("{reason}"));
}

/// Seconds until each of `workers`, in a thread and on a GPU's stream of its own with `threads` inside libtorch, has done `work` `times` times.
/// Each does it once beforehand, uncounted.
pub(crate) fn side_by_side<W: Send>(
    workers: &mut [W],
    threads: usize,
    device: Device,
    times: usize,
    work: impl Fn(&mut W) + Sync,
) -> f64 {
    // What the workers use was made on this thread's stream.
    wait_for(device);
    let start = Barrier::new(workers.len());
    let (start, work) = (&start, &work);
    let spans: Vec<(Instant, Instant)> = std::thread::scope(|scope| {
        let mut running = Vec::new();
        for worker in workers {
            running.push(scope.spawn(move || {
                // The number of threads inside an operation is a setting of the calling thread.
                tch::set_num_threads(threads as i32);
                // A panic before the barrier would leave the others waiting at it for ever.
                let warm_up = catch_unwind(AssertUnwindSafe(|| {
                    let stream = training::own_stream(device).unwrap_or_else(|reason| panic!("{reason}"));
                    work(worker);
                    wait_for(device);
                    stream
                }));
                start.wait();
                // Taken here: a thread that only waits may come to run when all is done.
                let began = Instant::now();
                let _stream = warm_up.unwrap_or_else(|panic| resume_unwind(panic));
                for _ in 0..times {
                    work(worker);
                }
                wait_for(device);
                (began, Instant::now())
            }));
        }
        running.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    let (began, ended): (Vec<_>, Vec<_>) = spans.into_iter().unzip();
    let first = began.into_iter().min();
    first.zip(ended.into_iter().max()).map_or(0.0, |(first, last)| (last - first).as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// Whenever the thread that waits comes to run: a time that began too late would be shorter than the work.
    #[test]
    fn the_time_is_that_of_all_the_work() {
        const NAP: Duration = Duration::from_millis(2);
        let seconds = side_by_side(&mut [0, 0], 1, Device::Cpu, 3, |done: &mut u32| {
            std::thread::sleep(NAP);
            *done += 1;
        });
        assert!(seconds >= 3.0 * NAP.as_secs_f64(), "{seconds}");
    }
}
