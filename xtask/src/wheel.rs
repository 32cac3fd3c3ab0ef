//! libtorch out of the Python wheel.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};

use crate::version::VERSION;

/// What a CPU machine needs of the wheel's `torch/lib`. The CUDA build's `libtorch_cpu.so` names two CUDA libraries, which
/// have small wheels of their own.
const CPU_LIBRARIES: [&str; 4] = ["libtorch_cpu.so", "libc10.so", "libtorch.so", "libgomp.so.1"];
const CPU_WHEELS: [&str; 2] = ["nvidia-cuda-runtime==13.0.96", "nvidia-cuda-cupti==13.0.85"];
/// Wheels whose headers of CUDA's runtime libtorch's own headers for CUDA include.
const HEADER_WHEELS: [&str; 2] = [CPU_WHEELS[0], "nvidia-cuda-crt==13.0.88"];
const CPU_CUDA_LIBRARIES: [&str; 2] = ["libcudart.so.13", "libcupti.so.13"];

/// What archives may hold: without CUDA, and with it.
const CPU_LIMITS: Limits = Limits { wheel_bytes: 2 << 30, unpacked_bytes: 4 << 30, files: 50_000 };
const CUDA_LIMITS: Limits = Limits { wheel_bytes: 4 << 30, unpacked_bytes: 16 << 30, files: 50_000 };

/// Bounds beyond which a wheel is not what it should be.
#[derive(Clone, Copy)]
struct Limits {
    /// Size of one wheel.
    wheel_bytes: u64,
    /// Size of what is unpacked of all wheels.
    unpacked_bytes: u64,
    /// Number of files that are unpacked.
    files: u64,
}

/// Downloads the wheels and unpacks the needed files to `target/include` and `target/lib`.
///
/// # Errors
/// Without pip, without a network, on another platform, or on a full disk, each with what to do.
pub fn install(root: &Path, target: &Path, cuda: bool) -> anyhow::Result<()> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        bail!(
            "libtorch is fetched for Linux on x86-64 only, and this is {} on {}. Unpack libtorch {VERSION} for this machine (or \
             install torch {VERSION} in a Python; its folder torch has it) and point LIBTORCH at it: the folder with include/ and \
             lib/. docs/running.md says under \"Other platforms\" what is slower or missing there",
            std::env::consts::OS,
            std::env::consts::ARCH
        );
    }
    require_pip()?;
    let downloads = root.join(".libtorch.download");
    fs::create_dir_all(&downloads).with_context(|| format!("cannot create {}", downloads.display()))?;

    let torch = format!("torch=={VERSION}");
    if cuda {
        terminal::err(format_args!("Downloading torch {VERSION} and its CUDA libraries (several gigabytes) …"));
        pip_download(&downloads, &[&torch], true)?;
    } else {
        terminal::err(format_args!("Downloading torch {VERSION} (0.5 GB) …"));
        pip_download(&downloads, &[&torch, CPU_WHEELS[0], CPU_WHEELS[1]], false)?;
    }

    terminal::err("Unpacking …");
    if target.exists() {
        fs::remove_dir_all(target).with_context(|| format!("cannot remove {}", target.display()))?;
    }
    let mut limits = if cuda { CUDA_LIMITS } else { CPU_LIMITS };
    for wheel in wheels_in(&downloads)? {
        unpack(&wheel, target, |member| place_of(member, cuda), &mut limits)?;
    }
    if !target.join("lib/libtorch_cpu.so").exists() {
        bail!("the torch wheel had no lib/libtorch_cpu.so; remove {} and try again", downloads.display());
    }
    Ok(())
}

/// Puts the headers of CUDA's runtime into `target/cuda/include`: what captures steps on a GPU is compiled with them, on machines without
/// CUDA, too.
///
/// # Errors
/// As of [`install`].
pub fn cuda_headers(root: &Path, target: &Path) -> anyhow::Result<()> {
    require_pip()?;
    let downloads = root.join(".libtorch.download/cuda-headers");
    fs::create_dir_all(&downloads).with_context(|| format!("cannot create {}", downloads.display()))?;
    pip_download(&downloads, &HEADER_WHEELS, false)?;
    let mut limits = CPU_LIMITS;
    for wheel in wheels_in(&downloads)? {
        unpack(&wheel, target, place_of_header, &mut limits)?;
    }
    Ok(())
}

/// Where a header of CUDA goes, relative to the target; `None` for everything else.
fn place_of_header(member: &str) -> Option<PathBuf> {
    let header = safe(member)?.strip_prefix("nvidia/cu13/include/")?;
    Some(Path::new("cuda/include").join(header))
}

