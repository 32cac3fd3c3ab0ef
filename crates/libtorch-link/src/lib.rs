//! Build-script help for packages whose binaries or tests link libtorch, and for those with C++ of their own against it.
//!
//! Cargo does not hand a dependency's linker arguments on to the packages above it, so each package that links says in its
//! `build.rs`
//!
//! ```no_run
//! libtorch_link::record_library_path();
//! ```
//!
//! so that what is built runs from anywhere without `LD_LIBRARY_PATH`.

#![allow(clippy::print_stdout, reason = "build scripts speak to cargo by standard output")]

use std::path::PathBuf;

/// Adds the `lib` folder of `LIBTORCH` to the run path of this package's binaries and tests.
///
/// Without a libtorch the build stops with a message that says how to get one; that is clearer than the linker's.
pub fn record_library_path() {
    println!("cargo::rerun-if-env-changed=LIBTORCH");
    println!("cargo::rerun-if-env-changed=LIBTORCH_LIB");
    let lib = std::env::var_os("LIBTORCH_LIB")
        .or_else(|| std::env::var_os("LIBTORCH"))
        .map(|root| PathBuf::from(root).join("lib"))
        .and_then(|lib| lib.canonicalize().ok());
    match lib {
        Some(lib) => {
            println!("cargo::rerun-if-changed={}", lib.display());
            println!("cargo::rustc-link-arg=-Wl,-rpath,{}", lib.display());
        }
        None => println!("cargo::error=libtorch is not set up; run `cargo xtask setup` once, or point LIBTORCH at one"),
    }
}

/// A compiler for C++ in the folder `native` of this package, set up for libtorch's headers and for `guard.h`, with which calls from
/// Rust tell of exceptions; the library path is recorded too.
///
/// `None` without a libtorch, which has been said.
pub fn native() -> Option<cc::Build> {
    record_library_path();
    println!("cargo::rerun-if-changed=native");
    println!("cargo::rerun-if-env-changed=LIBTORCH_INCLUDE");
    println!("cargo::rerun-if-env-changed=LIBTORCH_CXX11_ABI");
    let root = std::env::var_os("LIBTORCH_INCLUDE").or_else(|| std::env::var_os("LIBTORCH"))?;
    let include = PathBuf::from(root).join("include");
    let abi = std::env::var("LIBTORCH_CXX11_ABI").unwrap_or_else(|_| "1".to_owned());
    let mut build = cc::Build::new();
    build.cpp(true).std("c++17").include(&include).include(include.join("torch/csrc/api/include"));
    build.include(concat!(env!("CARGO_MANIFEST_DIR"), "/native"));
    // libtorch's headers have warnings of their own.
    build.warnings(false).define("_GLIBCXX_USE_CXX11_ABI", abi.as_str());
    Some(build)
}

/// The folder of CUDA's headers that `cargo xtask setup` put into the checkout; `None` where it could not. They are of the CUDA that
/// PyTorch's own builds of this libtorch are for.
pub fn cuda_headers() -> Option<PathBuf> {
    let set_up = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.libtorch"));
    println!("cargo::rerun-if-changed={}", set_up.join("set-up").display());
    let folder = set_up.join("cuda/include");
    folder.join("cuda_runtime_api.h").exists().then_some(folder)
}

/// Whether vector kernels of our own can be compiled: for x86-64 and Linux by GNU's compiler. Elsewhere everything is left to ATen.
/// Where they can, ATen's parallel loops are set up, which are OpenMP's in this build of it and live in its headers: GNU's OpenMP,
/// so not clang's.
pub fn vector_kernels(build: &mut cc::Build) -> bool {
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    let can = target("ARCH") == "x86_64" && target("OS") == "linux" && build.get_compiler().is_like_gnu();
    if can {
        build.opt_level(3).flag("-fopenmp");
        println!("cargo::rustc-link-lib=gomp");
    }
    can
}
