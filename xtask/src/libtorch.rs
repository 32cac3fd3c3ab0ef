//! Finding libtorch, or getting it.
//!
//! `.cargo/config.toml` points `LIBTORCH` at `.libtorch` in the checkout. That folder is filled from, in this order: the
//! `LIBTORCH` or `LIBTORCH_USE_PYTORCH` of the environment, a Python whose torch is the right version, the wheel.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};

use crate::version::VERSION;
use crate::wheel;

/// The file whose presence says that `.libtorch` is whole; it is written last.
const STAMP: &str = "set-up";

/// Makes `.libtorch` usable and returns the folder that builds use.
///
/// # Errors
/// One message that says what is missing and what to install or change.
pub fn set_up(root: &Path, cuda: bool) -> anyhow::Result<PathBuf> {
    let home = root.join(".libtorch");
    let kind = if cuda { "cuda" } else { "cpu" };
    if let Some(own) = libtorch_of_environment(&home)? {
        check_version(&own)?;
    }
    if is_set_up(&home, cuda) {
        return Ok(home);
    }
    require_compiler()?;
    let lock = File::create(root.join(".libtorch.lock")).context("cannot write in the checkout")?;
    lock.lock().context("cannot lock .libtorch.lock")?;
    if is_set_up(&home, cuda) {
        return Ok(home);
    }

    let existing = match libtorch_of_environment(&home)? {
        Some(own) => Some(own),
        None => torch_of_python(std::env::var_os("LIBTORCH_USE_PYTORCH").is_some())?,
    };
    let partial = root.join(".libtorch.partial");
    match existing {
        Some(own) if cuda && !own.join("lib/libtorch_cuda.so").exists() => bail!(
            "the libtorch in {} has no CUDA (no lib/libtorch_cuda.so); point LIBTORCH at one that has, or unset LIBTORCH and \
             leave that Python's environment to have one fetched",
            own.display()
        ),
        Some(own) => {
            terminal::err(format_args!("Using the libtorch in {}", own.display()));
            discard(&partial)?;
            fs::create_dir_all(&partial).with_context(|| format!("cannot create {}", partial.display()))?;
            for part in ["include", "lib"] {
                std::os::unix::fs::symlink(own.join(part), partial.join(part))
                    .with_context(|| format!("cannot link {} into the checkout", own.join(part).display()))?;
            }
        }
        None => wheel::install(root, &partial, cuda)?,
    }
    cuda_headers(root, &partial);
    fs::write(partial.join(STAMP), format!("{VERSION} {kind}\n")).context("cannot write in .libtorch.partial")?;
    discard(&home)?;
    fs::rename(&partial, &home).with_context(|| format!("cannot move {} into place", partial.display()))?;
    discard(&root.join(".libtorch.download"))?;
    Ok(home)
}

/// Fetches the headers of CUDA where an earlier set-up went without them.
///
/// # Errors
/// Where `.libtorch` cannot be written.
pub fn complete(root: &Path) -> anyhow::Result<()> {
    let home = root.join(".libtorch");
    if !home.join("cuda").exists() && cuda_headers(root, &home) {
        // The build looks at this file, as it has no headers to look at.
        let stamp = fs::read(home.join(STAMP)).context("cannot read .libtorch")?;
        fs::write(home.join(STAMP), stamp).context("cannot write in .libtorch")?;
        discard(&root.join(".libtorch.download"))?;
    }
    Ok(())
}

/// Puts CUDA's headers into `target`; whether that could be done. Without them everything works but the capture of steps on GPUs.
fn cuda_headers(root: &Path, target: &Path) -> bool {
    let done = wheel::cuda_headers(root, target);
    if let Err(error) = &done {
        terminal::err(format_args!(
            "CUDA's headers could not be had, which only a GPU misses (`cargo xtask setup` tries again): {error:#}"
        ));
    }
    done.is_ok()
}

fn is_set_up(home: &Path, cuda: bool) -> bool {
    let stamp = fs::read_to_string(home.join(STAMP)).unwrap_or_default();
    let whole = stamp.trim() == format!("{VERSION} cuda") || (!cuda && stamp.trim() == format!("{VERSION} cpu"));
    let cuda_is_there = home.join("lib/libtorch_cuda.so").exists();
    whole
        && (cuda_is_there || !cuda)
        && home.join("lib/libtorch_cpu.so").exists()
        && home.join("include/torch").exists()
}

