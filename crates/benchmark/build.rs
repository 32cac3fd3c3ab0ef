//! What reports name of how the program was built, and the path of libtorch.

use std::process::Command;

fn main() {
    libtorch_link::record_library_path();
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(compiler).arg("--version").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    println!("cargo::rustc-env=COMPILER={version}");
}
