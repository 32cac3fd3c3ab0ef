//! The version of Rust that the workspace asks for is enough for everything that it depends on. (What the standard library had in
//! that version is looked after by clippy.)

use std::process::Command;

use serde_json::Value;

/// A version such as `1.89` or `1.89.0`, to be compared.
fn version(text: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = text.split('.').map(|part| part.parse().expect("versions are numbers")).collect();
    numbers.resize(3, 0);
    numbers
}

#[test]
fn dependencies_ask_for_no_newer_rust() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let ours = version(env!("CARGO_PKG_RUST_VERSION"));
    let packages = metadata["packages"].as_array().expect("there are packages");
    assert!(packages.len() > 100);
    for package in packages {
        if let Some(asked) = package["rust_version"].as_str() {
            assert!(version(asked) <= ours, "{} asks for Rust {asked}", package["name"]);
        }
    }
}