/// The `LIBTORCH` that the user set. Cargo sets the variable too, to `.libtorch`, which is no answer here.
fn libtorch_of_environment(home: &Path) -> anyhow::Result<Option<PathBuf>> {
    let Some(own) = std::env::var_os("LIBTORCH").map(PathBuf::from) else { return Ok(None) };
    if own.file_name() == home.file_name()
        && own.parent().map(Path::canonicalize).and_then(Result::ok).as_deref() == home.parent()
    {
        return Ok(None);
    }
    ensure!(
        own.join("lib/libtorch_cpu.so").exists() && own.join("include/torch").exists(),
        "LIBTORCH is {}, but there is no lib/libtorch_cpu.so and include/torch in it; correct it or unset it",
        own.display()
    );
    Ok(Some(own.canonicalize()?))
}

/// Refuses a libtorch of another version, which `tch` would not compile or, worse, not run with.
fn check_version(libtorch: &Path) -> anyhow::Result<()> {
    let header = libtorch.join("include/torch/headeronly/version.h");
    let text = fs::read_to_string(&header).with_context(|| format!("cannot read {}", header.display()))?;
    let part = |name: &str| {
        let start = format!("#define TORCH_VERSION_{name} ");
        text.lines().find_map(|line| line.strip_prefix(&start)).map_or("?", str::trim)
    };
    let found = ["MAJOR", "MINOR", "PATCH"].map(part).join(".");
    ensure!(
        found == VERSION,
        "the libtorch in {} is {found}, but {VERSION} is needed; point LIBTORCH at that version, or unset it to have it fetched",
        libtorch.display()
    );
    Ok(())
}

/// The folder of torch in the environment's Python, where that is the right version.
fn torch_of_python(required: bool) -> anyhow::Result<Option<PathBuf>> {
    // Importing torch takes seconds and may fail for want of drivers, so it is only looked up.
    let script = "import importlib.util as u, importlib.metadata as m\n\
                  s = u.find_spec('torch')\n\
                  print(m.version('torch') if s else '')\n\
                  print(s.submodule_search_locations[0] if s else '')";
    let output = Command::new("python3").args(["-c", script]).output();
    let text = match &output {
        Ok(o) if o.status.success() => String::from_utf8_lossy(&o.stdout).into_owned(),
        _ => String::new(),
    };
    let (version, folder) = text.trim_end().split_once('\n').unwrap_or_default();
    let right = version == VERSION || version.starts_with(&format!("{VERSION}+"));
    if right && Path::new(folder).join("lib/libtorch_cpu.so").exists() {
        return Ok(Some(PathBuf::from(folder)));
    }
    let found = if version.is_empty() { "python3 has no torch".into() } else { format!("python3 has torch {version}") };
    if required {
        bail!(
            "LIBTORCH_USE_PYTORCH is set, but {found}; install torch=={VERSION} there, or unset it to have it fetched"
        );
    }
    if !version.is_empty() {
        terminal::err(format_args!("{found}, and {VERSION} is needed: fetching that"));
    }
    Ok(None)
}

fn require_compiler() -> anyhow::Result<()> {
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".into());
    match Command::new(&compiler).arg("--version").output() {
        Ok(output) if output.status.success() => Ok(()),
        _ => bail!(
            "there is no C++ compiler (tried `{compiler}`), and tch needs one; install g++ (Debian and Ubuntu: \
             `sudo apt-get install g++`; Fedora: `sudo dnf install gcc-c++`) or set CXX"
        ),
    }
}

fn discard(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fake_libtorch(version: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("include/torch/headeronly")).unwrap();
        fs::write(
            folder.path().join("include/torch/headeronly/version.h"),
            format!(
                "#pragma once\n{}",
                ["MAJOR", "MINOR", "PATCH"]
                    .iter()
                    .zip(version.split('.'))
                    .map(|(name, number)| { format!("#define TORCH_VERSION_{name} {number}\n") })
                    .collect::<String>()
            ),
        )
        .unwrap();
        folder
    }

    #[test]
    fn another_version_is_refused_by_name() {
        assert!(check_version(fake_libtorch(VERSION).path()).is_ok());
        let message = check_version(fake_libtorch("2.5.1").path()).unwrap_err().to_string();
        assert!(message.contains("2.5.1") && message.contains(VERSION), "{message}");
    }

    #[test]
    fn a_folder_without_its_stamp_is_not_set_up() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path();
        fs::create_dir_all(home.join("lib")).unwrap();
        fs::create_dir_all(home.join("include/torch")).unwrap();
        fs::write(home.join("lib/libtorch_cpu.so"), "").unwrap();
        assert!(!is_set_up(home, false));
        fs::write(home.join(STAMP), format!("{VERSION} cpu\n")).unwrap();
        assert!(is_set_up(home, false));
        assert!(!is_set_up(home, true));
    }
}
