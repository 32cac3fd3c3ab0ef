//! Tensors as safetensors bytes.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use tch::{Kind, Tensor};

use crate::network::NamedTensors;
use crate::transfer::to_cpu;

/// Writes float32 and float64 tensors in the safetensors format, with `metadata` in the header.
///
/// # Errors
/// Where a tensor has another type or the format refuses it.
pub fn to_safetensors(tensors: &NamedTensors, metadata: HashMap<String, String>) -> Result<Vec<u8>, String> {
    let mut copies = Vec::with_capacity(tensors.len());
    let here = to_cpu(tensors.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone())).collect());
    for ((name, _), (_, tensor)) in tensors.iter().zip(here) {
        let dtype = match tensor.kind() {
            Kind::Float => Dtype::F32,
            Kind::Double => Dtype::F64,
            other => return Err(format!("`{name}` is {other:?}; only float32 and float64 are written")),
        };
        let mut bytes = vec![0; tensor.numel() * tensor.kind().elt_size_in_bytes()];
        tensor.copy_data_u8(&mut bytes, tensor.numel());
        let shape = tensor.size().iter().map(|&n| n as usize).collect();
        copies.push((name.as_str(), dtype, shape, bytes));
    }
    let mut views = Vec::with_capacity(copies.len());
    for (name, dtype, shape, bytes) in &copies {
        let shape: &Vec<usize> = shape;
        views.push((*name, TensorView::new(*dtype, shape.clone(), bytes).map_err(|e| format!("`{name}`: {e}"))?));
    }
    serialize(views, Some(metadata)).map_err(|e| e.to_string())
}

/// Reads what [`to_safetensors`] or PyTorch's safetensors wrote, sorted by name.
///
/// # Errors
/// Where the bytes are not in the format or a tensor is of a type that neither weights nor images have.
pub fn from_safetensors(bytes: &[u8]) -> Result<(NamedTensors, HashMap<String, String>), String> {
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| e.to_string())?;
    let file = SafeTensors::deserialize(bytes).map_err(|e| e.to_string())?;
    let mut tensors = NamedTensors::new();
    for (name, view) in file.iter() {
        let kind = match view.dtype() {
            Dtype::F32 => Kind::Float,
            Dtype::F64 => Kind::Double,
            Dtype::I64 => Kind::Int64,
            Dtype::U8 => Kind::Uint8,
            other => return Err(format!("`{name}` is {other:?}; float32, float64, int64 and uint8 are read")),
        };
        let shape: Vec<i64> = view.shape().iter().map(|&n| n as i64).collect();
        tensors
            .push((name.to_owned(), Tensor::f_from_data_size(view.data(), &shape, kind).map_err(|e| e.to_string())?));
    }
    tensors.sort_by(|a, b| a.0.cmp(&b.0));
    Ok((tensors, header.metadata().clone().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_come_back_as_they_were() {
        let tensors = vec![
            ("a".to_owned(), Tensor::from_slice(&[1.5f32, -2.0, 3.25, 0.0]).view([2, 2]).tr()),
            ("b".to_owned(), Tensor::from_slice(&[1e-300f64])),
        ];
        let metadata = HashMap::from([("k".to_owned(), "v".to_owned())]);
        let bytes = to_safetensors(&tensors, metadata.clone()).unwrap();
        let (back, header) = from_safetensors(&bytes).unwrap();
        assert_eq!(header, metadata);
        for ((name, tensor), (other, copy)) in tensors.iter().zip(&back) {
            assert_eq!(name, other);
            assert!(tensor.equal(copy));
        }
    }

    #[test]
    fn every_truncation_is_refused() {
        let bytes = to_safetensors(&vec![("a".to_owned(), Tensor::from_slice(&[1f32, 2.0]))], HashMap::new()).unwrap();
        for length in 0..bytes.len() {
            assert!(from_safetensors(&bytes[..length]).is_err(), "{length}");
        }
    }
}
