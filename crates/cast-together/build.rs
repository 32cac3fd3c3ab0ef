//! Builds the C++ of this crate against libtorch.

fn main() {
    if let Some(mut build) = libtorch_link::native() {
        build.file("native/cast_together.cpp").compile("cast_together");
    }
}
