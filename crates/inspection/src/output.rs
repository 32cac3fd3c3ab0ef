//! Where findings go: to the terminal, and to files of tensors.

use std::io::Write;
use std::path::Path;

use tch::{TchError, Tensor};

use crate::error::InspectError;

/// Prints what a command found. A reader such as `head` may close its end early; that is no failure of the look.
pub(crate) fn print(bytes: &[u8]) {
    let _ = std::io::stdout().write_all(bytes);
}

/// Writes a tensor in NumPy's format.
pub(crate) fn write_npy(tensor: &Tensor, path: &Path) -> Result<(), InspectError> {
    let failed =
        |e: TchError| InspectError::Write { path: path.to_owned(), source: std::io::Error::other(e.to_string()) };
    tensor.write_npy(path).map_err(failed)
}
