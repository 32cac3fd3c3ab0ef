//! Random crops, flips and images upside down against torchvision.

use datasets::transform::{shift_and_mirror, upside_down};
use tch::{Device, Kind, Tensor};

use crate::fixture::{get, json, tensors};

#[test]
fn crops_flips_and_upside_down_are_torchvisions() {
    let (reference, expected) = (json("augmentation.json"), tensors("augmentation.safetensors"));
    let padding = reference["padding"].as_i64().unwrap();
    assert_eq!(padding, paths::Augmentation::PADDING);
    // What is cut out further down and to the right shows the picture further up and to the left.
    let draw = |choice: &serde_json::Value| {
        let [top, left] = [0, 1].map(|at| choice[at].as_i64().unwrap());
        [padding - left, padding - top, i64::from(choice[2].as_bool().unwrap())]
    };
    let draws: Vec<i64> = reference["choices"].as_array().unwrap().iter().flat_map(draw).collect();
    let draws = Tensor::from_slice(&draws).view([-1, 3]);
    for dataset in ["cifar10", "fashion-mnist"] {
        let images = get(&tensors("images.safetensors"), &format!("{dataset}/images")).to_kind(Kind::Float);
        let fill = Tensor::zeros([images.size()[1]], (Kind::Float, Device::Cpu));
        let moved = shift_and_mirror(&images.permute([0, 2, 3, 1]), &draws, &fill).permute([0, 3, 1, 2]);
        let fixture = |name: &str| get(&expected, &format!("{dataset}/{name}")).to_kind(Kind::Float);
        assert!(moved.equal(&fixture("crop-and-flip")), "{dataset}");
        let all = Tensor::from_slice(&[true; 6]);
        assert!(upside_down(&images, &all).equal(&fixture("upside-down")), "{dataset}");
        assert!(upside_down(&images, &all.logical_not()).equal(&images), "{dataset}");
    }
}
