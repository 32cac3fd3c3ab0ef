//! What interventions change, and what they leave alone.

use std::sync::Arc;

use datasets::{ChannelStatistics, ImageSet, Selected, stripes};
use interventions::{Situation, before_task, hooks};
use paths::{
    Dash, DatasetName, Intervention, LearningProcess, ModelSpec, NetworkName, RescaleWeights, ResetLast,
    ShrinkAndPerturb, Transform,
};
use rand::Rng;
use tch::{Device, Kind, Tensor};
use training::{Blueprint, Input, Network, network, parameters_of};

const DATASET: DatasetName = DatasetName::Mnist;

fn net(network: NetworkName) -> Box<dyn Network> {
    let spec = ModelSpec { network, width: 4, ..ModelSpec::default() };
    network::new(&spec, Input::of(DATASET), 0, Kind::Float, Device::Cpu)
}

fn images() -> ImageSet {
    let raw = stripes(DATASET, vec![0, 1, 2, 3]);
    let selected = Selected::new(DATASET, &raw, &[0, 1, 2, 3]);
    let statistics = ChannelStatistics::of(&raw);
    ImageSet::prepare(&selected, &Transform::STANDARD, &statistics, true, 0, Kind::Float, Device::Cpu)
}

fn in_situation<T>(network: &mut dyn Network, act: impl FnOnce(&mut Situation<'_>) -> T) -> T {
    let initial = parameters_of(network);
    let (train, received) = (images(), initial.iter().map(Tensor::copy).collect::<Vec<_>>());
    let mut situation = Situation {
        network,
        initial: &initial,
        received: &received,
        draw: Arc::new(|_| unreachable!("none is drawn")),
        train: &train,
        process: &LearningProcess::default(),
        seed: 3,
        position: 1,
        number: 0,
    };
    act(&mut situation)
}

#[test]
fn a_bias_reset_moves_every_bias_by_the_amount_and_nothing_else() {
    // Biases and other parameters: ResNet-18 has 20 normalisations and a classifier, All-CNN 9 convolutions (or 8
    // normalisations and one of them), the perceptron three linear layers.
    let counts = [(21, 41), (9, 9), (9, 17), (3, 3)];
    for (name, expected) in NetworkName::ALL.into_iter().zip(counts) {
        let mut network = net(name);
        let before: Vec<_> = network.tensors().into_iter().map(|(n, t)| (n, t.detach().copy())).collect();
        in_situation(&mut *network, |situation| before_task(&[Intervention::bias_reset(0.01)], situation));
        let kinds: Vec<_> = network.parameters().into_iter().map(|p| (p.name, p.kind.is_bias())).collect();
        let (mut biases, mut others) = (0, 0);
        for ((tensor, after), (_, before)) in network.tensors().iter().zip(&before) {
            let moved = (after.detach() - before).mean(Kind::Double).double_value(&[]);
            match kinds.iter().find(|(n, _)| n == tensor) {
                Some((_, true)) => {
                    biases += 1;
                    assert!((moved - 0.01).abs() < 1e-6, "{tensor} moved by {moved}");
                }
                other => {
                    others += usize::from(other.is_some());
                    assert_eq!(moved, 0.0, "{tensor}");
                }
            }
        }
        assert_eq!((biases, others), expected, "{name}");
    }
}

#[test]
fn a_bias_reset_does_nothing_during_training() {
    let mut network = net(NetworkName::Mlp);
    let count = in_situation(&mut *network, |situation| hooks(&[Intervention::bias_reset(0.01)], situation).len());
    assert_eq!(count, 0);
}

#[test]
fn every_intervention_of_a_step_has_random_numbers_of_its_own() {
    let mut network = net(NetworkName::Mlp);
    in_situation(&mut *network, |situation| {
        let first = |situation: &Situation<'_>, epoch| situation.random(epoch).next_u64();
        let reference = first(situation, 0);
        assert_eq!(reference, first(situation, 0));
        assert_ne!(reference, first(situation, 1));
        situation.number = 1;
        assert_ne!(reference, first(situation, 0));
        (situation.number, situation.position) = (0, 2);
        assert_ne!(reference, first(situation, 0));
    });
}

/// What `interventions` make of a network whose fresh draws come from its own initialisation.
fn after(name: NetworkName, interventions: &[Intervention]) -> [Vec<(String, Tensor)>; 2] {
    let spec = ModelSpec { network: name, width: 4, ..ModelSpec::default() };
    let blueprint = Blueprint { spec, input: Input::of(DATASET), seed: 0, compute: Kind::Float, device: Device::Cpu };
    let mut network = blueprint.build();
    let copies = |network: &dyn Network| network.tensors().into_iter().map(|(n, t)| (n, t.detach().copy())).collect();
    let before: Vec<(String, Tensor)> = copies(&*network);
    let initial = parameters_of(&*network);
    let train = images();
    let mut situation = Situation {
        network: &mut *network,
        initial: &initial,
        received: &initial,
        draw: Arc::new(move |rng| blueprint.draw(rng)),
        train: &train,
        process: &LearningProcess { batch_size: 2, ..LearningProcess::default() },
        seed: 3,
        position: 1,
        number: 0,
    };
    before_task(interventions, &mut situation);
    [before, copies(&*network)]
}

#[test]
fn a_reset_of_more_blocks_than_there_are_draws_everything_anew_and_the_same_each_time() {
    for name in NetworkName::ALL {
        let all = [Intervention::ResetLast(ResetLast { blocks: 1000 })];
        let [before, reset] = after(name, &all);
        let weights = |of: &[(String, Tensor)]| -> Vec<Tensor> {
            of.iter().filter(|(_, t)| t.dim() > 1).map(|(_, t)| t.shallow_clone()).collect()
        };
        assert!(weights(&before).iter().zip(weights(&reset)).all(|(a, b)| !a.equal(&b)), "{name}");
        let [_, again] = after(name, &all);
        assert!(reset.iter().zip(&again).all(|(a, b)| a.1.equal(&b.1)), "{name}");
        // The head alone leaves everything else.
        let [_, head] = after(name, &[Intervention::ResetLast(ResetLast { blocks: 0 })]);
        let moved = before.iter().zip(&head).filter(|(a, b)| !a.1.equal(&b.1)).count();
        assert_eq!(moved, 2, "{name}");
    }
}

#[test]
fn weights_of_their_initial_norm_stay_as_they_are_at_initialisation() {
    for name in NetworkName::ALL {
        let [before, rescaled] = after(name, &[Intervention::RescaleWeights(RescaleWeights::default())]);
        for ((tensor, a), (_, b)) in before.iter().zip(&rescaled) {
            assert!((a - b).abs().max().double_value(&[]) < 1e-6, "{name} {tensor}");
        }
        let [_, doubled] = after(name, &[Intervention::RescaleWeights(RescaleWeights { factor: 2.0 })]);
        let norm = |of: &[(String, Tensor)]| of[0].1.norm().double_value(&[]);
        assert!((norm(&doubled) / norm(&before) - 2.0).abs() < 1e-5, "{name}");
    }
}

#[test]
fn shrinking_to_nothing_and_adding_a_whole_fresh_draw_is_a_new_network() {
    let remedy = ShrinkAndPerturb { shrink: 0.0, perturb: 1.0 };
    let [before, fresh] = after(NetworkName::ResNet18, &[Intervention::ShrinkAndPerturb(remedy)]);
    let [_, reset] = after(NetworkName::ResNet18, &[Intervention::ResetLast(ResetLast { blocks: 1000 })]);
    assert!(!before[0].1.equal(&fresh[0].1));
    assert!(fresh.iter().zip(&reset).all(|(a, b)| a.1.equal(&b.1)));
}

#[test]
fn a_threshold_of_one_leaves_dash_without_effect_and_normalisations_are_left_alone() {
    let dash = |threshold| after(NetworkName::ResNet18, &[Intervention::Dash(Dash { threshold, alpha: 0.3 })]);
    let [before, untouched] = dash(1.0);
    assert!(before.iter().zip(&untouched).all(|(a, b)| a.1.equal(&b.1)));
    let [before, shrunk] = dash(0.3);
    for ((name, a), (_, b)) in before.iter().zip(&shrunk) {
        let is_norm = name.contains("bn") || name.contains("downsample.1");
        assert_eq!(a.equal(b), is_norm, "{name}");
        assert!(b.norm().double_value(&[]) <= a.norm().double_value(&[]) * (1.0 + 1e-6), "{name}");
    }
}
