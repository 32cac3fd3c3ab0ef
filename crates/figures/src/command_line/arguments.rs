//! The command line of every figure's program.

use std::path::PathBuf;

use clap::{Args, Parser, ValueEnum};
use datasets::RawDataset;
use paths::{DatasetName, Precision, SeedList, SettingsPatch};
use reports::checkout;
use training::DeviceChoice;

use super::cluster::ClusterOptions;

/// Trains what a figure needs and is not yet in the store, and draws it.
///
/// Everything trained is kept: the same command again finds it done, and an interrupted one continues where it stopped.
#[derive(Parser, Clone, Debug)]
#[command(version, max_term_width = 100)]
pub(crate) struct FigureArguments {
    /// Run this experiment file instead of the figure's own
    #[arg(long, value_name = "FILE")]
    pub experiment: Option<PathBuf>,

    #[command(flatten)]
    pub options: Options,
}

/// Trains what an experiment file of your own needs and is not yet in the store, and draws its figure.
///
/// Everything trained is kept: the same command again finds it done, and an interrupted one continues where it stopped.
#[derive(Parser, Clone, Debug)]
#[command(version, max_term_width = 100, name = "experiment")]
pub(crate) struct ExperimentArguments {
    /// The experiment, a TOML file
    #[arg(required_unless_present = "stage")]
    pub file: Option<PathBuf>,

    #[command(flatten)]
    pub options: Options,
}

/// Draws every figure of the paper, and trains what they need and is not yet in the store.
///
/// Everything trained is kept: the same command again finds it done, and an interrupted one continues where it stopped.
#[derive(Parser, Clone, Debug)]
#[command(version, max_term_width = 100, name = "figures")]
pub(crate) struct AllArguments {
    #[command(flatten)]
    pub options: Options,
}

/// What every program that trains takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// Which of the experiment's scales to run, such as smoke, demo, lite or paper [default: demo, where there is one]
    #[arg(long)]
    pub scale: Option<String>,

    /// Datasets, one panel each: cifar10, fashion-mnist, mnist, svhn
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    pub datasets: Vec<DatasetName>,

    /// Seeds of the conditions: a number of them, a list such as 0,3 or a range such as 3..6 (the baseline takes those of
    /// them that it has, unless --set baseline_seeds names others)
    #[arg(long, value_parser = SeedList::parse)]
    pub seeds: Option<SeedList>,

    /// Where to compute: auto, cpu or cuda:N
    #[arg(long, default_value = "auto")]
    pub device: DeviceChoice,

    /// Arithmetic: auto (what the experiment says), fp32, tf32 or bf16
    #[arg(long, default_value = "auto", value_parser = parse_precision)]
    pub precision: PrecisionChoice,

    /// Trainings side by side [default: as many as cores and memory allow]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// Where finished trainings are kept [default: runs in the checkout]
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,

    /// Where datasets are kept [default: data in the checkout]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Where figures/ and reports/ are written [default: the checkout]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Change a setting of the experiment; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = SettingsPatch::parse_assignment)]
    pub set: Vec<SettingsPatch>,

    /// Say what is to be trained, what is done and how long the rest may take; train nothing
    #[arg(long)]
    pub plan: bool,

    /// How --plan says it: as text, or as a line of JSON a stage for other programs that start commands (see docs/cluster.md)
    #[arg(long, requires = "plan", default_value = "text")]
    pub format: PlanFormat,

    /// Draw the figure from the table of runs in reports/; train nothing
    #[arg(long, conflicts_with = "plan")]
    pub plot_only: bool,

    /// On a GPU, use algorithms that give the same bits each time, which may be slower (on a CPU they do anyway)
    #[arg(long)]
    pub deterministic: bool,

    /// On a GPU, give it a training step operation by operation instead of as one CUDA graph; slower, and the results are the same
    #[arg(long)]
    pub no_capture: bool,

    /// A font file for letters that the figures' own typeface lacks [default: the system's fonts]
    #[arg(long, value_name = "FILE")]
    pub font: Option<PathBuf>,

    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,

    /// A page to open in a browser while it trains: how far it is, curves so far, time left [default: live.html beside the tables]
    #[arg(long, value_name = "FILE")]
    pub live: Option<PathBuf>,

    /// Least seconds between two checkpoints of a training
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    pub checkpoint_seconds: u32,

    #[command(flatten)]
    pub cluster: ClusterOptions,

    /// Datasets to use instead of those in the folder of the datasets.
    #[arg(skip)]
    pub given: Vec<RawDataset>,
}

/// How a plan is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For a person.
    Text,
    /// A line a stage, for programs.
    Jsonl,
}

/// What `--precision` asks for; `None` is what the experiment says.
pub(crate) type PrecisionChoice = Option<Precision>;

fn parse_precision(text: &str) -> Result<PrecisionChoice, String> {
    match text {
        "auto" => Ok(None),
        "fp32" => Ok(Some(Precision::Fp32)),
        "tf32" => Ok(Some(Precision::Tf32)),
        "bf16" => Ok(Some(Precision::Bf16)),
        _ => Err("allowed: auto, fp32, tf32, bf16".into()),
    }
}

impl Options {
    /// The settings that the command line changes, in the order in which they apply.
    pub fn patches(&self) -> Vec<SettingsPatch> {
        let named = SettingsPatch {
            datasets: (!self.datasets.is_empty()).then(|| self.datasets.clone()),
            seeds: self.seeds.clone(),
            precision: self.precision,
            ..SettingsPatch::default()
        };
        self.set.iter().cloned().chain([named]).collect()
    }

    /// The folder of the store.
    pub fn store(&self) -> PathBuf {
        self.store.clone().unwrap_or_else(|| checkout().join("runs"))
    }

    /// The folder of the datasets.
    pub fn data(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| checkout().join("data"))
    }

    /// The folder of `figures/` and `reports/`.
    pub fn out(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(checkout)
    }
}
