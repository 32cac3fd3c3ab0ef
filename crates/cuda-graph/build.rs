//! Builds the C++ of this crate into a shared library, where CUDA's headers are; an empty file stands for it elsewhere.

use std::path::{Path, PathBuf};

fn main() {
    let Some(mut build) = libtorch_link::native() else { return };
    let library = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it")).join("cuda_graph.so");
    match libtorch_link::cuda_headers() {
        Some(headers) => link(build.include(headers), &library),
        None => {
            println!(
                "cargo::warning=CUDA's headers are not there: on a GPU, steps will be given to it one operation at a time. \
                 `cargo xtask setup` fetches them"
            );
            std::fs::write(&library, "").expect("the build folder can be written");
        }
    }
}

fn link(build: &mut cc::Build, library: &Path) {
    let mut compiler = build.opt_level(2).pic(true).get_compiler().to_command();
    // What is undefined here lies in `libtorch_cuda.so` and in what that loads.
    let status = compiler.arg("-shared").arg("native/cuda_graph.cpp").arg("-o").arg(library).status();
    assert!(status.is_ok_and(|status| status.success()), "the compiler failed on native/cuda_graph.cpp");
}