fn require_pip() -> anyhow::Result<()> {
    match Command::new("python3").args(["-m", "pip", "--version"]).output() {
        Ok(output) if output.status.success() => Ok(()),
        _ => bail!(
            "libtorch is fetched with pip, and `python3 -m pip` does not run; install it (Debian and Ubuntu: `sudo apt-get \
             install python3-pip`) or get libtorch {VERSION} yourself and point LIBTORCH at it"
        ),
    }
}

/// Runs pip, which shows its own progress, keeps whole files only, and checks their hashes.
fn pip_download(folder: &Path, requirements: &[&str], dependencies: bool) -> anyhow::Result<()> {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--only-binary=:all:", "--disable-pip-version-check"]);
    // The C++ parts of the wheel do not depend on the Python, so one that surely exists is named.
    pip.args(["--python-version", "3.12", "--implementation", "cp", "--abi", "cp312"]);
    // pip takes the named platforms literally: a wheel for an older glibc has to be allowed by its own name.
    for minor in (5..=28).rev() {
        pip.arg("--platform").arg(format!("manylinux_2_{minor}_x86_64"));
    }
    for old in ["manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64"] {
        pip.args(["--platform", old]);
    }
    if !dependencies {
        pip.arg("--no-deps");
    }
    pip.arg("--dest").arg(folder).args(requirements);
    let status = pip.status().context("cannot start python3")?;
    if !status.success() {
        bail!(
            "pip could not download {} (its reason is above). If the network or the disk was at fault, run the same command \
             again: it goes on where it stopped",
            requirements.join(", ")
        );
    }
    Ok(())
}

fn wheels_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut wheels = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "whl") {
            wheels.push(path);
        }
    }
    wheels.sort();
    Ok(wheels)
}

/// Writes the wanted members of a wheel below `target`, and takes them off the limits.
fn unpack(
    wheel: &Path,
    target: &Path,
    place_of: impl Fn(&str) -> Option<PathBuf>,
    limits: &mut Limits,
) -> anyhow::Result<()> {
    let file = File::open(wheel).with_context(|| format!("cannot open {}", wheel.display()))?;
    let too_large = |what: &str| {
        format!(
            "{} {what} than any torch wheel; remove it, check where pip fetches from, and try again",
            wheel.display()
        )
    };
    let wheel_bytes = file.metadata().with_context(|| format!("cannot read {}", wheel.display()))?.len();
    ensure!(wheel_bytes <= limits.wheel_bytes, too_large("is larger"));
    let damaged = || format!("{} is not a whole wheel; remove it and try again", wheel.display());
    let mut archive = zip::ZipArchive::new(io::BufReader::new(file)).with_context(damaged)?;
    for index in 0..archive.len() {
        let member = archive.by_index(index).with_context(damaged)?;
        // A link's content is a path: it is not written, and not followed.
        if member.is_symlink() {
            continue;
        }
        let Some(place) = place_of(&member.name().with_context(damaged)?) else { continue };
        limits.files = limits.files.checked_sub(1).with_context(|| too_large("holds more files"))?;
        let path = target.join(place);
        let folder = path.parent().expect("a place has a folder");
        fs::create_dir_all(folder).map_err(|e| explain(e, folder))?;
        let mut out = File::create(&path).map_err(|e| explain(e, &path))?;
        let expected = member.size();
        let most = limits.unpacked_bytes.saturating_add(1);
        let written = io::copy(&mut io::Read::take(member, most), &mut out).map_err(|e| explain(e, &path))?;
        limits.unpacked_bytes =
            limits.unpacked_bytes.checked_sub(written).with_context(|| too_large("unpacks to more"))?;
        if written != expected {
            bail!(
                "{}: {} has {written} bytes, {expected} expected; remove the wheel and try again",
                wheel.display(),
                path.display()
            );
        }
    }
    Ok(())
}

/// The name of a member, unless it is an unusual one, so that no archive can write elsewhere.
fn safe(member: &str) -> Option<&str> {
    let usual = |part: &str| !part.is_empty() && part != "." && part != "..";
    member.split('/').all(usual).then_some(member)
}

/// Where a member of a wheel goes, relative to the target; `None` for what is not needed.
fn place_of(member: &str, cuda: bool) -> Option<PathBuf> {
    let member = safe(member)?;
    if let Some(header) = member.strip_prefix("torch/include/") {
        return Some(Path::new("include").join(header));
    }
    let library = member.rsplit('/').next()?;
    let wanted = match member.strip_prefix("torch/lib/") {
        Some(name) if cuda => !name.contains('/') && name.contains(".so") && name != "libtorch_python.so",
        Some(name) => CPU_LIBRARIES.contains(&name),
        None if cuda => member.starts_with("nvidia/") && library.contains(".so"),
        None => CPU_CUDA_LIBRARIES.contains(&library),
    };
    wanted.then(|| Path::new("lib").join(library))
}

