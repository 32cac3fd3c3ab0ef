//! Building and running the workspace's programs through cargo.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, ensure};

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
        terminal::err("Building (the first build takes five to fifteen minutes on two cores) …");
    }
    let mut build = cargo();
    build.args(["build", "--workspace", "--release", "--manifest-path"]).arg(root.join("Cargo.toml"));
    if program.exists() {
        build.arg("--quiet");
    }
    finish(build)
}

/// Builds a test that is a program of its own; where it lies.
///
/// # Errors
/// Where cargo cannot be started, the build fails, or cargo does not say what it built.
pub fn build_test(root: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let mut command = cargo();
    command.args(["test", "--no-run", "--workspace", "--release", "--test", name, "--quiet"]);
    command.args(["--message-format", "json-render-diagnostics", "--manifest-path"]).arg(root.join("Cargo.toml"));
    let output = command.stderr(Stdio::inherit()).output().context("cannot start cargo")?;
    ensure!(output.status.success(), "the test {name} cannot be built");
    executable(&String::from_utf8_lossy(&output.stdout), name)
        .with_context(|| format!("cargo built the test {name} and did not say where it is"))
}

/// The path in what cargo says, a line of JSON a target.
fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    let line = messages
        .lines()
        .find(|line| line.contains(&format!("\"name\":\"{name}\"")) && line.contains("\"executable\":\""))?;
    let (_, rest) = line.split_once("\"executable\":\"")?;
    Some(PathBuf::from(rest.split('"').next()?))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_s_path_is_found_among_cargo_s_messages() {
        let messages = "{\"target\":{\"name\":\"cuda\"},\"executable\":null}\n\
                        {\"target\":{\"name\":\"other\"},\"executable\":\"/x/other\"}\n\
                        {\"target\":{\"name\":\"cuda\"},\"executable\":\"/x/deps/cuda-1\",\"fresh\":true}\n";
        assert_eq!(executable(messages, "cuda"), Some(PathBuf::from("/x/deps/cuda-1")));
        assert_eq!(executable(messages, "none"), None);
    }
}
