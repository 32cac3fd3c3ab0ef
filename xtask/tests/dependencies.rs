//! What the workspace builds on: no newer Rust than it asks for itself, and licences that `deny.toml` allows. (What the standard
//! library had in that version of Rust is looked after by clippy; `cargo deny check` says more of licences and sources.)

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Everything that is built on Linux, our own crates included.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("there are packages").clone();
    assert!(packages.len() > 100);
    packages
}

/// A version such as `1.89` or `1.89.0`, to be compared.
fn version(text: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = text.split('.').map(|part| part.parse().expect("versions are numbers")).collect();
    numbers.resize(3, 0);
    numbers
}

#[test]
fn dependencies_ask_for_no_newer_rust() {
    let ours = version(env!("CARGO_PKG_RUST_VERSION"));
    for package in packages() {
        if let Some(asked) = package["rust_version"].as_str() {
            assert!(version(asked) <= ours, "{} asks for Rust {asked}", package["name"]);
        }
    }
}

/// Whether a licence expression can be met by the allowed ones alone.
fn allows(allowed: &[String], expression: &str) -> bool {
    // Cargo once wrote `MIT/Apache-2.0`, which the lax mode reads.
    spdx::Expression::parse_mode(expression, spdx::ParseMode::LAX)
        .is_ok_and(|expression| expression.evaluate(|licence| allowed.contains(&licence.to_string())))
}

#[test]
fn licences_are_ones_that_are_allowed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").join("deny.toml");
    let text = std::fs::read_to_string(path).expect("there is deny.toml");
    let deny: toml::Table = text.parse().expect("deny.toml is TOML");
    let listed = deny["licenses"]["allow"].as_array().expect("it lists licences");
    let allowed: Vec<String> = listed.iter().filter_map(|name| Some(name.as_str()?.to_owned())).collect();
    for package in packages() {
        let licence = package["license"].as_str().unwrap_or("no licence");
        assert!(allows(&allowed, licence), "{} is licensed under {licence}", package["name"]);
    }
    assert!(allows(&allowed, "MIT/Apache-2.0") && allows(&allowed, "GPL-3.0-only OR MIT"));
    assert!(
        !allows(&allowed, "GPL-3.0-only")
            && !allows(&allowed, "MIT AND GPL-3.0-only")
            && !allows(&allowed, "no licence")
    );
}
