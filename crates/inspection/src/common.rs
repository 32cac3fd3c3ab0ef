//! What several commands take, and how they find what they were given.

use std::path::PathBuf;

use clap::Args;
use paths::StageId;
use sequence::Store;

use crate::error::InspectError;

/// The store that a command looks into.
#[derive(Args)]
pub(crate) struct StoreArgument {
    /// The store [default: runs in the checkout]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

/// A figure whose runs a command is about.
#[derive(Args)]
pub(crate) struct FigureArgument {
    /// The runs of this figure instead: 3, 4, 5, 6, 8, 9 or 10
    #[arg(long, value_name = "N")]
    figure: Option<u8>,

    /// The scale of the figure [default: demo]
    #[arg(long, value_name = "NAME", requires = "figure")]
    scale: Option<String>,
}

impl FigureArgument {
    /// The figure and its scale, where one is named.
    pub(crate) fn chosen(&self) -> Option<(u8, &str)> {
        self.figure.map(|number| (number, self.scale.as_deref().unwrap_or("demo")))
    }
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
