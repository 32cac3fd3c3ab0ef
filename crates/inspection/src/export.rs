//! `inspect export`: the way out, to PyTorch and to TensorBoard.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Args;
use counted::counted;
use datasets::Library;
use tch::{Device, Kind};
use training::to_safetensors;

use crate::common::{DataArgument, ExperimentArgument, StoreArgument, find_stage};
use crate::error::InspectError;
use crate::output::write_npy;
use crate::tensorboard;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The stage whose weights are written, or the first digits of it, as `inspect runs` shows
    #[arg(required_unless_present = "tensorboard", requires = "to", conflicts_with_all = ["figure", "experiment"])]
    stage: Option<String>,

    /// The file to write them to
    #[arg(long, value_name = "FILE", requires = "stage")]
    to: Option<PathBuf>,

    /// Instead write what happened in every epoch as event files for TensorBoard: a folder a run, of the paths in the store, or of
    /// the conditions of a figure or an experiment
    #[arg(long, value_name = "DIR", conflicts_with_all = ["stage", "images"])]
    tensorboard: Option<PathBuf>,

    #[command(flatten)]
    experiment: ExperimentArgument,

    /// Also write the normalised test images that the record's test loss is of, as float32 N×C×H×W
    #[arg(long, value_name = "FILE", requires = "labels")]
    images: Option<PathBuf>,

    /// Also write their labels, as int64 N
    #[arg(long, value_name = "FILE", requires = "images")]
    labels: Option<PathBuf>,

    #[command(flatten)]
    store: StoreArgument,

    #[command(flatten)]
    data: DataArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), InspectError> {
    let store = arguments.store.open()?;
    if let Some(folder) = &arguments.tensorboard {
        return tensorboard::write(&store, arguments.experiment.chosen(), folder);
    }
    let (Some(stage), Some(to)) = (&arguments.stage, &arguments.to) else {
        unreachable!("the command line asks for a stage and a file");
    };
    let id = find_stage(&store, stage)?;
    if !store.has_weights(id) {
        let reason = match store.record(id)? {
            Some(record) if record.summary().is_none() => "it diverged",
            _ => "they were dropped by `inspect clean`",
        };
        return Err(InspectError::Refused(format!("stage {} has no weights: {reason}", id.short())));
    }
    if let (Some(images), Some(labels)) = (&arguments.images, &arguments.labels) {
        let record = store.record(id)?.expect("a stage that was found has a record");
        let library = Library::new(arguments.data.folder(), Kind::Float, Device::Cpu, 0, |text| terminal::err(text));
        let test = library.task_data(&record.task, &record.data)?.standard_test;
        let (x, y) = test.slice(0, test.len(), &datasets::Moves::default());
        write_npy(&x.contiguous(), images)?;
        write_npy(&y, labels)?;
        terminal::out(format_args!(
            "Wrote {} to {} and their labels to {}.",
            counted(test.len(), "test image"),
            images.display(),
            labels.display()
        ));
    }
    let weights = store.weights(id)?;
    let metadata = HashMap::from([("stage".to_owned(), id.to_string())]);
    let bytes = to_safetensors(&weights, metadata).map_err(InspectError::Refused)?;
    std::fs::write(to, bytes).map_err(|source| InspectError::Write { path: to.clone(), source })?;
    let (tensors, stage, to) = (counted(weights.len(), "tensor"), id.short(), to.display());
    terminal::out(format_args!("Wrote {tensors} of stage {stage} to {to}."));
    Ok(())
}
