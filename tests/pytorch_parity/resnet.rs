//! ResNet-18 with the same weights and images: logits, loss, gradients, running statistics.

use paths::{Init, ModelSpec, Stem};
use tch::{Device, Kind, Reduction, Tensor};
use training::{NamedTensors, ResNet};

use crate::fixture::{distance, filled, get, json, relative, tensors};

/// The fixture's configuration, with the network filled by the formula.
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
    /// A network whose tensors are filled by the formula.
    fn network(&self, compute: Kind) -> ResNet {
        let spec = ModelSpec { width: self.width as usize, stem: self.stem, init: Init::Pytorch };
        let mut network = ResNet::new(&spec, self.channels as usize, 0, compute, Device::Cpu);
        let own = network.parameters().into_iter().chain(network.buffers());
        let values: NamedTensors = own
            .map(|(name, tensor)| {
                let shape = tensor.size();
                let (centre, radius) = match (name.as_str(), shape.as_slice()) {
                    ("fc.weight", [_, input]) => (0.0, (1.0 / *input as f64).sqrt()),
                    ("fc.bias", _) => (0.0, 0.1),
                    (_, [_, input, k, _]) => (0.0, (6.0 / (input * k * k) as f64).sqrt()),
                    (n, _) if n.ends_with("running_var") => (1.0, 0.5),
                    (n, _) if n.ends_with("weight") => (0.7, 0.3),
                    _ => (0.0, 0.2),
                };
                let value = filled(&name, &shape, centre, radius);
                (name, value)
            })
            .collect();
        network.load(&values).unwrap();
        network
    }

    fn labels(&self) -> &Tensor {
        get(&self.fixture, "labels")
    }

    /// The 7×7 stem leaves layer 4 a single pixel: its BatchNorm then sees four values in training, and rounding is magnified.
    fn ill_conditioned(&self) -> bool {
        self.stem == Stem::Conv7
    }
}

fn loss(logits: &Tensor, labels: &Tensor) -> Tensor {
    logits.cross_entropy_loss::<Tensor>(labels, None, Reduction::Mean, -100, 0.0)
}

#[test]
fn logits_and_losses_agree_in_eval_and_in_train_mode() {
    for case in cases() {
        let network = case.network(Kind::Float);
        for (mode, training) in [("eval", false), ("train", true)] {
            let logits = network.forward(&case.images, training);
            let expected = get(&case.fixture, &format!("{mode}_logits"));
            let tolerance = if training && case.ill_conditioned() { 2e-4 } else { 1e-5 };
            let error = relative(&logits, expected);
            assert!(error < tolerance, "{} {mode}: logits differ by {error:e}", case.name);
            let (own, theirs) = (loss(&logits, case.labels()), get(&case.fixture, &format!("{mode}_loss")));
            let error = (own.double_value(&[]) / theirs.double_value(&[0]) - 1.0).abs();
            assert!(error < tolerance, "{} {mode}: losses differ by {error:e}", case.name);
        }
    }
}

#[test]
fn running_statistics_agree_after_a_step() {
    for case in cases() {
        let network = case.network(Kind::Float);
        let _ = network.forward(&case.images, true);
        for (name, buffer) in network.buffers() {
            let error = relative(&buffer, get(&case.fixture, &format!("after.{name}")));
            assert!(error < 1e-5, "{}: {name} differs by {error:e}", case.name);
        }
    }
}

#[test]
fn every_gradient_agrees() {
    for case in cases() {
        let network = case.network(Kind::Float);
        let parameters = network.parameters();
        let logits = network.forward(&case.images, true);
        let leaves: Vec<&Tensor> = parameters.iter().map(|(_, t)| t).collect();
        let gradients = Tensor::run_backward(&[&loss(&logits, case.labels())], &leaves, false, false);
        let tolerance = if case.ill_conditioned() { 3e-3 } else { 1e-5 };
        for ((name, _), gradient) in parameters.iter().zip(&gradients) {
            let flat = gradient.contiguous().view(-1).to_kind(Kind::Double);
            if let Some((_, whole)) = case.fixture.iter().find(|(n, _)| *n == format!("grad.{name}")) {
                let error = relative(gradient, whole);
                assert!(error < tolerance, "{}: gradient of {name} differs by {error:e}", case.name);
            }
            let count = flat.numel() as i64;
            let indices: Vec<i64> = (0..16).map(|j| j * (count - 1) / 15).collect();
            let samples = flat.index_select(0, &Tensor::from_slice(&indices));
            // A sample may be far smaller than the rest of its gradient, which is what its rounding is relative to.
            let scale = flat.norm().double_value(&[]) / (count as f64).sqrt();
            let error = distance(&samples, get(&case.fixture, &format!("grad_samples.{name}"))) / scale;
            assert!(error < 10.0 * tolerance, "{}: samples of {name} differ by {error:e}", case.name);
            let stats = get(&case.fixture, &format!("grad_stats.{name}"));
            let l1 = stats.double_value(&[2]);
            let own = [flat.norm(), flat.sum(Kind::Double), flat.abs().sum(Kind::Double)];
            for (number, own) in own.iter().enumerate() {
                let error = (own.double_value(&[]) - stats.double_value(&[number as i64])).abs() / l1;
                assert!(error < tolerance, "{}: statistic {number} of {name} differs by {error:e}", case.name);
            }
        }
    }
}

/// bf16 keeps eight bits of mantissa: logits of about 1 agree to about 0.01 between builds of PyTorch itself.
#[test]
fn bf16_agrees_within_its_rounding() {
    for case in cases().iter().filter(|case| case.width == 8) {
        let network = case.network(Kind::BFloat16);
        let images = case.images.to_kind(Kind::BFloat16);
        let error = distance(&network.forward(&images, false), get(&case.fixture, "bf16_eval_logits"));
        assert!(error < 0.06, "{}: bf16 eval logits differ by {error}", case.name);
        if !case.ill_conditioned() {
            let error = distance(&network.forward(&images, true), get(&case.fixture, "bf16_train_logits"));
            assert!(error < 0.06, "{}: bf16 train logits differ by {error}", case.name);
        }
    }
}
