//! Reading fixtures, and the formula by which both sides fill tensors that are too large to store.

use std::path::PathBuf;

use serde_json::Value;
use tch::{Device, Kind, Tensor};
use training::{NamedTensors, from_safetensors};

/// The folder of fixtures, in the checkout or in a bundle.
pub fn folder() -> PathBuf {
    let checkout = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    std::env::var_os("NEGPRE_HOME").map_or_else(checkout, PathBuf::from).join("tests/fixtures/pytorch")
}

pub fn json(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder().join(name)).unwrap()).unwrap()
}

pub fn tensors(name: &str) -> NamedTensors {
    from_safetensors(&std::fs::read(folder().join(name)).unwrap()).unwrap().0
}

pub fn get<'a>(tensors: &'a NamedTensors, name: &str) -> &'a Tensor {
    &tensors.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("the fixture has no {name}")).1
}

/// Largest absolute difference.
pub fn distance(a: &Tensor, b: &Tensor) -> f64 {
    assert_eq!(a.size(), b.size());
    let here = |t: &Tensor| t.to_device(Device::Cpu).to_kind(Kind::Double);
    (here(a) - here(b)).abs().max().double_value(&[])
}

/// Euclidean norm of the difference over that of `b`.
pub fn relative(a: &Tensor, b: &Tensor) -> f64 {
    assert_eq!(a.size(), b.size());
    let here = |t: &Tensor| t.detach().to_device(Device::Cpu).to_kind(Kind::Double);
    let (a, b) = (here(a), here(b));
    (&a - &b).norm().double_value(&[]) / b.norm().double_value(&[])
}

fn stream(name: &str) -> u32 {
    name.bytes().fold(0x811C_9DC5, |h: u32, byte| (h ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn mix(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x7FEB_352D);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846C_A68B);
    x ^ (x >> 16)
}

pub fn bits(name: &str, index: u32) -> u32 {
    mix(mix(index) ^ mix(stream(name).wrapping_add(0x9E37_79B9)))
}

pub fn values(name: &str, count: usize, centre: f64, radius: f64) -> Vec<f32> {
    let t = |i| (2.0 * f64::from(bits(name, i)) + 1.0) / 4_294_967_296.0 - 1.0;
    (0..count as u32).map(|i| (centre + radius * t(i)) as f32).collect()
}

pub fn filled(name: &str, shape: &[i64], centre: f64, radius: f64) -> Tensor {
    let count = shape.iter().product::<i64>() as usize;
    Tensor::from_slice(&values(name, count, centre, radius)).view(shape)
}

#[test]
fn the_formula_is_the_scripts() {
    let reference = json("formula.json");
    for pair in reference["mix"].as_array().unwrap() {
        assert_eq!(u64::from(mix(pair[0].as_u64().unwrap() as u32)), pair[1].as_u64().unwrap());
    }
    for vector in reference["vectors"].as_array().unwrap() {
        let (name, number) = (vector["name"].as_str().unwrap(), |key: &str| vector[key].as_f64().unwrap());
        let expected: Vec<u32> =
            vector["value_bits"].as_array().unwrap().iter().map(|b| b.as_u64().unwrap() as u32).collect();
        let found: Vec<u32> = values(name, 8, number("centre"), number("radius")).iter().map(|v| v.to_bits()).collect();
        assert_eq!(found, expected, "{name}");
    }
}
