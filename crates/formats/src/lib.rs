//! The file formats that the datasets are published in, read with bounds and without trust.
//!
//! Every reader takes the bytes of a file and what it must hold, and gives the pixels or says what is [`Malformed`]: no
//! file makes it panic, run on, or take memory beyond a multiple of its size and of what it must hold. Nothing here
//! touches a disk, a network or libtorch, so that the fuzzers under `fuzz/` run these readers and nothing else.
//!
//! ```
//! let file = formats::samples::idx_labels(&[7, 2, 1]);
//! assert_eq!(formats::idx::read_labels(&file, "labels", 3)?, [7, 2, 1]);
//! assert!(formats::idx::read_labels(&file[..10], "labels", 3).is_err());
//! # Ok::<(), formats::Malformed>(())
//! ```

pub mod archive;
mod bounded;
pub mod cifar;
pub mod idx;
mod malformed;
pub mod mat;
mod pickle;
pub mod png_batch;
mod raw;
pub mod samples;

pub use bounded::read_at_most;
pub use malformed::Malformed;
pub use raw::{CLASSES, RawImages, check_labels};
