//! Building and running the workspace's programs through cargo.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Context;

/// Builds a program of the workspace in the release profile and runs it in the caller's folder.
///
/// # Errors
/// Where cargo cannot be started; a failed build or run is told by the exit code.
pub fn run_binary(root: &Path, name: &str, options: impl IntoIterator<Item = OsString>) -> anyhow::Result<ExitCode> {
    let mut cargo = cargo();
    cargo.args(["run", "--quiet", "--release", "--package", "bins", "--bin", name, "--manifest-path"]);
    cargo.arg(root.join("Cargo.toml")).arg("--").args(options);
    if !root.join("target/release").join(name).exists() {
        eprintln!("Building {name} (the first build takes some minutes) …");
    }
    finish(cargo)
}

/// Runs every test of the workspace. The release profile is the one that figures use, so dependencies are built once.
///
/// # Errors
/// Where cargo cannot be started.
pub fn run_tests(root: &Path, options: impl IntoIterator<Item = OsString>) -> anyhow::Result<ExitCode> {
    let mut cargo = cargo();
    cargo.args(["test", "--workspace", "--release", "--manifest-path"]).arg(root.join("Cargo.toml")).args(options);
    finish(cargo)
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn finish(mut command: Command) -> anyhow::Result<ExitCode> {
    let status = command.status().with_context(|| format!("cannot start {}", command.get_program().display()))?;
    // A process ended by a signal has no code; shells report those as failures too.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
