//! Blur, contrast and shift of real images against torchvision.

use datasets::transform::{blur, contrast, shift};
use tch::{Device, Kind, Tensor};

use crate::fixture::{distance, get, tensors};

const DATASETS: [&str; 2] = ["cifar10", "fashion-mnist"];
const TOLERANCE: f64 = 1e-6;

fn images(dataset: &str) -> Tensor {
    get(&tensors("images.safetensors"), &format!("{dataset}/images")).to_kind(Kind::Float) / 255.0
}

/// The fixture's tensors whose name begins with `prefix`, by the rest of the name.
fn each(prefix: &str) -> Vec<(String, Tensor)> {
    let found = tensors("transforms.safetensors").into_iter();
    found.filter_map(|(name, t)| Some((name.strip_prefix(prefix)?.to_owned(), t))).collect()
}

#[test]
fn blur_is_resize_down_and_up() {
    for dataset in DATASETS {
        let expected = each(&format!("{dataset}/blur/"));
        assert_eq!(expected.len(), 4);
        for (factor, expected) in expected {
            let error = distance(&blur(&images(dataset), factor.parse().unwrap()), &expected);
            assert!(error < TOLERANCE, "{dataset} at {factor}: {error:e}");
        }
        assert!(blur(&images(dataset), 1.0).equal(&images(dataset)));
    }
}

#[test]
fn contrast_is_adjust_contrast() {
    for dataset in DATASETS {
        let expected = each(&format!("{dataset}/contrast/"));
        assert_eq!(expected.len(), 3);
        for (level, expected) in expected {
            let error = distance(&contrast(&images(dataset), level.parse().unwrap()), &expected);
            assert!(error < TOLERANCE, "{dataset} at {level}: {error:e}");
        }
        assert!(contrast(&images(dataset), 1.0).equal(&images(dataset)));
    }
}

#[test]
fn shift_is_affine_with_a_whole_translation() {
    for dataset in DATASETS {
        let expected = each(&format!("{dataset}/shift/"));
        assert_eq!(expected.len(), 12);
        let images = images(dataset).permute([0, 2, 3, 1]);
        let fill = Tensor::zeros([images.size()[3]], (Kind::Float, Device::Cpu));
        for (offset, expected) in expected {
            let (dx, dy) = offset.split_once(',').unwrap();
            let offset: [i64; 2] = [dx.parse().unwrap(), dy.parse().unwrap()];
            let offsets = Tensor::from_slice(&offset).unsqueeze(0).repeat([images.size()[0], 1]);
            let moved = shift(&images, &offsets, &fill).permute([0, 3, 1, 2]);
            let expected = expected.to_kind(Kind::Float) / 255.0;
            assert!(moved.equal(&expected), "{dataset} by {offset:?}");
        }
    }
}
