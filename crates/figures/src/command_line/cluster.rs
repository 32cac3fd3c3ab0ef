//! The options of every figure's program for running its stages elsewhere.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use paths::StageId;
use reports::checkout;
use submission::{Count, SlurmSettings, SubmissionError};

/// Running the stages as jobs of a cluster; docs/cluster.md says how.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "On a cluster")]
pub(crate) struct ClusterOptions {
    /// Submit what is not in the store to this scheduler instead of training here
    #[arg(long, value_name = "SCHEDULER", conflicts_with_all = ["plan", "plot_only"])]
    pub submit: Option<Scheduler>,

    /// Print the scripts; write and submit nothing
    #[arg(long, requires = "submit")]
    pub dry_run: bool,

    /// Settings for Slurm, the table [slurm] of a TOML file [default: slurm.toml in the current folder or the checkout]
    #[arg(long, value_name = "FILE")]
    pub slurm_config: Option<PathBuf>,

    /// Partition of the jobs
    #[arg(long, value_name = "NAME")]
    pub partition: Option<String>,

    /// Account to charge
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,

    /// Time limit of a job, as Slurm writes it; a stage that needs longer goes back into the queue and continues
    #[arg(long, value_name = "D-HH:MM:SS")]
    pub time: Option<String>,

    /// GPUs of a job: a number, or a type and a number
    #[arg(long, value_name = "[TYPE:]N")]
    pub gpus: Option<String>,

    /// CPU cores of a job [default: the threads of a training]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub cpus: Option<u32>,

    /// Memory of a job, such as 16G
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<String>,

    /// The most jobs of one array that run at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub throttle: Option<u32>,

    /// A line of shell to run before a stage, such as "module load cuda"; may be given several times
    #[arg(long, value_name = "LINE")]
    pub setup: Vec<String>,

    /// Another option of sbatch, such as "--qos=long"; may be given several times
    #[arg(long, value_name = "OPTION", allow_hyphen_values = true)]
    pub sbatch: Vec<String>,

    /// The site's MaxArraySize [default: what scontrol says, else 1001]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_array_size: Option<u32>,

    /// Write tables, tests and figure from what is in the store; train nothing
    #[arg(long, conflicts_with_all = ["plan", "plot_only"])]
    pub collect: bool,

    /// Train this stage alone, as planned by --submit or by --plan --format jsonl into the same --store
    #[arg(long, value_name = "ID", conflicts_with_all = ["submit", "plan", "plot_only", "collect"])]
    pub stage: Option<StageId>,

    /// Read the experiment from this copy
    #[arg(long, value_name = "FILE", hide = true)]
    pub as_submitted: Option<PathBuf>,
}

/// What runs jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scheduler {
    /// Slurm, by sbatch.
    Slurm,
}

impl ClusterOptions {
    /// Whether this is a job that was submitted, which knows by itself what it belongs to: a stage, or an experiment's copy.
    pub fn is_one_job(&self) -> bool {
        self.stage.is_some() || self.as_submitted.is_some()
    }

    /// Whether reports follow on tables.
    pub fn writes_reports(&self) -> bool {
        self.collect || self.submit.is_some()
    }

    /// The settings of the file, and those of the command line over them.
    pub fn slurm(&self) -> Result<SlurmSettings, SubmissionError> {
        let usual = [PathBuf::from("slurm.toml"), checkout().join("slurm.toml")];
        let file = self.slurm_config.clone().or_else(|| usual.into_iter().find(|file| file.exists()));
        let settings = file.map(|file| SlurmSettings::read(&file)).transpose()?.unwrap_or_default();
        Ok(settings.with(SlurmSettings {
            partition: self.partition.clone(),
            account: self.account.clone(),
            time: self.time.clone(),
            gpus: self.gpus.clone().map(Count::Text),
            cpus: self.cpus,
            memory: self.memory.clone(),
            throttle: self.throttle,
            setup: self.setup.clone(),
            options: self.sbatch.clone(),
            max_array_size: self.max_array_size,
            ..SlurmSettings::default()
        }))
    }
}
