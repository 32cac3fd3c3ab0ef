//! ResNet-18 with the same weights and images: logits, loss, gradients, running statistics.

use paths::{Init, ModelSpec, NetworkName, Stem};
use tch::{Kind, Tensor};
use training::{Input, NamedTensors, Network};

use crate::comparison::{check_gradients, filled_network, loss};
use crate::fixture::{distance, filled, get, json, relative, tensors};
use crate::place::{CPU, Place};

/// The fixture's configuration.
struct Case {
    name: String,
    stem: Stem,
    channels: i64,
    width: i64,
    fixture: NamedTensors,
    images: Tensor,
}

fn cases() -> Vec<Case> {
    let reference = json("resnet.json");
    let configurations = reference["configurations"].as_object().unwrap();
    assert_eq!(configurations.len(), 8);
    configurations
        .iter()
        .map(|(name, c)| {
            let number = |key: &str| c[key].as_i64().unwrap();
            let (channels, size) = (number("channels"), number("size"));
            Case {
                name: name.clone(),
                stem: if c["stem"] == "3x3" { Stem::Conv3 } else { Stem::Conv7 },
                channels,
                width: number("width"),
                fixture: tensors(&format!("{name}.safetensors")),
                images: filled(c["image_stream"].as_str().unwrap(), &[4, channels, size, size], 0.0, 2.0),
            }
        })
        .collect()
}

impl Case {
    fn network(&self, compute: Kind, place: &Place) -> Box<dyn Network> {
        let spec = ModelSpec {
            network: NetworkName::ResNet18,
            width: self.width as usize,
            stem: self.stem,
            init: Init::Pytorch,
        };
        let input = Input { channels: self.channels as usize, side: self.images.size()[2] as usize };
        filled_network(&spec, input, compute, place.device)
    }

    fn labels(&self) -> &Tensor {
        get(&self.fixture, "labels")
    }

    /// The 7×7 stem leaves layer 4 a single pixel: its BatchNorm then sees four values in training, and rounding is magnified.
    fn ill_conditioned(&self) -> bool {
        self.stem == Stem::Conv7
    }
}

#[test]
fn logits_and_losses_agree_in_eval_and_in_train_mode() {
    logits_and_losses(&CPU);
}

pub fn logits_and_losses(place: &Place) {
    for case in cases() {
        let network = case.network(Kind::Float, place);
        for (mode, training) in [("eval", false), ("train", true)] {
            let logits = network.forward(&case.images.to_device(place.device), training);
            let expected = get(&case.fixture, &format!("{mode}_logits"));
            let tolerance = if training && case.ill_conditioned() { 2e-4 } else { 1e-5 };
            let error = relative(&logits, expected);
            assert!(error < tolerance * place.slack, "{} {mode}: logits differ by {error:e}", case.name);
            let (own, theirs) = (loss(&logits, case.labels()), get(&case.fixture, &format!("{mode}_loss")));
            let error = (own.double_value(&[]) / theirs.double_value(&[0]) - 1.0).abs();
            assert!(error < tolerance * place.slack, "{} {mode}: losses differ by {error:e}", case.name);
        }
    }
}

#[test]
fn running_statistics_agree_after_a_step() {
    running_statistics(&CPU);
}

pub fn running_statistics(place: &Place) {
    for case in cases() {
        let network = case.network(Kind::Float, place);
        let _ = network.forward(&case.images.to_device(place.device), true);
        for (name, buffer) in network.buffers() {
            let error = relative(&buffer, get(&case.fixture, &format!("after.{name}")));
            assert!(error < 1e-5 * place.slack, "{}: {name} differs by {error:e}", case.name);
        }
    }
}

#[test]
fn every_gradient_agrees() {
    gradients(&CPU);
}

pub fn gradients(place: &Place) {
    for case in cases() {
        let tolerance = if case.ill_conditioned() { 3e-3 } else { 1e-5 };
        check_gradients(
            &case.name,
            &*case.network(Kind::Float, place),
            &case.images.to_device(place.device),
            &case.fixture,
            tolerance * place.slack,
        );
    }
}

/// bf16 keeps eight bits of mantissa: logits of about 1 agree to about 0.01 between builds of PyTorch itself.
#[test]
fn bf16_agrees_within_its_rounding() {
    bf16(&CPU);
}

pub fn bf16(place: &Place) {
    for case in cases().iter().filter(|case| case.width == 8) {
        let network = case.network(Kind::BFloat16, place);
        let images = case.images.to_kind(Kind::BFloat16).to_device(place.device);
        let error = distance(&network.forward(&images, false), get(&case.fixture, "bf16_eval_logits"));
        assert!(error < 0.06, "{}: bf16 eval logits differ by {error}", case.name);
        if !case.ill_conditioned() {
            let error = distance(&network.forward(&images, true), get(&case.fixture, "bf16_train_logits"));
            assert!(error < 0.06, "{}: bf16 train logits differ by {error}", case.name);
        }
    }
}
