//! Builds the C++ of this crate against libtorch.

fn main() {
    if let Some(mut build) = libtorch_link::native() {
        build.opt_level(3).file("native/fused_sgd.cpp").compile("fused_sgd");
    }
}