fn explain(error: io::Error, path: &Path) -> anyhow::Error {
    if error.kind() == io::ErrorKind::StorageFull {
        anyhow::anyhow!(
            "the disk is full: cannot write {}; free about 3 GB there and run the same command again",
            path.display()
        )
    } else {
        anyhow::Error::new(error).context(format!("cannot write {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_needed_files_have_a_place() {
        let cpu = |name| place_of(name, false).map(|p| p.display().to_string());
        assert_eq!(cpu("torch/lib/libtorch_cpu.so").as_deref(), Some("lib/libtorch_cpu.so"));
        assert_eq!(cpu("nvidia/cu13/lib/libcudart.so.13").as_deref(), Some("lib/libcudart.so.13"));
        assert_eq!(cpu("torch/include/ATen/ATen.h").as_deref(), Some("include/ATen/ATen.h"));
        assert_eq!(cpu("torch/lib/libtorch_cuda.so"), None);
        assert_eq!(cpu("torch/nn/__init__.py"), None);
        assert_eq!(place_of("torch/lib/libtorch_cuda.so", true), Some("lib/libtorch_cuda.so".into()));
        let header = |name| place_of_header(name).map(|p| p.display().to_string());
        assert_eq!(
            header("nvidia/cu13/include/crt/host_defines.h").as_deref(),
            Some("cuda/include/crt/host_defines.h")
        );
        assert_eq!(header("nvidia/cu13/lib/libcudart.so.13"), None);
    }

    /// A wheel of files, each a name and its content, and of links, each a name and where it leads.
    fn wheel(folder: &Path, files: &[(&str, &[u8])], links: &[(&str, &str)]) -> PathBuf {
        use std::io::Write;
        let path = folder.join("test.whl");
        let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
        let options = zip::write::SimpleFileOptions::default();
        for (name, content) in files {
            zip.start_file(*name, options).unwrap();
            zip.write_all(content).unwrap();
        }
        for (name, to) in links {
            zip.add_symlink(*name, *to, options).unwrap();
        }
        zip.finish().unwrap();
        path
    }

    /// Every file below a folder.
    fn files_in(folder: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { files.extend(files_in(&path)) } else { files.push(path) }
        }
        files
    }

    const SMALL: Limits = Limits { wheel_bytes: 1 << 20, unpacked_bytes: 1000, files: 3 };

    #[test]
    fn a_hostile_wheel_writes_nothing_outside_and_no_link() {
        let folder = tempfile::tempdir().unwrap();
        let files: [(&str, &[u8]); 5] = [
            ("torch/include/../../../outside", b"x"),
            ("/torch/include/absolute", b"x"),
            ("torch/include//double", b"x"),
            ("../torch/lib/libc10.so", b"x"),
            ("torch/include/good.h", b"good"),
        ];
        let links = [("torch/include/link", "/etc"), ("torch/lib/libc10.so", "../../../outside")];
        let wheel = wheel(folder.path(), &files, &links);
        let target = folder.path().join("a/b/target");
        let mut limits = SMALL;
        unpack(&wheel, &target, |member| place_of(member, false), &mut limits).unwrap();
        assert_eq!(limits.files, SMALL.files - 1);
        assert_eq!(files_in(&folder.path().join("a")), [target.join("include/good.h")]);
        assert_eq!(fs::read(target.join("include/good.h")).unwrap(), b"good");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_wheel_beyond_its_limits_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        let message = |files: &[(&str, &[u8])], mut limits: Limits| {
            let wheel = wheel(folder.path(), files, &[]);
            unpack(&wheel, &target, |member| place_of(member, false), &mut limits).unwrap_err().to_string()
        };
        let bomb = vec![0; 1 << 20];
        assert!(message(&[("torch/include/bomb.h", &bomb)], SMALL).contains("unpacks to more"));
        let half = vec![0; 600];
        let halves: [(&str, &[u8]); 2] = [("torch/include/a.h", &half), ("torch/include/b.h", &half)];
        assert!(message(&halves, SMALL).contains("unpacks to more"));
        let many: Vec<String> = (0..4).map(|number| format!("torch/include/{number}.h")).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert!(message(&many, SMALL).contains("more files"));
        assert!(message(&halves, Limits { wheel_bytes: 10, ..SMALL }).contains("is larger"));
    }

    #[test]
    fn no_member_leaves_the_target() {
        for name in [
            "torch/include/../../../etc/x",
            "/torch/include/x",
            "torch/include//etc/x",
            "torch/include/./x",
            "../torch/lib/libc10.so",
        ] {
            assert_eq!(place_of(name, false), None, "{name}");
            assert_eq!(place_of_header(&name.replace("torch/include", "nvidia/cu13/include")), None, "{name}");
        }
    }
}
