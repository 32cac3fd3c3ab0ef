//! Initial weights have PyTorch's distributions.

use paths::{Init, ModelSpec, Stem};
use serde_json::Value;
use statrs::distribution::{ContinuousCDF, Normal, Uniform};
use tch::{Device, Kind};
use training::ResNet;

use crate::fixture::json;

/// Draws are pooled over this many seeds, so that small layers have many values.
const SEEDS: u64 = 8;

fn draws(width: usize, stem: Stem, channels: usize, init: Init) -> Vec<(String, Vec<f64>)> {
    let spec = ModelSpec { width, stem, init };
    let mut pooled: Vec<(String, Vec<f64>)> = Vec::new();
    for seed in 0..SEEDS {
        let network = ResNet::new(&spec, channels, seed, Kind::Float, Device::Cpu);
        for (number, (name, tensor)) in network.parameters().into_iter().enumerate() {
            let values = Vec::<f64>::try_from(tensor.detach().contiguous().view(-1).to_kind(Kind::Double)).unwrap();
            match pooled.get_mut(number) {
                Some((_, pool)) => pool.extend(values),
                None => pooled.push((name, values)),
            }
        }
    }
    pooled
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
    for (init, scheme) in [(Init::Pytorch, "default"), (Init::KaimingNormal, "kaiming_fan_out")] {
        for width in [8, 64] {
            let expected = &reference["expected"][width.to_string()];
            let drawn = draws(width, Stem::Conv3, 3, init);
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
            for (init, scheme) in [(Init::Pytorch, "default"), (Init::KaimingNormal, "kaiming_fan_out")] {
                let drawn = draws(8, stem, channels, init);
                check(&format!("{scheme}, {key}"), &drawn[0].1, &expected[scheme]);
            }
        }
    }
}
