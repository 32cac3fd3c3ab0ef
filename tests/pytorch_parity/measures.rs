//! Measures of networks with the fixtures' weights, beside what PyTorch computes by their definitions in float64.

use datasets::{ChannelStatistics, ImageSet, RawImages, Selected, TaskData};
use paths::{DatasetName, LearningProcess, ModelSpec, NetworkName, Stem, Transform};
use serde_json::Value as Json;
use tch::{Device, Kind, Tensor};
use training::{
    Blueprint, Input, Measuring, Moment, NamedTensors, Network, ParameterKind, Score, Sgd, StepRecorder, Task, Value,
    measure,
};

use crate::comparison::{fill, interval, loss};
use crate::fixture::{bits, filled, json};
use crate::place::{CPU, Place};

const IMAGES: usize = 40;
const DATASET: DatasetName = DatasetName::Cifar10;

/// A network of the fixture and what PyTorch found of it.
struct Case {
    name: String,
    expected: Json,
    blueprint: Blueprint,
    slack: f64,
}

fn cases(place: &Place) -> Vec<Case> {
    let reference = json("measures.json");
    let cases = reference["cases"].as_object().unwrap();
    assert_eq!(cases.len(), 3);
    let case = |(name, expected): (&String, &Json)| Case {
        name: name.clone(),
        expected: expected.clone(),
        blueprint: Blueprint {
            spec: ModelSpec {
                network: name.parse::<NetworkName>().unwrap(),
                width: 4,
                stem: Stem::Conv7,
                ..ModelSpec::default()
            },
            input: Input::of(DATASET),
            seed: 0,
            compute: Kind::Float,
            device: place.device,
        },
        slack: place.slack,
    };
    cases.iter().map(case).collect()
}

/// The fixture's images `range` with these labels, or with its own.
fn images(range: std::ops::Range<usize>, labels: Option<&[u8]>, device: Device) -> ImageSet {
    let bytes = IMAGES * DATASET.channels() * DATASET.image_size().pow(2);
    let labels: Vec<u8> = match labels {
        Some(labels) => labels.to_vec(),
        None => (0..IMAGES as u32).map(|image| (bits("measures.labels", image) % 10) as u8).collect(),
    };
    let raw = RawImages {
        channels: DATASET.channels(),
        height: DATASET.image_size(),
        width: DATASET.image_size(),
        images: (0..bytes as u32).map(|at| bits("measures.images", at) as u8).collect(),
        labels,
    };
    let selected = Selected::new(DATASET, &raw, &range.collect::<Vec<_>>());
    let statistics = ChannelStatistics::of(&raw);
    ImageSet::prepare(&selected, &Transform::STANDARD, &statistics, true, 0, Kind::Float, device)
}

impl Case {
    fn network(&self) -> Box<dyn Network> {
        let mut network = self.blueprint.build();
        fill(&mut *network);
        network
    }

    /// The network with a tenth of another filling added to it.
    fn received(&self) -> Box<dyn Network> {
        let mut network = self.network();
        let moved = |(name, tensor): (String, Tensor)| {
            let (centre, radius) = interval(&name, &tensor.size());
            let other = filled(&format!("received.{name}"), &tensor.size(), centre, radius);
            let step = (other - centre as f32 as f64) * f64::from(0.1f32);
            let own = tensor.detach().to_device(Device::Cpu);
            let value = if name.ends_with("running_var") { own } else { own + step };
            (name, value)
        };
        let values: NamedTensors = network.tensors().into_iter().map(moved).collect();
        network.load(&values).unwrap();
        network
    }

    fn data(&self, range: std::ops::Range<usize>) -> TaskData {
        let set = || images(range.clone(), None, self.blueprint.device);
        TaskData { train: set(), validation: set(), test: set(), standard_test: set() }
    }

