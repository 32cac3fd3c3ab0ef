use std::path::PathBuf;

fn main() {
    libtorch_link::record_library_path();
    println!("cargo::rerun-if-changed=native");
    println!("cargo::rerun-if-env-changed=LIBTORCH_INCLUDE");
    println!("cargo::rerun-if-env-changed=LIBTORCH_CXX11_ABI");
    let Some(root) = std::env::var_os("LIBTORCH_INCLUDE").or_else(|| std::env::var_os("LIBTORCH")) else {
        return; // That there is no libtorch has been said.
    };
    let include = PathBuf::from(root).join("include");
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    let mut build = cc::Build::new();
    build.cpp(true).std("c++17").opt_level(3).include(&include).include(include.join("torch/csrc/api/include"));
    // libtorch's headers have warnings of their own.
    build.warnings(false);
    let abi = std::env::var("LIBTORCH_CXX11_ABI").unwrap_or_else(|_| "1".to_owned());
    build.define("_GLIBCXX_USE_CXX11_ABI", abi.as_str());
    // Elsewhere everything is left to ATen.
    let rows = target("ARCH") == "x86_64" && target("OS") == "linux" && build.get_compiler().is_like_gnu();
    if rows {
        build.define("BATCH_NORM_ROWS", None);
        // ATen's parallel loops are OpenMP's in this build of it, and live in its headers: GNU's OpenMP, so not clang's.
        build.flag("-fopenmp");
        // Whether a product is rounded before it is added to something is written out, whatever flags a user adds.
        build.flag("-ffp-contract=off");
    }
    build.clone().file("native/batch_norm.cpp").compile("batch_norm");
    if rows {
        build.flag("-mavx2").flag("-mfma").file("native/rows.cpp").compile("batch_norm_rows");
        println!("cargo::rustc-link-lib=gomp");
    }
}
