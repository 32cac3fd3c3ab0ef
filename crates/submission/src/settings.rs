//! What a site and a user decide: the `[slurm]` table of a file, and the command line over it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::SubmissionError;

/// How jobs are submitted. What is not given is left to the site's defaults.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SlurmSettings {
    /// Partition, or several separated by commas.
    pub partition: Option<String>,
    /// Partition of the last job, which needs no GPU; the others' where it is not given.
    pub collect_partition: Option<String>,
    /// Account to charge.
    pub account: Option<String>,
    /// Time limit of an element, in Slurm's notation (`MM`, `HH:MM:SS`, `D-HH:MM:SS`). A stage that needs longer is requeued
    /// and goes on.
    pub time: Option<String>,
    /// GPUs of an element: a number, or a type and a number (`a100:1`).
    pub gpus: Option<Count>,
    /// CPU cores of an element.
    pub cpus: Option<u32>,
    /// Memory of an element, in Slurm's notation (`16G`).
    pub memory: Option<String>,
    /// The most elements of one array that run at once.
    pub throttle: Option<u32>,
    /// Lines of shell that run before a stage, such as `module load`.
    pub setup: Vec<String>,
    /// More options of sbatch, as on its command line (`--qos=long`).
    pub options: Vec<String>,
    /// The site's `MaxArraySize`; asked of `scontrol` where it is not given.
    pub max_array_size: Option<u32>,
    /// The folder of sbatch, squeue and scontrol, where they are not on the PATH.
    pub bin: Option<PathBuf>,
}

/// A number, or a kind and a number.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Count {
    /// A number.
    Number(u32),
    /// As Slurm writes it: `2`, `a100:1`.
    Text(String),
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    slurm: SlurmSettings,
}

impl SlurmSettings {
    /// Reads the `[slurm]` table of a file.
    ///
    /// # Errors
    /// Where the file cannot be read, or says something that is no setting.
    pub fn read(path: &Path) -> Result<Self, SubmissionError> {
        let refuse = |reason: String| SubmissionError::Settings { path: path.to_owned(), reason };
        let text = fs::read_to_string(path).map_err(|e| refuse(e.to_string()))?;
        let file: File = toml::from_str(&text).map_err(|e| refuse(e.to_string().trim_end().to_owned()))?;
        Ok(file.slurm)
    }

    /// These settings, where `over` does not say otherwise; lines and options of both.
    #[must_use]
    pub fn with(self, over: Self) -> Self {
        Self {
            partition: over.partition.or(self.partition),
            collect_partition: over.collect_partition.or(self.collect_partition),
            account: over.account.or(self.account),
            time: over.time.or(self.time),
            gpus: over.gpus.or(self.gpus),
            cpus: over.cpus.or(self.cpus),
            memory: over.memory.or(self.memory),
            throttle: over.throttle.or(self.throttle),
            setup: [self.setup, over.setup].concat(),
            options: [self.options, over.options].concat(),
            max_array_size: over.max_array_size.or(self.max_array_size),
            bin: over.bin.or(self.bin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SlurmSettings, SubmissionError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slurm.toml");
        fs::write(&path, text).unwrap();
        SlurmSettings::read(&path)
    }

    #[test]
    fn the_command_line_goes_over_the_file() {
        let file =
            read("[slurm]\npartition = \"gpu\"\ngpus = 1\ntime = \"1:00:00\"\nsetup = [\"module load x\"]\n").unwrap();
        let over = SlurmSettings {
            partition: Some("long".into()),
            setup: vec!["export A=1".into()],
            ..SlurmSettings::default()
        };
        let settings = file.with(over);
        assert_eq!(settings.partition.as_deref(), Some("long"));
        assert_eq!(settings.gpus.unwrap().to_string(), "1");
        assert_eq!(settings.setup, ["module load x", "export A=1"]);
        assert_eq!(read("[slurm]\ngpus = \"a100:2\"\n").unwrap().gpus.unwrap().to_string(), "a100:2");
    }

    #[test]
    fn mistakes_are_shown_with_line_and_what_is_allowed() {
        for text in ["[slurm]\npartitions = \"gpu\"\n", "[slurm]\ncpus = \"many\"\n", "[slumr]\n"] {
            let message = read(text).unwrap_err().to_string();
            assert!(message.contains("slurm.toml") && message.contains("line "), "{message}");
        }
        let message = read("[slurm]\npartitions = \"gpu\"\n").unwrap_err().to_string();
        assert!(message.contains("`partition`"), "{message}");
    }
}
