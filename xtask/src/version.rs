//! Which libtorch this workspace needs.

/// The PyTorch release that the `tch` of this workspace is made for.
pub const VERSION: &str = "2.11.0";
