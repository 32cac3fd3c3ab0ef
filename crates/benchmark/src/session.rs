//! What all parts of one call of the program share.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use tch::Device;
use tempfile::TempDir;

use crate::common::Common;
use crate::error::BenchError;
use crate::machine::Machine;
use crate::outcome::{LeftOut, Outcome, Tables};
use crate::process::line;

/// Rounds of a full and of a quick measurement.
const ROUNDS: [usize; 2] = [5, 2];

pub(crate) struct Session {
    pub quick: bool,
    pub rounds: usize,
    pub device: Device,
    pub cores: usize,
    pub checkout: PathBuf,
    pub data: PathBuf,
    pub python: PathBuf,
    out: Option<PathBuf>,
    scratch: Option<PathBuf>,
}

/// With these a newer processor computes as an older one does.
const LIMITS: [&str; 2] = ["ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA"];

/// What was typed to start this program, and what it was told of the processor.
fn own_command() -> String {
    let limits = LIMITS.iter().filter_map(|name| Some(format!("{name}={}", std::env::var(name).ok()?)));
    limits.chain(["bench".to_owned()]).chain(std::env::args().skip(1)).collect::<Vec<_>>().join(" ")
}

impl Session {
    pub fn new(common: &Common) -> Result<Self, BenchError> {
        let checkout = figures::checkout();
        let default_out = (!common.quick).then(|| checkout.join("reports").join("bench"));
        Ok(Self {
            quick: common.quick,
            rounds: common.pairs.map_or(ROUNDS[usize::from(common.quick)], usize::from),
            device: common.device.resolve().map_err(BenchError::Refused)?,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            data: common.data.clone().unwrap_or_else(|| checkout.join("data")),
            python: common
                .python
                .clone()
                .or_else(|| std::env::var_os("PYTHON").map(PathBuf::from))
                .unwrap_or_else(|| "python3".into()),
            out: common.out.clone().or(default_out),
            scratch: common.scratch.clone(),
            checkout,
        })
    }

    /// Measures a part, prints its tables and writes them.
    pub fn conclude<T: Serialize + Tables>(
        &self,
        part: &str,
        measure: impl FnOnce(&mut Vec<LeftOut>) -> Result<T, BenchError>,
    ) -> Result<(), BenchError> {
        let machine = Machine::describe(&self.checkout);
        let mut left_out = Vec::new();
        let result = measure(&mut left_out)?;
        let outcome = Outcome {
            part: part.to_owned(),
            quick: self.quick,
            command: own_command(),
            rounds: self.rounds,
            device: self.device_name(),
            machine,
            left_out,
            result,
        };
        terminal::out(outcome.text());
        if let Some(folder) = &self.out {
            outcome.write(folder)?;
            terminal::out(format_args!("Written to {}.", folder.join(format!("{part}.json")).display()));
        }
        Ok(())
    }

    /// The device as `--device` takes it.
    pub fn device_name(&self) -> String {
        match self.device {
            Device::Cuda(index) => format!("cuda:{index}"),
            _ => "cpu".into(),
        }
    }

    /// Trainings side by side by default: one a core, and on a GPU as many as the figures' programs run.
    pub fn jobs(&self) -> usize {
        if matches!(self.device, Device::Cuda(_)) { 4 } else { self.cores }
    }

    /// A temporary folder that is deleted when dropped.
    pub fn folder(&self) -> Result<TempDir, BenchError> {
        let parent = self.scratch.clone().unwrap_or_else(std::env::temp_dir);
        tempfile::Builder::new().prefix("bench-").tempdir_in(&parent).map_err(BenchError::io(&parent))
    }

    /// A program of this project, which lies beside this one.
    pub fn program(&self, name: &str) -> Result<PathBuf, BenchError> {
        let own = std::env::current_exe().map_err(BenchError::io(Path::new("bench")))?;
        let path = own.with_file_name(name);
        if path.exists() {
            return Ok(path);
        }
        Err(BenchError::Refused(format!(
            "{} is not there; build the programs with `cargo build --release --workspace`",
            path.display()
        )))
    }

    /// A committed file for measuring.
    pub fn file(&self, name: &str) -> PathBuf {
        self.checkout.join("bench").join(name)
    }

    /// A command with paths from the checkout, so that what is written says nothing of where that lies.
    pub fn shown(&self, command: &Command) -> String {
        line(command).replace(&format!("{}/", self.checkout.display()), "")
    }

    /// A progress bar on a terminal, nothing elsewhere.
    pub fn progress(&self, what: &str, length: usize) -> ProgressBar {
        let style = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} {elapsed} {msg}")
            .expect("the template is a constant that is tested by every run");
        let bar = ProgressBar::new(length as u64).with_style(style).with_prefix(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(500));
        bar
    }
}
