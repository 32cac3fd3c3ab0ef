//! Programs, experiments and datasets in a folder, for machines without Rust, a compiler or a network.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail, ensure};

use crate::cargo;
use crate::version::VERSION;

/// Every program that a bundle has.
const PROGRAMS: [&str; 16] = [
    "bench",
    "experiment",
    "fig1",
    "fig2",
    "fig3",
    "fig4",
    "fig5",
    "fig6",
    "fig7",
    "fig8",
    "fig9",
    "fig10",
    "fig11",
    "figures",
    "inspect",
    "report",
];

/// Datasets that can be written as their official files.
pub const DATASETS: [&str; 3] = ["cifar10", "fashion-mnist", "mnist"];

/// What a bundle is to hold, and where it goes.
pub struct Order {
    /// Datasets to take along.
    pub datasets: Vec<String>,
    /// Bytes of each part, where the bundle is to be packed.
    pub part_bytes: Option<u64>,
    /// The folder to write.
    pub to: PathBuf,
}

/// Builds the programs and writes the bundle.
///
/// # Errors
/// Where the folder is not empty, a build or a dataset fails, or something cannot be written.
pub fn make(root: &Path, order: &Order) -> anyhow::Result<ExitCode> {
    let to = &order.to;
    let empty = !to.exists() || fs::read_dir(to).with_context(|| cannot("read", to))?.next().is_none();
    ensure!(empty, "{} is not empty; name a folder that is, or that is not there", to.display());
    let built = cargo::build(root)?;
    if built != ExitCode::SUCCESS {
        return Ok(built);
    }
    let folder = to.join("bundle");
    programs(root, &folder.join("bin"))?;
    let check = folder.join("bin/gpu-check");
    copy_program(&cargo::build_test(root, "cuda")?, &check)?;
    // Where they are in the checkout: the peer's scripts use those of the fixtures.
    for part in ["experiments", "bench", "tests/fixtures/pytorch"] {
        copy_files(&root.join(part), &folder.join(part))?;
    }
    for dataset in &order.datasets {
        let inspect = cargo::release(root).join("inspect");
        let mut command = Command::new(&inspect);
        command.args(["dataset", dataset, "--to"]).arg(folder.join("data"));
        succeed(&mut command).with_context(|| format!("the dataset {dataset} cannot be taken along"))?;
    }
    let glibc = glibc_needed(&folder.join("bin"))?;
    let commit = commit(root);
    let filled =
        |text: &str| text.replace("@VERSION@", VERSION).replace("@GLIBC@", &glibc).replace("@COMMIT@", &commit);
    for (name, text, executable) in [
        ("run", include_str!("bundle/run.sh"), true),
        ("first-light", include_str!("bundle/first-light.sh"), true),
        ("compare.py", include_str!("bundle/compare.py"), false),
        ("README.md", include_str!("bundle/README.md"), false),
    ] {
        write(&folder.join(name), &filled(text), executable)?;
    }
    match order.part_bytes {
        None => terminal::out(format_args!(
            "The bundle is in {}; `{}/run` starts its programs.",
            folder.display(),
            folder.display()
        )),
        Some(bytes) => {
            pack(&folder, to, bytes)?;
            terminal::out(format_args!(
                "The bundle is in {}, in parts; there, `./unpack DIR` puts it together.",
                to.display()
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn cannot(what: &str, path: &Path) -> String {
    format!("cannot {what} {}", path.display())
}

/// Copies the programs without their symbols.
fn programs(root: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| cannot("create", to))?;
    for program in PROGRAMS {
        copy_program(&cargo::release(root).join(program), &to.join(program))?;
    }
    Ok(())
}

fn copy_program(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::copy(from, to).with_context(|| cannot("write", to))?;
    // Whoever can build has binutils, but a program with symbols works as well.
    let _ = Command::new("strip").arg(to).status();
    Ok(())
}

fn copy_files(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| cannot("create", to))?;
    for entry in fs::read_dir(from).with_context(|| cannot("read", from))? {
        let path = entry?.path();
        if path.is_file() {
            let copy = to.join(path.file_name().expect("a file has a name"));
            fs::copy(&path, &copy).with_context(|| cannot("write", &copy))?;
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str, executable: bool) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| cannot("write", path))?;
    let mode = if executable { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).with_context(|| cannot("change", path))
}

fn succeed(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", command.get_program().display()))?;
    if !status.success() {
        bail!("{} failed", command.get_program().display());
    }
    Ok(())
}

/// The latest version of glibc that a program names.
fn glibc_needed(programs: &Path) -> anyhow::Result<String> {
    let mut latest = (2, 0);
    for entry in fs::read_dir(programs).with_context(|| cannot("read", programs))? {
        let path = entry?.path();
        latest = latest.max(latest_glibc(&fs::read(&path).with_context(|| cannot("read", &path))?));
    }
    Ok(format!("{}.{}", latest.0, latest.1))
}

/// The latest of the version names, such as `GLIBC_2.34`, in a program's bytes.
fn latest_glibc(program: &[u8]) -> (u32, u32) {
    const NAME: &[u8] = b"GLIBC_";
    let version = |at: usize| {
        let rest = &program[at + NAME.len()..];
        let end = rest.iter().position(|b| !b.is_ascii_digit() && *b != b'.')?;
        let (major, minor) = std::str::from_utf8(&rest[..end]).ok()?.split_once('.')?;
        Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
    };
    let starts = program.windows(NAME.len()).enumerate().filter(|(_, window)| *window == NAME);
    starts.filter_map(|(at, _)| version(at)).max().unwrap_or((2, 0))
}

/// The commit that the bundle is made from; a checkout that git does not know has none.
fn commit(root: &Path) -> String {
    let output = Command::new("git").arg("-C").arg(root).args(["describe", "--always", "--dirty"]).output();
    match output {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        _ => "unknown".to_owned(),
    }
}

/// Packs the folder into parts beside it, and removes it.
fn pack(folder: &Path, to: &Path, bytes: u64) -> anyhow::Result<()> {
    terminal::err("Packing …");
    let mut python = Command::new("python3");
    python.args(["-c", include_str!("bundle/pack.py")]).args([folder, to]).arg(bytes.to_string());
    succeed(&mut python).context("packing needs python3 with its lzma module")?;
    write(&to.join("unpack"), include_str!("bundle/unpack.sh"), true)?;
    fs::remove_dir_all(folder).with_context(|| cannot("remove", folder))
}

/// A number of bytes, such as `60M`.
///
/// # Errors
/// Says what is allowed.
pub fn parse_bytes(text: &str) -> Result<u64, String> {
    let refused = || {
        format!("`{text}` is no size; allowed are whole numbers of bytes, with K, M or G (powers of 1024), such as 60M")
    };
    let (digits, factor) = match text.chars().last() {
        Some('K') => (&text[..text.len() - 1], 1 << 10),
        Some('M') => (&text[..text.len() - 1], 1 << 20),
        Some('G') => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    let number: u64 = digits.parse().map_err(|_| refused())?;
    number
        .checked_mul(factor)
        .filter(|&bytes| bytes >= 1 << 20)
        .ok_or_else(|| format!("{}; a part has at least 1M", refused()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        assert_eq!(parse_bytes("60M"), Ok(60 << 20));
        assert_eq!(parse_bytes("2000000"), Ok(2_000_000));
        for bad in ["", "M", "1.5M", "10", "-1M", "99999999999G"] {
            assert!(parse_bytes(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_latest_glibc_counts() {
        assert_eq!(latest_glibc(b"\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.9\0GLIBCXX_3.4.30\0"), (2, 34));
        assert_eq!(latest_glibc(b"nothing"), (2, 0));
    }
}
