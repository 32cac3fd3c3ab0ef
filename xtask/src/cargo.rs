//! Building and running the workspace's programs through cargo.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Context;

/// Where the programs are built.
pub fn release(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from).join("release")
}

/// Builds the workspace in the release profile.
///
/// The whole workspace is built, although one program may be wanted: features of shared dependencies are then the same as for
/// the tests, and nothing is built twice.
///
/// # Errors
/// Where cargo cannot be started; a failed build is told by the exit code.
pub fn build(root: &Path) -> anyhow::Result<ExitCode> {
    let program = release(root).join("figures");
    if !program.exists() {
        terminal::err("Building (the first build takes about ten minutes on two cores) …");
    }
    let mut build = cargo();
    build.args(["build", "--workspace", "--release", "--manifest-path"]).arg(root.join("Cargo.toml"));
    if program.exists() {
        build.arg("--quiet");
    }
    finish(build)
}

/// Builds the workspace and runs one of its programs in the caller's folder.
///
/// # Errors
/// Where cargo or the program cannot be started; a failed build or run is told by the exit code.
pub fn run_binary(root: &Path, name: &str, options: impl IntoIterator<Item = OsString>) -> anyhow::Result<ExitCode> {
    let built = build(root)?;
    if built != ExitCode::SUCCESS {
        return Ok(built);
    }
    let program = release(root).join(name);
    // In place of this process, so that signals and the exit code are the program's own.
    let error = Command::new(&program).args(options).exec();
    Err(error).with_context(|| format!("cannot start {}", program.display()))
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