    /// What a measure finds of the network, received as the other one, with these images.
    fn find(&self, id: &str, at: Moment, network: &dyn Network, data: &TaskData) -> Vec<Value> {
        let task = Task { data: data.clone(), process: LearningProcess::default(), position: 1 };
        let measuring = Measuring::new(self.blueprint.clone(), &*self.received(), task);
        measure(id).unwrap().take(&measuring.view(at, network))
    }

    fn expect(&self, group: &str, name: &str) -> f64 {
        let found = &self.expected[group][name];
        found.as_f64().unwrap_or_else(|| panic!("{}: {group} has no number {name}", self.name))
    }

    /// That `found` is `expected` but for `tolerance`, relative for what is above 1.
    fn check(&self, what: &str, found: f64, expected: f64, tolerance: f64) {
        let error = (found - expected).abs() / expected.abs().max(1.0);
        assert!(error < tolerance * self.slack, "{}: {what} is {found}, PyTorch's {expected}", self.name);
    }

    /// That every number that the fixture has of `group` is there, relative to its own size.
    fn check_all(&self, group: &str, values: &[Value], names: &[&str], tolerance: f64) {
        for name in names {
            let (found, expected) = (of_network(values, name), self.expect(group, name));
            let error = (found / expected - 1.0).abs();
            assert!(error < tolerance * self.slack, "{}: {name} is {found}, PyTorch's {expected}", self.name);
        }
    }
}

fn of_network(values: &[Value], name: &str) -> f64 {
    values.iter().find(|v| v.name == name && v.subject == "network").unwrap_or_else(|| panic!("no {name}")).value
}

