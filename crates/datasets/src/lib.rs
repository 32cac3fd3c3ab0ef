//! The datasets of the experiments: fetched from any source that carries them, verified byte for byte, decoded.
//!
//! Results can only be compared if everyone trains on the same bytes, so this crate accepts data from wherever a
//! machine can get it (files put in place by hand, the authors' sites and mirrors, a package manager) and then
//! compares what it decoded with the published digests, on every load. A [`Library`] turns them into the transformed,
//! normalised image sets that training reads.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use paths::DatasetName;
//!
//! let mnist = datasets::load(DatasetName::Mnist, Path::new("data"), &|line| eprintln!("{line}"))?;
//! assert_eq!((mnist.train.len(), mnist.test.len()), (60_000, 10_000));
//! assert_eq!(mnist.train.images.len(), 60_000 * mnist.train.image_bytes());
//! # Ok::<(), datasets::DatasetError>(())
//! ```

mod bounded;
pub mod cache;
mod channels;
mod command;
mod decode;
pub mod digest;
pub mod download;
pub mod error;
pub mod fetch;
mod image_set;
mod labels;
mod library;
pub mod load;
mod local;
mod moved;
mod moves;
mod official;
mod origin;
mod package;
mod progress;
mod published;
pub mod raw;
pub mod registry;
mod selected;
#[cfg(test)]
mod small;
mod source;
mod split;
mod stripes;
pub mod transform;
mod transforming;
mod verify;

pub use channels::ChannelStatistics;
pub use error::DatasetError;
pub use image_set::ImageSet;
pub use library::{Library, TaskData};
pub use load::load;
pub use moves::Moves;
pub use origin::Origin;
pub use published::published;
pub use raw::{RawDataset, RawImages};
pub use registry::fingerprint;
pub use selected::Selected;
pub use split::{Split, split};
pub use stripes::stripes;
pub use transforming::transformed;
