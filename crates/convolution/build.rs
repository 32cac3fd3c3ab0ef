//! Builds the C++ of this crate against libtorch.

fn main() {
    let Some(mut build) = libtorch_link::native() else { return };
    let kernels = libtorch_link::vector_kernels(&mut build);
    if kernels {
        build.define("CONVOLUTION_KERNELS", None);
    }
    let mut tensors = build.clone();
    if kernels {
        tensors.files(["native/direct.cpp", "native/ways.cpp", "native/winograd.cpp"]);
    }
    tensors.file("native/convolution.cpp").compile("convolution");
    if kernels {
        build.flag("-mavx2").flag("-mfma");
        build.clone().files(["native/avx2.cpp", "native/bias.cpp"]).compile("convolution_avx2");
        build.flag("-mavx512f").flag("-mavx512vl");
        build.files(["native/avx512.cpp", "native/pairs.cpp"]).compile("convolution_avx512");
    }
}
