//! What interventions make of networks with the fixtures' weights, beside what PyTorch computes by their definitions in float64.

use std::sync::Arc;

use datasets::ImageSet;
use interventions::{Draw, Situation, before_task, hooks};
use paths::{
    DatasetName, Intervention, L2Init, LearningProcess, ModelSpec, NetworkName, Redo, RescaleWeights, ResetLast,
    ResetNormalisation, ShrinkAndPerturb, Stem,
};
use serde_json::Value as Json;
use tch::{Device, Kind, Tensor};
use training::{Blueprint, Hook, Input, NamedTensors, Network, Sgd};

use crate::comparison::{fill, interval};
use crate::fixture::{bits, filled, get, json, tensors};
use crate::place::{CPU, Place};

const DATASET: DatasetName = DatasetName::Mnist;
const IMAGES: usize = 24;

/// A case of the fixture on one network.
struct Case<'a> {
    name: &'a str,
    network: &'a str,
    facts: &'a Json,
    place: &'a Place,
}

fn each_case(case: &str, place: &Place, check: impl Fn(&Case<'_>, &Json)) {
    let reference = json("interventions.json");
    let parameters = &reference["cases"][case];
    let networks = parameters["networks"].as_array().unwrap();
    assert!(!networks.is_empty());
    for network in networks {
        let network = network.as_str().unwrap();
        check(&Case { name: case, network, facts: &parameters["facts"][network], place }, parameters);
    }
}

/// A network whose tensors have the fixture's values under `prefix`, those of normalisations being fresh.
fn named(mut network: Box<dyn Network>, prefix: &str) -> Box<dyn Network> {
    let is_norm = |name: &str| network.tensors().iter().any(|(n, _)| *n == format!("{}.running_mean", layer(name)));
    let value = |(name, tensor): (String, Tensor)| {
        let shape = tensor.size();
        let (centre, radius) = interval(&name, &shape);
        let value = match name.rsplit_once('.').unwrap().1 {
            "weight" | "running_var" if is_norm(&name) => Tensor::ones(shape, (Kind::Float, Device::Cpu)),
            "bias" | "running_mean" if is_norm(&name) => Tensor::zeros(shape, (Kind::Float, Device::Cpu)),
            _ => filled(&format!("{prefix}.{name}"), &shape, centre, radius),
        };
        (name, value)
    };
    let values: NamedTensors = network.tensors().into_iter().map(value).collect();
    network.load(&values).unwrap();
    network
}

fn layer(tensor: &str) -> &str {
    tensor.rsplit_once('.').unwrap().0
}

impl Case<'_> {
    fn blueprint(&self) -> Blueprint {
        let network: NetworkName = self.network.parse().unwrap();
        let spec = ModelSpec { network, width: 4, stem: Stem::Conv7, ..ModelSpec::default() };
        Blueprint { spec, input: Input::of(DATASET), seed: 0, compute: Kind::Float, device: self.place.device }
    }

    /// The fixture's network, and what `act` makes of it in the fixture's situation.
    fn after<T>(&self, act: impl FnOnce(&mut Situation<'_>) -> T) -> (Box<dyn Network>, T) {
        let blueprint = self.blueprint();
        let mut network = blueprint.build();
        fill(&mut *network);
        let copies = |network: &dyn Network| -> Vec<Tensor> {
            network.parameters().iter().map(|p| p.tensor.detach().copy()).collect()
        };
        let (received, initial) = (copies(&*network), copies(&*named(blueprint.build(), "initial")));
        let draw: Draw = Arc::new(move |_| named(blueprint.build(), "fresh"));
        let stream = json("interventions.json")["image_stream"].as_str().unwrap().to_owned();
        let x = filled(&stream, &[IMAGES as i64, 1, 28, 28], 0.0, 2.0).to_device(self.place.device);
        let labels: Vec<i64> = (0..IMAGES as u32).map(|at| i64::from(bits("interventions.labels", at) % 10)).collect();
        let train = ImageSet::of_normalised(&x, &Tensor::from_slice(&labels).to_device(self.place.device));
        let process = LearningProcess { batch_size: 8, ..LearningProcess::default() };
        let mut situation = Situation {
            network: &mut *network,
            initial: &initial,
            received: &received,
            draw,
            train: &train,
            process: &process,
            seed: 0,
            position: 1,
            number: 0,
        };
        let result = act(&mut situation);
        (network, result)
    }

    /// Compares sums, norms and samples with the fixture's. `error` of sums is relative to the sum of absolute values, that of samples,
    /// ten times it, to their root mean square.
    fn compare(&self, found: &NamedTensors, error: f64) {
        let expected = tensors("interventions.safetensors");
        let prefix = format!("{}/{}/", self.network, self.name);
        let count = expected.iter().filter(|(name, _)| name.starts_with(&prefix)).count();
        assert_eq!(count, found.len(), "{prefix}");
        for (name, tensor) in found {
            let key = format!("{prefix}{name}");
            let expected = Vec::<f64>::try_from(get(&expected, &key)).unwrap();
            let flat = tensor.detach().to_device(Device::Cpu).contiguous().view(-1).to_kind(Kind::Double);
            let count = flat.numel() as i64;
            let places: Vec<i64> = (0..8).map(|at| at * (count - 1) / 7).collect();
            let samples = Vec::<f64>::try_from(flat.index_select(0, &Tensor::from_slice(&places))).unwrap();
            let sums = [flat.sum(Kind::Double), flat.abs().sum(Kind::Double), flat.norm()].map(|t| t.double_value(&[]));
            let scales = [expected[1], expected[1], expected[2]].into_iter();
            let rms = 10.0 * expected[2] / (count as f64).sqrt();
            for ((found, expected), scale) in sums.into_iter().chain(samples).zip(&expected).zip(scales.chain([rms; 8]))
            {
                let difference = (found - expected).abs() / scale.max(f64::MIN_POSITIVE);
                assert!(difference <= error * self.place.slack, "{key}: {found} for {expected}, {difference:e}");
            }
        }
    }
}

fn before(case: &Case<'_>, intervention: Intervention, error: f64) {
    let (network, ()) = case.after(|situation| before_task(&[intervention], situation));
    case.compare(&network.tensors(), error);
}

const EXACT: f64 = 1e-12;
const ROUNDED: f64 = 1e-6;

#[test]
fn shrink_and_perturb() {
    each_case("shrink_and_perturb", &CPU, |case, given| {
        let number = |key: &str| given[key].as_f64().unwrap();
        let remedy = ShrinkAndPerturb { shrink: number("shrink"), perturb: number("perturb") };
        assert_eq!(remedy, ShrinkAndPerturb::default());
        before(case, Intervention::ShrinkAndPerturb(remedy), ROUNDED);
    });
}

#[test]
fn dash() {
    dash_on(&CPU);
}

pub fn dash_on(place: &Place) {
    each_case("dash", place, |case, given| {
        let number = |key: &str| given[key].as_f64().unwrap();
        let remedy = paths::Dash { alpha: number("alpha"), threshold: number("threshold") };
        assert_eq!(remedy, paths::Dash::default());
        assert!(case.facts["margin"].as_f64().unwrap() > 1e-4);
        before(case, Intervention::Dash(remedy), 5.0 * ROUNDED);
    });
}

#[test]
fn reset_of_the_last_blocks() {
    for case in ["reset_last_0", "reset_last_2"] {
        each_case(case, &CPU, |case, given| {
            let blocks = given["blocks"].as_u64().unwrap() as usize;
            before(case, Intervention::ResetLast(ResetLast { blocks }), EXACT);
        });
    }
}

#[test]
fn reset_of_normalisation() {
    for case in ["reset_normalisation", "reset_normalisation_affine"] {
        each_case(case, &CPU, |case, given| {
            let affine = given["affine"].as_bool().unwrap();
            before(case, Intervention::ResetNormalisation(ResetNormalisation { affine }), EXACT);
        });
    }
}

#[test]
fn rescaling_of_weights() {
    each_case("rescale_weights", &CPU, |case, _| {
        before(case, Intervention::RescaleWeights(RescaleWeights::default()), ROUNDED);
    });
}

#[test]
fn recycling_of_dormant_units() {
    redo_on(&CPU);
}

pub fn redo_on(place: &Place) {
    each_case("redo", place, |case, given| {
        let threshold = given["threshold"][case.network].as_f64().unwrap();
        let remedy = [Intervention::Redo(Redo { threshold, every: 1 })];
        let recycled = case.facts["recycled"].as_object().unwrap();
        assert!(recycled.values().any(|units| !units.as_array().unwrap().is_empty()));
        // Before the task, and the same after an epoch, when momentum is cleared, too.
        let (network, ()) = case.after(|situation| before_task(&remedy, situation));
        let (again, momentum) = case.after(|situation| {
            let parameters = situation.network.parameters();
            let mut optimiser = Sgd::new(&parameters, situation.process);
            for ((name, buffer), parameter) in optimiser.momentum().iter().zip(&parameters) {
                let value = filled(&format!("momentum.{name}"), &parameter.tensor.size(), 0.0, 1.0);
                buffer.shallow_clone().copy_(&value);
            }
            let mut hooks: Vec<Box<dyn Hook>> = hooks(&remedy, situation);
            tch::no_grad(|| hooks[0].after_epoch(situation.network, &mut optimiser, 1));
            let named = |(name, buffer): &(String, Tensor)| (format!("momentum.{name}"), buffer.copy());
            optimiser.momentum().iter().map(named).collect::<NamedTensors>()
        });
        let pairs = || network.tensors().into_iter().zip(again.tensors());
        assert!(pairs().all(|((_, one), (_, other))| one.equal(&other)));
        case.compare(&network.tensors().into_iter().chain(momentum).collect(), EXACT);
    });
}

#[test]
fn l2_towards_the_initial_parameters() {
    each_case("l2_init", &CPU, |case, given| {
        let strength = given["strength"].as_f64().unwrap();
        let (_, gradients) = case.after(|situation| {
            let mut hooks = hooks(&[Intervention::L2Init(L2Init { strength })], situation);
            let parameters = situation.network.parameters();
            let gradient =
                |p: &training::Parameter| filled(&format!("gradient.{}", p.name), &p.tensor.size(), 0.0, 1.0);
            let mut gradients: Vec<Tensor> = parameters.iter().map(gradient).collect();
            tch::no_grad(|| hooks[0].before_step(situation.network, &mut gradients));
            parameters.iter().map(|p| format!("gradient.{}", p.name)).zip(gradients).collect::<NamedTensors>()
        });
        case.compare(&gradients, ROUNDED);
    });
}
