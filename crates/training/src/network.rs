//! Networks: what every network can do, and those there are.
//!
//! A new network is a file here with an `impl Network`, its name in `paths::NetworkName`, and a line in `of`.

mod all_cnn;
mod blueprint;
mod contract;
mod init;
mod layers;
mod masters;
mod mlp;
mod resnet;

use paths::{ModelSpec, NetworkName};
use tch::{Device, Kind};

use all_cnn::AllCnn;
use mlp::Mlp;
use resnet::ResNet;

pub use blueprint::Blueprint;
pub use contract::{Activation, CLASSES, Input, Mode, NamedTensors, Network, Parameter, ParameterKind, UnitLayer};

/// A freshly initialised network for images of the shape `input`, whose convolutions and linear layers compute in `compute`.
/// The initial weights depend on `spec`, `input` and `seed` only.
pub fn new(spec: &ModelSpec, input: Input, seed: u64, compute: Kind, device: Device) -> Box<dyn Network> {
    of(spec, input, init::Initialiser::new(spec.init, seed, device), compute)
}

/// A network whose weights are drawn by `init`: every network there is.
fn of(spec: &ModelSpec, input: Input, mut init: init::Initialiser, compute: Kind) -> Box<dyn Network> {
    match spec.network {
        NetworkName::ResNet18 => Box::new(ResNet::new(&mut init, spec, input, compute)),
        NetworkName::AllCnn => Box::new(AllCnn::new(&mut init, spec.width, input, false, compute)),
        NetworkName::AllCnnBn => Box::new(AllCnn::new(&mut init, spec.width, input, true, compute)),
        NetworkName::Mlp => Box::new(Mlp::new(&mut init, spec.width, input, compute)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout;
    use paths::{DatasetName, ModelSpec, Stem};
    use tch::Tensor;

    fn specs() -> Vec<ModelSpec> {
        let spec = |network, stem| ModelSpec { network, width: 4, stem, ..ModelSpec::default() };
        let others = NetworkName::ALL.into_iter().map(|network| spec(network, Stem::Conv3));
        others.chain([spec(NetworkName::ResNet18, Stem::Conv7)]).collect()
    }

    fn build(spec: &ModelSpec, dataset: DatasetName, seed: u64) -> Box<dyn Network> {
        new(spec, Input::of(dataset), seed, Kind::Float, Device::Cpu)
    }

    #[test]
    fn every_network_gives_ten_logits_for_every_dataset() {
        for spec in specs() {
            for dataset in [DatasetName::Mnist, DatasetName::Cifar10] {
                let network = build(&spec, dataset, 0);
                let images = Input::of(dataset).zeros(2, Kind::Float, Device::Cpu);
                assert_eq!(network.forward(&images, false).size(), [2, 10], "{spec:?}");
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_weights_and_another_seed_others() {
        for spec in specs() {
            let weights = |seed| build(&spec, DatasetName::Mnist, seed).parameters();
            let equal = |a: Vec<Parameter>, b: Vec<Parameter>| a.iter().zip(&b).all(|(a, b)| a.tensor.equal(&b.tensor));
            assert!(equal(weights(1), weights(1)) && !equal(weights(1), weights(2)), "{spec:?}");
        }
    }

    #[test]
    fn loading_names_what_does_not_fit_and_changes_nothing() {
        for spec in specs() {
            let mut network = build(&spec, DatasetName::Mnist, 0);
            let before: NamedTensors = network.tensors().into_iter().map(|(n, t)| (n, t.detach().copy())).collect();
            let mut values: NamedTensors = before.iter().map(|(n, t)| (n.clone(), t + 1.0)).collect();
            values[0].1 = Tensor::zeros([1], (Kind::Float, Device::Cpu));
            let message = network.load(&values).unwrap_err();
            assert!(message.contains(&values[0].0) && message.contains("shape"), "{message}");
            let unknown = ("no.such".to_owned(), Tensor::from(0.0));
            assert!(network.load(&vec![unknown]).unwrap_err().contains("no.such"));
            assert!(network.load(&values[1..].iter().map(|(n, t)| (n.clone(), t.copy())).collect()).is_err());
            assert!(network.tensors().iter().zip(&before).all(|(now, then)| now.1.equal(&then.1)), "{spec:?}");
        }
    }

    #[test]
    fn every_parameter_has_its_kind() {
        for spec in specs() {
            for parameter in build(&spec, DatasetName::Mnist, 0).parameters() {
                let matrix = parameter.tensor.dim() > 1;
                let weight = matches!(parameter.kind, ParameterKind::Weight | ParameterKind::ClassifierWeight);
                assert_eq!(weight, matrix, "{spec:?} {}", parameter.name);
                assert_eq!(parameter.kind.is_bias(), parameter.name.ends_with(".bias"), "{spec:?} {}", parameter.name);
            }
        }
    }

    #[test]
    fn units_that_are_not_read_change_nothing() {
        for spec in specs() {
            let network = build(&spec, DatasetName::Cifar10, 0);
            let images =
                (Input::of(DatasetName::Cifar10).zeros(4, Kind::Float, Device::Cpu) + 1.0).cumsum(3, Kind::Float);
            let logits = || tch::no_grad(|| network.run(&images, Mode::Observe, &mut |_, _| {}));
            let tensors = network.tensors();
            let of = |layer: &str, leaf: &str| -> Option<Tensor> {
                let name = format!("{layer}.{leaf}");
                tensors.iter().find(|(n, _)| *n == name).map(|(_, tensor)| tensor.shallow_clone())
            };
            for layer in network.unit_layers() {
                let outgoing = of(&layer.outgoing, "weight").unwrap();
                let units = outgoing.size()[1];
                assert!(layer.incoming.iter().all(|name| of(name, "weight").unwrap().size()[0] == units), "{layer:?}");
                let _ = tch::no_grad(|| outgoing.narrow(1, 0, 1).zero_());
                let before = logits();
                for leaf in ["weight", "bias"] {
                    for mut tensor in layer.incoming.iter().filter_map(|name| of(name, leaf)).map(|t| t.narrow(0, 0, 1))
                    {
                        let _ = tch::no_grad(|| tensor.g_add_scalar_(0.5));
                    }
                }
                let moved = (logits() - before).abs().max().double_value(&[]);
                assert!(moved < 1e-5, "{spec:?} {layer:?} {moved}");
            }
            assert_eq!(network.unit_layers().len(), if spec.network == NetworkName::Mlp { 2 } else { 8 }, "{spec:?}");
        }
    }

    #[test]
    fn blocks_follow_one_another_and_the_classifier_is_the_last() {
        for spec in specs() {
            let mut blocks: Vec<String> =
                build(&spec, DatasetName::Mnist, 0).parameters().into_iter().map(|p| p.block).collect();
            blocks.dedup();
            let expected = spec.network.blocks() + 1;
            assert_eq!(blocks.len(), expected, "{blocks:?}");
            let different: std::collections::HashSet<_> = blocks.iter().collect();
            assert_eq!(different.len(), expected, "{blocks:?}");
        }
    }

    #[test]
    fn what_is_scale_invariant_can_be_scaled() {
        for spec in specs() {
            let mut network = build(&spec, DatasetName::Cifar10, 0);
            let images =
                (Input::of(DatasetName::Cifar10).zeros(4, Kind::Float, Device::Cpu) + 1.0).cumsum(2, Kind::Float);
            let logits = |network: &dyn Network| tch::no_grad(|| network.run(&images, Mode::Observe, &mut |_, _| {}));
            let before = logits(&*network);
            let weights: Vec<_> = network.parameters().into_iter().filter(|p| p.scale_invariant).collect();
            for parameter in &weights {
                let _ = tch::no_grad(|| parameter.tensor.shallow_clone().g_mul_scalar_(3.0));
            }
            assert_eq!(
                !weights.is_empty(),
                matches!(spec.network, NetworkName::ResNet18 | NetworkName::AllCnnBn),
                "{spec:?}"
            );
            let after = logits(&*network);
            let moved = (&after - &before).abs().max().double_value(&[]);
            assert!(moved < 1e-3, "{spec:?} {moved}");
            // Of a parameter that is not, the same does change something.
            network = build(&spec, DatasetName::Cifar10, 0);
            let classifier =
                network.parameters().into_iter().find(|p| p.kind == ParameterKind::ClassifierWeight).unwrap();
            assert!(!classifier.scale_invariant);
        }
    }

    #[test]
    fn what_can_be_differentiated_twice_gives_the_same_logits() {
        for spec in specs() {
            let network = build(&spec, DatasetName::Cifar10, 3);
            let images =
                (Input::of(DatasetName::Cifar10).zeros(4, Kind::Float, Device::Cpu) + 1.0).cumsum(3, Kind::Float);
            let logits = |mode| tch::no_grad(|| network.run(&images, mode, &mut |_, _| {}));
            let difference = (logits(Mode::Eval) - logits(Mode::Derivatives)).abs().max().double_value(&[]);
            assert!(difference < 1e-4, "{spec:?} {difference}");
        }
    }

    #[test]
    fn activations_are_what_the_layout_says_and_not_negative() {
        for spec in specs() {
            let input = Input::of(DatasetName::Cifar10);
            let network = build(&spec, DatasetName::Cifar10, 0);
            let images = input.zeros(2, Kind::Float, Device::Cpu) + 1.0;
            let (mut seen, mut elements) = (Vec::new(), 0);
            network.activations(&images, &mut |activation, output| {
                assert!(output.min().double_value(&[]) >= 0.0 && output.size()[0] == 2);
                elements += output.numel() / 2;
                seen.push(activation.name.to_owned());
            });
            let layout = layout(&spec, input);
            assert_eq!(seen, layout.activations.iter().map(|a| a.name.clone()).collect::<Vec<_>>(), "{spec:?}");
            assert_eq!(layout.activation_elements, elements, "{spec:?}");
        }
    }
}
