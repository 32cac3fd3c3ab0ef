//! Build-script help for packages whose binaries or tests link libtorch: records where the libraries lie, so that what is
//! built runs from anywhere without `LD_LIBRARY_PATH`.
//!
//! Cargo does not hand a dependency's linker arguments on to the packages above it, so each package that links says in its
//! `build.rs`
//!
//! ```no_run
//! libtorch_link::record_library_path();
//! ```

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
