fn main() {
    let Some(mut build) = libtorch_link::native() else { return };
    build.opt_level(3);
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    // Elsewhere everything is left to ATen.
    let kernels = target("ARCH") == "x86_64" && target("OS") == "linux" && build.get_compiler().is_like_gnu();
    if kernels {
        build.define("CONVOLUTION_KERNELS", None);
        // ATen's parallel loops are OpenMP's in this build of it, and live in its headers: GNU's OpenMP, so not clang's.
        build.flag("-fopenmp");
    }
    build.clone().file("native/convolution.cpp").compile("convolution");
    if kernels {
        build.flag("-mavx2").flag("-mfma");
        build.clone().file("native/avx2.cpp").compile("convolution_avx2");
        build.flag("-mavx512f").flag("-mavx512vl").file("native/avx512.cpp").compile("convolution_avx512");
        println!("cargo::rustc-link-lib=gomp");
    }
}
