//! What several commands take, and how they find what they were given.

use std::path::{Path, PathBuf};

use clap::Args;
use paths::{SettingsPatch, StageId};
use sequence::Store;

use crate::error::InspectError;

/// The store that a command looks into.
#[derive(Args)]
pub(crate) struct StoreArgument {
    /// The store [default: runs in the checkout]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

/// A figure or an experiment whose runs a command is about.
#[derive(Args)]
pub(crate) struct ExperimentArgument {
    /// The runs of this figure instead: 3, 4, 5, 6, 8, 9, 10 or 11
    #[arg(long, value_name = "N", group = "experiment_or_figure")]
    figure: Option<u8>,

    /// The runs of this experiment file instead
    #[arg(long, value_name = "FILE", group = "experiment_or_figure")]
    experiment: Option<PathBuf>,

    /// The scale of it [default: demo, where there is one]
    #[arg(long, value_name = "NAME", requires = "experiment_or_figure")]
    scale: Option<String>,

    /// A setting that its runs were trained with in place of the file's, such as seeds=5; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = SettingsPatch::parse_assignment, requires = "experiment_or_figure")]
    set: Vec<SettingsPatch>,
}

impl ExperimentArgument {
    /// What is named, if anything.
    pub(crate) fn chosen(&self) -> Option<Chosen<'_>> {
        let of = match (self.figure, &self.experiment) {
            (Some(number), _) => Of::Figure(number),
            (None, Some(path)) => Of::File(path),
            (None, None) => return None,
        };
        Some(Chosen { of, scale: self.scale.as_deref(), set: &self.set })
    }
}

/// The experiment that a command is about.
#[derive(Clone, Copy)]
pub(crate) struct Chosen<'a> {
    pub of: Of<'a>,
    pub scale: Option<&'a str>,
    pub set: &'a [SettingsPatch],
}

#[derive(Clone, Copy)]
pub(crate) enum Of<'a> {
    Figure(u8),
    File(&'a Path),
}

/// The datasets that a command reads.
#[derive(Args)]
pub(crate) struct DataArgument {
    /// Where datasets are kept [default: data in the checkout]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl DataArgument {
    pub(crate) fn folder(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| figures::checkout().join("data"))
    }
}

impl StoreArgument {
    pub(crate) fn open(&self) -> Result<Store, InspectError> {
        let root = self.store.clone().unwrap_or_else(|| figures::checkout().join("runs"));
        if !root.exists() {
            let text = format!("there is no store {}; nothing was trained there yet", root.display());
            return Err(InspectError::Refused(text));
        }
        Ok(Store::open_to_read(&root)?)
    }
}

/// The stage whose identity begins with `prefix`.
pub(crate) fn find_stage(store: &Store, prefix: &str) -> Result<StageId, InspectError> {
    let found: Vec<StageId> =
        store.stages()?.into_iter().filter(|id| id.to_string().starts_with(&prefix.to_lowercase())).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => {
            Err(InspectError::Refused(format!("no finished stage begins with `{prefix}`; `inspect runs` lists them")))
        }
        many => Err(InspectError::Refused(format!("{} stages begin with `{prefix}`; give more digits", many.len()))),
    }
}
