//! What was measured on.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

/// The machine and the programs of a measurement; what the system does not tell is empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Name of the processor, and its family and model by number, as virtual machines shorten the name.
    pub cpu: String,
    /// Cores that this process may use.
    pub cores: usize,
    /// Main memory, in bytes.
    pub memory_bytes: u64,
    /// Release of the kernel.
    pub kernel: String,
    /// Names of the GPUs, as `nvidia-smi` has them.
    pub gpus: Vec<String>,
    /// Version of libtorch.
    pub libtorch: String,
    /// Version of the compiler that built the program.
    pub rustc: String,
    /// Version of the program.
    pub version: String,
    /// Commit of the checkout, with `+` where files differ from it.
    pub commit: String,
    /// Load averages at the start, over 1, 5 and 15 minutes: far above 0 means that something else was running.
    pub load: String,
    /// When the measurement began (UTC, RFC 3339).
    pub started: String,
}

impl Machine {
    /// This machine, now.
    pub fn describe(checkout: &Path) -> Self {
        let field = |file: &str, name: &str| -> String {
            let text = fs::read_to_string(file).unwrap_or_default();
            let line = text.lines().find(|line| line.split(':').next().is_some_and(|key| key.trim() == name));
            line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let whole = |file: &str| fs::read_to_string(file).unwrap_or_default().trim().to_owned();
        let kib = field("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse::<u64>().unwrap_or(0);
        let load = whole("/proc/loadavg");
        Self {
            cpu: processor(|name| field("/proc/cpuinfo", name)),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: kib << 10,
            kernel: whole("/proc/sys/kernel/osrelease"),
            gpus: said(Command::new("nvidia-smi").args(["--query-gpu=name", "--format=csv,noheader"]))
                .lines()
                .map(str::to_owned)
                .collect(),
            libtorch: sequence::LIBTORCH.into(),
            rustc: env!("COMPILER").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            commit: commit(checkout),
            load: load.split(' ').take(3).collect::<Vec<_>>().join(" "),
            started: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        }
    }

    /// A line or two for people.
    pub fn text(&self) -> String {
        let gpus = self.gpus.iter().map(|gpu| format!(", {gpu}")).collect::<String>();
        format!(
            "{}, {} cores, {:.1} GiB{gpus}; Linux {}; libtorch {}; {}; commit {}; load {}; {}",
            self.cpu,
            self.cores,
            self.memory_bytes as f64 / (1u64 << 30) as f64,
            self.kernel,
            self.libtorch,
            self.rustc,
            self.commit,
            self.load,
            self.started,
        )
    }
}

/// Name, family and model, from what `/proc/cpuinfo` has under a name.
fn processor(field: impl Fn(&str) -> String) -> String {
    let [name, family, model] = ["model name", "cpu family", "model"].map(field);
    if family.is_empty() || model.is_empty() { name } else { format!("{name} (family {family}, model {model})") }
}

fn commit(checkout: &Path) -> String {
    let git = |arguments: &[&str]| said(Command::new("git").arg("-C").arg(checkout).args(arguments));
    let changed = if git(&["status", "--porcelain", "--untracked-files=no"]).is_empty() { "" } else { "+" };
    let commit = git(&["rev-parse", "--short=12", "HEAD"]);
    if commit.is_empty() { commit } else { format!("{commit}{changed}") }
}

/// What a program prints; nothing where it cannot be run or fails.
fn said(command: &mut Command) -> String {
    let output = command.output().ok().filter(|output| output.status.success());
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_processor_is_told_by_its_numbers_where_there_are_any() {
        let field = |name: &str| match name {
            "model name" => "AMD EPYC".to_owned(),
            "cpu family" => "25".to_owned(),
            _ => "17".to_owned(),
        };
        assert_eq!(processor(field), "AMD EPYC (family 25, model 17)");
        assert_eq!(processor(|name| if name == "model name" { "V2".into() } else { String::new() }), "V2");
    }
}
