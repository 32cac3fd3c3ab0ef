//! Initial weights have PyTorch's distributions.

use paths::{Init, ModelSpec, NetworkName, Stem};
use serde_json::Value;
use statrs::distribution::{ContinuousCDF, Normal, Uniform};
use tch::{Device, Kind};
use training::{Input, network};

use crate::fixture::json;

/// Draws are pooled over this many seeds, so that small layers have many values.
const SEEDS: u64 = 8;

/// Initialisations, with their names in the fixture.
const SCHEMES: [(Init, &str); 2] = [(Init::Pytorch, "default"), (Init::KaimingNormal, "kaiming_fan_out")];

fn draws(spec: &ModelSpec, channels: usize) -> Vec<(String, Vec<f64>)> {
    let input = Input { channels, side: if channels == 1 { 28 } else { 32 } };
    let mut pooled: Vec<(String, Vec<f64>)> = Vec::new();
    for seed in 0..SEEDS {
        let network = network::new(spec, input, seed, Kind::Float, Device::Cpu);
        for (number, parameter) in network.parameters().into_iter().enumerate() {
            let values =
                Vec::<f64>::try_from(parameter.tensor.detach().contiguous().view(-1).to_kind(Kind::Double)).unwrap();
            match pooled.get_mut(number) {
                Some((_, pool)) => pool.extend(values),
                None => pooled.push((parameter.name, values)),
            }
        }
    }
    pooled
}

fn resnet(width: usize, stem: Stem, init: Init) -> ModelSpec {
    ModelSpec { network: NetworkName::ResNet18, width, stem, init }
}

/// Kolmogorov–Smirnov distance of a sample from a distribution.
fn ks_distance(values: &[f64], cdf: impl Fn(f64) -> f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let gap = |(i, v): (usize, &f64)| (cdf(*v) - i as f64 / n).max((i + 1) as f64 / n - cdf(*v));
    sorted.iter().enumerate().map(gap).fold(0.0, f64::max)
}

fn check(name: &str, values: &[f64], expected: &Value) {
    let number = |key: &str| expected[key].as_f64().unwrap();
    let n = values.len() as f64;
    // Beyond this distance lies one sample in a thousand; seeds are fixed, so a pass stays a pass.
    let threshold = 1.95 / n.sqrt();
    let mean = values.iter().sum::<f64>() / n;
    let std = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    let distance = match expected["distribution"].as_str().unwrap() {
        "constant" => {
            assert!(values.iter().all(|v| *v == number("value")), "{name}");
            return;
        }
        "uniform" => {
            let bound = number("bound");
            assert!(values.iter().all(|v| v.abs() <= bound * (1.0 + 1e-6)), "{name} exceeds {bound}");
            ks_distance(values, |v| Uniform::new(-bound, bound).unwrap().cdf(v))
        }
        _ => ks_distance(values, |v| Normal::new(0.0, number("std")).unwrap().cdf(v)),
    };
    assert!(distance < threshold, "{name}: distance {distance}, threshold {threshold}");
    assert!(mean.abs() < 5.0 * number("std") / n.sqrt(), "{name}: mean {mean}");
    assert!((std / number("std") - 1.0).abs() < 5.0 / n.sqrt(), "{name}: standard deviation {std}");
}

#[test]
fn every_layer_has_pytorch_s_distribution() {
    let reference = json("init.json");
    for (init, scheme) in SCHEMES {
        for width in [8, 64] {
            let expected = &reference["expected"][width.to_string()];
            let drawn = draws(&resnet(width, Stem::Conv3, init), 3);
            assert_eq!(drawn.len(), expected.as_object().unwrap().len());
            for (name, values) in drawn {
                check(&format!("{scheme}, width {width}, {name}"), &values, &expected[&name][scheme]);
            }
        }
    }
}

#[test]
fn the_first_convolution_follows_stem_and_channels() {
    let reference = json("init.json");
    for (stem, name) in [(Stem::Conv3, "3x3"), (Stem::Conv7, "7x7")] {
        for channels in [1, 3] {
            let key = format!("{name}_c{channels}_w8");
            let expected = &reference["conv1"][&key];
            for (init, scheme) in SCHEMES {
                let drawn = draws(&resnet(8, stem, init), channels);
                check(&format!("{scheme}, {key}"), &drawn[0].1, &expected[scheme]);
            }
        }
    }
}

#[test]
fn every_layer_of_the_other_networks_has_pytorch_s_distribution() {
    let reference = json("init.json");
    for network in NetworkName::ALL.into_iter().filter(|network| *network != NetworkName::ResNet18) {
        for (channels, width) in [(1, 8), (3, 8), (3, 64)] {
            let key = format!("{network}_c{channels}_w{width}");
            let expected = &reference["networks"][&key];
            for (init, scheme) in SCHEMES {
                let spec = ModelSpec { network, width, init, ..ModelSpec::default() };
                let drawn = draws(&spec, channels);
                assert_eq!(drawn.len(), expected.as_object().unwrap().len(), "{key}");
                for (name, values) in drawn {
                    check(&format!("{scheme}, {key}, {name}"), &values, &expected[&name][scheme]);
                }
            }
        }
    }
}
