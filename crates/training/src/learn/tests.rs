use datasets::{Library, RawDataset, TaskData, stripes};
use paths::{Augmentation, DataSelection, DatasetName, LearningProcess, ModelSpec, Schedule, Stem, Task, Transform};
use tch::{Device, Kind, Tensor};

use super::{Lesson, batches, learn_by};
use crate::checkpoint::snapshot;
use crate::measure::{Measuring, Task as Learnt};
use crate::repeated::Repeated;
use crate::{Blueprint, Checkpoint, Ending, Hook, Input, Network, Observer, StepEvent};

#[test]
fn batches_hold_every_image_once_and_never_one_alone() {
    assert_eq!(batches(7, 3), [0..3, 3..7]);
    assert_eq!(batches(8, 3), [0..3, 3..6, 6..8]);
    assert_eq!(batches(2, 5).len(), 1);
    for images in 2..60 {
        for size in 2..20 {
            let batches = batches(images, size);
            assert_eq!((batches[0].start, batches[batches.len() - 1].end), (0, images));
            assert!(batches.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert!(batches.iter().all(|batch| (2..=size + 1).contains(&batch.len())));
        }
    }
}

/// Halves every gradient: something that acts in every step.
struct Halved;

impl Hook for Halved {
    fn before_step(&mut self, _: &dyn Network, gradients: &mut [Tensor]) {
        for gradient in gradients {
            let _ = gradient.g_mul_scalar_(0.5);
        }
    }
}

/// Stops after so many steps, and keeps the checkpoint.
struct Stopping {
    left: usize,
    kept: Option<Checkpoint>,
}

impl Observer for Stopping {
    fn step(&mut self, _: &StepEvent<'_>) -> bool {
        self.left -= 1;
        self.left > 0
    }
    fn wants_checkpoint(&mut self) -> bool {
        false
    }
    fn checkpoint(&mut self, checkpoint: Checkpoint) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.kept = Some(checkpoint);
        Ok(())
    }
    fn notice(&mut self, text: &str) {
        panic!("{text}");
    }
}

fn data() -> TaskData {
    let library = Library::new("nowhere".into(), Kind::Float, Device::Cpu, 1 << 20, |_| {});
    let images = |count| stripes(DatasetName::Mnist, (0..10).cycle().take(count).collect());
    library.preload(RawDataset { name: DatasetName::Mnist, train: images(100), test: images(40) });
    // Images move anew in every epoch, by the task's shift and by augmentation.
    let task = Task { dataset: DatasetName::Mnist, transform: Transform { shift: 0.25, ..Transform::STANDARD } };
    library.task_data(&task, &DataSelection::default()).unwrap()
}

/// Everything that four epochs at learning rates of their own end with, after interruptions at the steps given; a batch of an epoch is
/// smaller than the others.
fn train(by: fn() -> Repeated, interrupted: &[usize]) -> (String, Vec<Tensor>) {
    // As stages do; the order of sums may depend on more than their number where there are several.
    tch::set_num_threads(1);
    let data = data();
    let spec = ModelSpec { width: 4, stem: Stem::Conv7, ..ModelSpec::default() };
    let input = Input::of(DatasetName::Mnist);
    let blueprint = Blueprint { spec, input, seed: 0, compute: Kind::Float, device: Device::Cpu };
    let process = LearningProcess {
        lr: 1e-2,
        batch_size: 20,
        max_epochs: 4,
        patience: 4,
        schedule: Schedule::Cosine(Default::default()),
        augmentation: Augmentation::CropFlip,
        ..LearningProcess::default()
    };
    let mut checkpoint = None;
    for steps in interrupted.iter().copied().chain([usize::MAX]) {
        let mut network = blueprint.build();
        let task = Learnt { data: data.clone(), process: process.clone(), position: 0 };
        let mut measuring = Measuring::new(blueprint.clone(), &*network, task);
        let hooks: Vec<Box<dyn Hook>> = vec![Box::new(Halved)];
        let mut lesson = Lesson { data: &data, process: &process, seed: 0, position: 0, hooks, capture: true };
        let mut observer = Stopping { left: steps, kept: None };
        let (ending, progress) =
            learn_by(by(), &mut *network, &mut lesson, &mut measuring, checkpoint.take(), &mut observer).unwrap();
        match ending {
            Ending::Interrupted => checkpoint = observer.kept,
            ending => {
                let told = format!("{ending:?} {:?} {:?}", progress.log, measuring.rows());
                return (told, snapshot(&*network).into_iter().map(|(_, tensor)| tensor).collect());
            }
        }
    }
    unreachable!("the last call is not interrupted")
}

#[test]
fn replayed_steps_find_what_they_need_where_it_was() {
    let (told, weights) = train(Repeated::default, &[]);
    for interrupted in [&[][..], &[3, 7]] {
        let (replayed, others) = train(Repeated::pretending, interrupted);
        assert_eq!(told, replayed);
        assert!(weights.iter().zip(&others).all(|(one, other)| one.equal(other)), "{interrupted:?}");
    }
}