fn list(json: &Json) -> Vec<f64> {
    json.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

#[test]
fn curvature() {
    curvature_on(&CPU);
}

/// PyHessian's definition.
pub fn curvature_on(place: &Place) {
    for case in cases(place) {
        let values = case.find("sharpness", Moment::End, &*case.network(), &case.data(0..IMAGES));
        for (at, expected) in (1..).zip(list(&case.expected["sharpness"]["eigenvalues"])) {
            let found = of_network(&values, &format!("eigenvalue_{at}"));
            assert!((found / expected - 1.0).abs() < 1e-3 * case.slack, "{} {found} {expected}", case.name);
        }
        case.check_all("sharpness", &values, &["scaled_eigenvalue"], 1e-4);
        // An estimate, by random vectors.
        let [found, error] = ["trace", "trace_standard_error"].map(|name| of_network(&values, name));
        let expected = case.expect("sharpness", "trace");
        assert!((found - expected).abs() < 3.0 * error, "{}: trace {found} ± {error}, {expected}", case.name);
        assert!(error < 1.5 * expected, "{}: {error}", case.name);
    }
}

#[test]
fn tangent_kernel() {
    tangent_kernel_on(&CPU);
}

pub fn tangent_kernel_on(place: &Place) {
    for case in cases(place) {
        let values = case.find("tangent-kernel", Moment::End, &*case.network(), &case.data(0..12));
        let names = ["largest_eigenvalue", "trace", "effective_rank", "label_alignment"];
        case.check_all("tangent_kernel", &values, &names, 1e-4);
        let distance = of_network(&values, "distance_from_received");
        case.check("distance", distance, case.expect("tangent_kernel", "distance_from_received"), 1e-5);
    }
}

#[test]
fn units() {
    for case in cases(&CPU) {
        let values = case.find("units", Moment::End, &*case.network(), &case.data(0..IMAGES));
        for name in ["dormant_0.025", "dormant_0.1"] {
            let of_layers = values.iter().filter(|v| v.name == name && v.subject != "network");
            let found: Vec<f64> = of_layers.map(|v| v.value).collect();
            assert_eq!(found, list(&case.expected["units"][name]), "{}: {name}", case.name);
        }
        for name in ["effective_rank", "stable_rank"] {
            let found = values.iter().find(|v| v.name == name && v.subject == "features").unwrap().value;
            case.check(name, found, case.expected["units"]["features"][name].as_f64().unwrap(), 1e-4);
        }
    }
}

#[test]
fn calibration() {
    for case in cases(&CPU) {
        // Six times the logits, from six times the classifier.
        let network = case.network();
        for parameter in network.parameters() {
            if matches!(parameter.kind, ParameterKind::ClassifierWeight | ParameterKind::ClassifierBias) {
                let _ = tch::no_grad(|| parameter.tensor.shallow_clone().g_mul_scalar_(6.0));
            }
        }
        let labels: Vec<u8> = serde_json::from_value(case.expected["calibration"]["labels"].clone()).unwrap();
        let set = |range| images(range, Some(&labels), Device::Cpu);
        let data = TaskData {
            train: set(0..20),
            validation: set(0..20),
            test: set(20..IMAGES),
            standard_test: set(20..IMAGES),
        };
        let values = case.find("calibration", Moment::End, &*network, &data);
        let names = ["loss", "temperature", "loss_at_temperature", "best_temperature", "loss_at_best_temperature"];
        case.check_all("calibration", &values, &names, 1e-5);
        case.check_all("calibration", &values, &["ece", "ece_at_temperature"], 1e-5);
    }
}

#[test]
fn function_change() {
    for case in cases(&CPU) {
        let values = case.find("function-change", Moment::Start, &*case.network(), &case.data(0..IMAGES));
        for name in ["kl_divergence", "predictions_changed", "loss_rise"] {
            case.check(name, of_network(&values, name), case.expect("function_change", name), 4e-6);
        }
    }
}

#[test]
fn updates() {
    for case in cases(&CPU).into_iter().filter(|case| case.name != "all-cnn") {
        // Batch normalisation over forty values magnifies rounding.
        let tolerance = if case.name == "mlp" { 1e-5 } else { 3e-4 };
        let process = LearningProcess { lr: 0.05, momentum: 0.9, weight_decay: 1e-3, ..LearningProcess::default() };
        let (network, data) = (case.network(), case.data(0..IMAGES));
        let start = case.blueprint.copy_of(&*network);
        let mut optimiser = Sgd::new(&network.parameters(), &process);
        let mut recorder = StepRecorder::default();
        for _ in 0..5 {
            let (batch, labels) = data.train.slice(0, IMAGES, &datasets::Moves::default());
            let loss = loss(&network.forward(&batch, true), &labels);
            let gradients = Tensor::run_backward(&[&loss], optimiser.parameters(), false, false);
            let norm =
                gradients.iter().map(|g| g.square().sum(Kind::Double)).sum::<Tensor>().sqrt().to_kind(Kind::Float);
            optimiser.step(&gradients);
            let score = Score { mean_loss: loss.detach(), correct: loss.zeros_like() };
            recorder.add(StepRecorder::row(score, norm, optimiser.update_norm()));
        }
        let steps = recorder.steps(0, &*network, &optimiser);
        for (name, found) in
            [("loss", &steps.losses), ("gradient_norm", &steps.gradient_norms), ("update_norm", &steps.update_norms)]
        {
            for (found, expected) in found.iter().zip(list(&case.expected["updates"][name])) {
                case.check(name, *found, expected, tolerance);
            }
        }
        let task = Task { data, process, position: 0 };
        let measuring = Measuring::new(case.blueprint.clone(), &*start, task);
        let values = measure("displacement").unwrap().take(&measuring.view(Moment::End, &*network));
        case.check_all("updates", &values, &["displacement", "relative_displacement"], tolerance);
        if case.name == "resnet18" {
            assert_eq!(steps.turns.len(), 20);
            let mean = |of: fn(&training::Turn) -> f64| steps.turns.iter().map(of).sum::<f64>() / 20.0;
            case.check("angle", mean(|turn| turn.angle), case.expect("updates", "angular_update"), tolerance);
            case.check("rate", mean(|turn| turn.effective_rate), case.expect("updates", "effective_rate"), 1e-6);
        } else {
            assert!(steps.turns.is_empty());
        }
    }
}
