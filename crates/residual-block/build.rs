//! Builds the C++ of this crate against libtorch and the passes of two other crates.

fn main() {
    let Some(mut build) = libtorch_link::native() else { return };
    if libtorch_link::vector_kernels(&mut build) {
        build.define("RESIDUAL_BLOCK", None);
    }
    for crate_ in ["batch-norm", "convolution"] {
        let headers = format!("{}/../{crate_}/native", env!("CARGO_MANIFEST_DIR"));
        println!("cargo::rerun-if-changed={headers}");
        build.include(headers);
    }
    build.file("native/residual_block.cpp").compile("residual_block");
}
