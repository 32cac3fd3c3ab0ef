//! Builds the C++ of this crate against libtorch.

fn main() {
    let Some(mut build) = libtorch_link::native() else { return };
    let rows = libtorch_link::vector_kernels(&mut build);
    if rows {
        // Whether a product is rounded before it is added to something is written out, whatever flags a user adds.
        build.define("BATCH_NORM_ROWS", None).flag("-ffp-contract=off");
    }
    let mut tensors = build.clone();
    if rows {
        tensors.file("native/passes.cpp");
    }
    tensors.file("native/batch_norm.cpp").compile("batch_norm");
    if rows {
        build.flag("-mavx2").flag("-mfma").file("native/rows.cpp").compile("batch_norm_rows");
    }
}
