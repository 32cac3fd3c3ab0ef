//! Tensors from a device to memory in few transfers.

use tch::{Device, Kind, Tensor};

use crate::network::NamedTensors;

/// The tensors in CPU memory, contiguous and without gradients. From a GPU those of one type come in one transfer: each transfer waits
/// until the device has done all that it was given, and a network has a hundred tensors.
pub(crate) fn to_cpu(tensors: NamedTensors) -> NamedTensors {
    if tensors.iter().all(|(_, tensor)| tensor.device() == Device::Cpu) {
        return tensors.into_iter().map(|(name, tensor)| (name, tensor.detach().contiguous())).collect();
    }
    gathered(&tensors)
}

/// Rows of numbers of one type, as float64, in one transfer.
pub(crate) fn numbers<const N: usize>(rows: &[Tensor]) -> Vec<[f64; N]> {
    if rows.is_empty() {
        return Vec::new();
    }
    let all = Tensor::stack(rows, 0).to_device(Device::Cpu).to_kind(Kind::Double).flatten(0, -1);
    let all = Vec::<f64>::try_from(&all).expect("float64 numbers");
    all.chunks_exact(N).map(|row| row.try_into().expect("a chunk has as many numbers as a row")).collect()
}

/// Joins the tensors of each type on their device, fetches them, and takes them apart.
fn gathered(tensors: &NamedTensors) -> NamedTensors {
    let mut kinds: Vec<Kind> = Vec::new();
    for (_, tensor) in tensors {
        if !kinds.contains(&tensor.kind()) {
            kinds.push(tensor.kind());
        }
    }
    let mut fetched: Vec<Option<Tensor>> = tensors.iter().map(|_| None).collect();
    for kind in kinds {
        let of_kind: Vec<usize> = (0..tensors.len()).filter(|&at| tensors[at].1.kind() == kind).collect();
        let flat: Vec<Tensor> = of_kind.iter().map(|&at| tensors[at].1.detach().contiguous().view(-1)).collect();
        let all = Tensor::cat(&flat, 0).to_device(Device::Cpu);
        let mut start = 0;
        for at in of_kind {
            let tensor = &tensors[at].1;
            let length = tensor.numel() as i64;
            // A copy, as one that is kept would keep the memory of all.
            fetched[at] = Some(all.narrow(0, start, length).view(tensor.size().as_slice()).copy());
            start += length;
        }
    }
    let names = tensors.iter().map(|(name, _)| name.clone());
    names.zip(fetched.into_iter().map(|tensor| tensor.expect("every tensor has a type"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_joined_comes_apart_again() {
        let weights = Tensor::arange(24, (Kind::Float, Device::Cpu)).view([2, 3, 2, 2]);
        let tensors: NamedTensors = vec![
            ("channels-last".into(), weights.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2])),
            ("totals".into(), Tensor::from_slice(&[1.5f64, 2.5, 3.5])),
            ("scalar".into(), Tensor::from(7.25f32)),
            ("leaf".into(), (weights.shallow_clone() * 2.0).set_requires_grad(true)),
            ("count".into(), Tensor::from(1.0f64)),
        ];
        let found = gathered(&tensors);
        for ((name, before), (other, after)) in tensors.iter().zip(&found) {
            assert_eq!((name, before.size(), before.kind()), (other, after.size(), after.kind()));
            assert!(before.detach().equal(after) && after.is_contiguous() && !after.requires_grad(), "{name}");
        }
        let plain = to_cpu(tensors);
        assert!(plain.iter().zip(&found).all(|(a, b)| a.1.equal(&b.1) && a.1.is_contiguous()));
    }
}
