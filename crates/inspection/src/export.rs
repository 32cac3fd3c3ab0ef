//! `inspect export`: the way out, to PyTorch.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Args;
use training::to_safetensors;

use crate::{InspectError, StoreArgument, find_stage};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The stage, or the first digits of it, as `inspect runs` shows
    stage: String,

    /// The file to write
    #[arg(long, value_name = "FILE")]
    to: PathBuf,

    #[command(flatten)]
    store: StoreArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), InspectError> {
    let store = arguments.store.open()?;
    let id = find_stage(&store, &arguments.stage)?;
    if !store.has_weights(id) {
        let reason = match store.record(id)? {
            Some(record) if record.summary().is_none() => "it diverged",
            _ => "they were dropped by `inspect clean`",
        };
        return Err(InspectError::Refused(format!("stage {} has no weights: {reason}", id.short())));
    }
    let weights = store.weights(id)?;
    let metadata = HashMap::from([("stage".to_owned(), id.to_string())]);
    let bytes = to_safetensors(&weights, metadata).map_err(InspectError::Refused)?;
    std::fs::write(&arguments.to, bytes).map_err(|source| InspectError::Write { path: arguments.to.clone(), source })?;
    println!("Wrote {} tensors of stage {} to {}.", weights.len(), id.short(), arguments.to.display());
    Ok(())
}
