use std::path::PathBuf;

fn main() {
    libtorch_link::record_library_path();
    println!("cargo::rerun-if-changed=native");
    println!("cargo::rerun-if-env-changed=LIBTORCH_INCLUDE");
    println!("cargo::rerun-if-env-changed=LIBTORCH_CXX11_ABI");
    let Some(root) = std::env::var_os("LIBTORCH_INCLUDE").or_else(|| std::env::var_os("LIBTORCH")) else {
        return; // That there is no libtorch has been said.
    };
    let abi = std::env::var("LIBTORCH_CXX11_ABI").unwrap_or_else(|_| "1".to_owned());
    let mut build = cc::Build::new();
    build.cpp(true).std("c++17").include(PathBuf::from(root).join("include"));
    // libtorch's headers have warnings of their own.
    build.warnings(false).define("_GLIBCXX_USE_CXX11_ABI", abi.as_str());
    build.file("native/switches.cpp").compile("arithmetic_switches");
}
