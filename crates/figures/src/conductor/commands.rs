//! The commands that jobs are given.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use training::DeviceChoice;

use crate::command_line::Options;
use crate::error::FigureError;

/// The command that trains the stage whose identity follows it, wherever it is started.
pub(crate) fn worker(options: &Options) -> Result<Vec<String>, FigureError> {
    let device = match options.device {
        DeviceChoice::Auto => "auto".to_owned(),
        DeviceChoice::Cpu => "cpu".to_owned(),
        DeviceChoice::Cuda(index) => format!("cuda:{index}"),
    };
    let mut command = vec![program()?];
    command.extend(["--store".into(), text("the store's path", &options.store())?]);
    command.extend(["--data".into(), text("the path of the datasets", &options.data())?]);
    command.extend(["--device".into(), device]);
    command.extend(options.deterministic.then(|| "--deterministic".to_owned()));
    command.extend(options.no_capture.then(|| "--no-capture".to_owned()));
    command.extend(["--checkpoint-seconds".into(), options.checkpoint_seconds.to_string(), "--stage".into()]);
    Ok(command)
}

/// The command that tabulates and draws, reading the copy of the experiment file whose path follows it: this one, but for what
/// it does with the stages.
pub(crate) fn collect() -> Result<Vec<String>, FigureError> {
    let mut command = vec![program()?];
    for argument in std::env::args_os().skip(1) {
        let text = argument.into_string().map_err(|argument| FigureError::NotPassedOn {
            what: "an argument",
            reason: format!("`{}` is not UTF-8", argument.to_string_lossy()),
        })?;
        command.push(text);
    }
    command.extend(["--collect".into(), "--as-submitted".into()]);
    Ok(command)
}

fn program() -> Result<String, FigureError> {
    let program = std::env::current_exe()
        .map_err(|e| FigureError::NotPassedOn { what: "this program's path", reason: e.to_string() })?;
    text("this program's path", &program)
}

/// A path that means the same in every folder.
pub(crate) fn absolute(what: &'static str, path: &Path) -> Result<PathBuf, FigureError> {
    std::path::absolute(path).map_err(|e| FigureError::NotPassedOn { what, reason: e.to_string() })
}

fn text(what: &'static str, path: &Path) -> Result<String, FigureError> {
    let refuse = |path: OsString| FigureError::NotPassedOn {
        what,
        reason: format!("`{}` is not UTF-8", path.to_string_lossy()),
    };
    absolute(what, path)?.into_os_string().into_string().map_err(refuse)
}
