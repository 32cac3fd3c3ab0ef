//! What interventions change, and what they leave alone.

use datasets::{ChannelStatistics, ImageSet, Selected, stripes};
use interventions::{Situation, before_task, hooks};
use paths::{DatasetName, Intervention, ModelSpec, NetworkName, Transform};
use rand::Rng;
use tch::{Device, Kind, Tensor};
use training::{Input, Network, network, parameters_of};

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
    let mut situation =
        Situation { network, initial: &initial, received: &received, train: &train, seed: 3, position: 1, number: 0 };
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
