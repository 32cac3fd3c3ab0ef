//! Files of tensors.

use std::path::Path;

use tch::{TchError, Tensor};

use crate::error::InspectError;

/// Writes a tensor in NumPy's format.
pub(crate) fn write_npy(tensor: &Tensor, path: &Path) -> Result<(), InspectError> {
    let failed =
        |e: TchError| InspectError::Write { path: path.to_owned(), source: std::io::Error::other(e.to_string()) };
    tensor.write_npy(path).map_err(failed)
}
