//! Interventions that act while a network learns.

use std::sync::{Arc, Mutex};

use datasets::{Library, RawDataset, TaskData, stripes};
use paths::{DataSelection, DatasetName, LearningProcess, ModelSpec, Stem, Task, Transform};
use tch::{Device, Kind, Tensor};
use training::{
    Blueprint, Checkpoint, Ending, Hook, Input, Lesson, Measuring, Network, Observer, Sgd, StepEvent, Summary,
    Task as Learnt, learn, parameters_of,
};

const DATASET: DatasetName = DatasetName::Mnist;

struct Quiet;

impl Observer for Quiet {
    fn step(&mut self, _: &StepEvent<'_>) -> bool {
        true
    }
    fn wants_checkpoint(&mut self) -> bool {
        false
    }
    fn checkpoint(&mut self, _: Checkpoint) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        unreachable!("none was wanted")
    }
}

fn data() -> TaskData {
    let library = Library::new("nowhere".into(), Kind::Float, Device::Cpu, 1 << 20, |_| {});
    let images = |count| stripes(DATASET, (0..10).cycle().take(count).collect());
    library.preload(RawDataset { name: DATASET, train: images(100), test: images(40) });
    let task = Task { dataset: DATASET, transform: Transform::STANDARD };
    library.task_data(&task, &DataSelection::default()).unwrap()
}

/// What became of a small network after three epochs of six steps.
fn train(hooks: Vec<Box<dyn Hook>>) -> (Box<dyn Network>, Vec<Tensor>, Summary) {
    let data = data();
    let spec = ModelSpec { width: 4, stem: Stem::Conv7, ..ModelSpec::default() };
    let blueprint = Blueprint { spec, input: Input::of(DATASET), seed: 0, compute: Kind::Float, device: Device::Cpu };
    let mut model = blueprint.build();
    let before = parameters_of(&*model);
    let process =
        LearningProcess { lr: 1e-2, batch_size: 15, max_epochs: 3, patience: 3, ..LearningProcess::default() };
    let mut measuring =
        Measuring::new(blueprint, &*model, Learnt { data: data.clone(), process: process.clone(), position: 0 });
    let mut lesson = Lesson { data: &data, process: &process, seed: 0, position: 0, hooks, capture: true };
    let (ending, _) = learn(&mut *model, &mut lesson, &mut measuring, None, &mut Quiet).unwrap();
    let Ending::Finished(summary) = ending else { panic!("{ending:?}") };
    (model, before, summary)
}

/// Notes when it was called, in the order of calls.
struct Witness(Arc<Mutex<Vec<String>>>);

impl Hook for Witness {
    fn before_step(&mut self, network: &dyn Network, gradients: &mut [Tensor]) {
        assert_eq!(network.parameters().len(), gradients.len());
        assert!(network.parameters().iter().zip(gradients).all(|(p, g)| p.tensor.size() == g.size()));
        self.0.lock().unwrap().push("step".into());
    }
    fn after_epoch(&mut self, _: &mut dyn Network, optimiser: &mut Sgd, epoch: usize) {
        assert!(optimiser.momentum().iter().any(|(_, buffer)| buffer.abs().max().double_value(&[]) > 0.0));
        self.0.lock().unwrap().push(format!("epoch {epoch}"));
    }
}

#[test]
fn hooks_are_called_once_a_step_and_once_an_epoch_and_change_nothing_by_themselves() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let (with, _, summary) = train(vec![Box::new(Witness(calls.clone()))]);
    let (without, _, same) = train(Vec::new());
    let expected: Vec<String> =
        (1..=3).flat_map(|epoch| std::iter::repeat_n("step".to_owned(), 6).chain([format!("epoch {epoch}")])).collect();
    assert_eq!(*calls.lock().unwrap(), expected);
    assert_eq!(summary, same);
    assert!(with.tensors().iter().zip(without.tensors()).all(|(a, b)| a.1.equal(&b.1)));
}

/// A regulariser so strong that nothing is learnt: it takes the gradient away, and with it what weight decay would do.
struct Hold;

impl Hook for Hold {
    fn before_step(&mut self, network: &dyn Network, gradients: &mut [Tensor]) {
        let decay = LearningProcess::default().weight_decay;
        for (parameter, gradient) in network.parameters().iter().zip(gradients) {
            gradient.copy_(&(&parameter.tensor * -decay));
        }
    }
}

#[test]
fn gradients_that_a_hook_changes_are_those_that_the_optimiser_uses() {
    let (held, before, _) = train(vec![Box::new(Hold)]);
    for (parameter, before) in held.parameters().iter().zip(before) {
        let moved = (&parameter.tensor.detach() - &before).abs().max().double_value(&[]);
        assert!(moved < 1e-6, "{} moved by {moved}", parameter.name);
    }
}

/// A reset: all biases are 0 after each epoch.
struct Reset;

impl Hook for Reset {
    fn after_epoch(&mut self, network: &mut dyn Network, _: &mut Sgd, _: usize) {
        for mut parameter in network.parameters().into_iter().filter(|p| p.kind.is_bias()) {
            let _ = parameter.tensor.zero_();
        }
    }
}

#[test]
fn what_a_hook_does_after_an_epoch_is_handed_on() {
    let (reset, ..) = train(vec![Box::new(Reset)]);
    let biases: Vec<_> = reset.parameters().into_iter().filter(|p| p.kind.is_bias()).collect();
    assert!(biases.iter().all(|p| p.tensor.abs().max().double_value(&[]) == 0.0));
    assert!(reset.parameters().iter().filter(|p| p.kind.is_weight()).all(|p| p.tensor.requires_grad()));
}
