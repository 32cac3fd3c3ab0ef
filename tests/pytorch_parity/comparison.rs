//! A network with the fixtures' weights, and its gradients beside PyTorch's.

use paths::ModelSpec;
use tch::{Device, Kind, Reduction, Tensor};
use training::{Input, NamedTensors, Network, network};

use crate::fixture::{distance, filled, get, relative};

/// A network whose tensors are filled by the formula.
pub fn filled_network(spec: &ModelSpec, input: Input, compute: Kind, device: Device) -> Box<dyn Network> {
    let mut network = network::new(spec, input, 0, compute, device);
    fill(&mut *network);
    network
}

/// Fills every tensor of a network by the formula.
pub fn fill(network: &mut dyn Network) {
    let value = |(name, tensor): (String, Tensor)| {
        let shape = tensor.size();
        let (centre, radius) = interval(&name, &shape);
        let value = filled(&name, &shape, centre, radius);
        (name, value)
    };
    let values: NamedTensors = network.tensors().into_iter().map(value).collect();
    network.load(&values).unwrap();
}

/// Centre and radius of the fixtures' value of a tensor.
pub fn interval(name: &str, shape: &[i64]) -> (f64, f64) {
    match (name, shape) {
        ("fc.weight", [_, input]) => (0.0, (1.0 / *input as f64).sqrt()),
        ("fc.bias", _) => (0.0, 0.1),
        (_, [_, fan_in @ ..]) if !fan_in.is_empty() => (0.0, (6.0 / fan_in.iter().product::<i64>() as f64).sqrt()),
        (n, _) if n.ends_with("running_var") => (1.0, 0.5),
        (n, _) if n.ends_with("weight") => (0.7, 0.3),
        _ => (0.0, 0.2),
    }
}

pub fn loss(logits: &Tensor, labels: &Tensor) -> Tensor {
    logits.cross_entropy_loss::<Tensor>(&labels.to_device(logits.device()), None, Reduction::Mean, -100, 0.0)
}

/// Every gradient of the loss in training against the fixture's: whole where it is stored, and samples and statistics.
pub fn check_gradients(case: &str, network: &dyn Network, images: &Tensor, fixture: &NamedTensors, tolerance: f64) {
    let parameters = network.parameters();
    let logits = network.forward(images, true);
    let leaves: Vec<&Tensor> = parameters.iter().map(|p| &p.tensor).collect();
    let gradients = Tensor::run_backward(&[&loss(&logits, get(fixture, "labels"))], &leaves, false, false);
    for (name, gradient) in parameters.iter().map(|p| &p.name).zip(&gradients) {
        let gradient = gradient.to_device(Device::Cpu);
        let flat = gradient.contiguous().view(-1).to_kind(Kind::Double);
        if let Some((_, whole)) = fixture.iter().find(|(n, _)| *n == format!("grad.{name}")) {
            let error = relative(&gradient, whole);
            assert!(error < tolerance, "{case}: gradient of {name} differs by {error:e}");
        }
        let count = flat.numel() as i64;
        let indices: Vec<i64> = (0..16).map(|j| j * (count - 1) / 15).collect();
        let samples = flat.index_select(0, &Tensor::from_slice(&indices));
        // A sample may be far smaller than the rest of its gradient, which is what its rounding is relative to.
        let scale = flat.norm().double_value(&[]) / (count as f64).sqrt();
        let error = distance(&samples, get(fixture, &format!("grad_samples.{name}"))) / scale;
        assert!(error < 10.0 * tolerance, "{case}: samples of {name} differ by {error:e}");
        let stats = get(fixture, &format!("grad_stats.{name}"));
        let l1 = stats.double_value(&[2]);
        let own = [flat.norm(), flat.sum(Kind::Double), flat.abs().sum(Kind::Double)];
        for (number, own) in own.iter().enumerate() {
            let error = (own.double_value(&[]) - stats.double_value(&[number as i64])).abs() / l1;
            assert!(error < tolerance, "{case}: statistic {number} of {name} differs by {error:e}");
        }
    }
}
