//! `inspect dataset`: a dataset's official files, to be taken to another machine.

use std::path::PathBuf;

use clap::Args;
use paths::DatasetName;

use crate::common::DataArgument;
use crate::error::InspectError;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The dataset: cifar10, fashion-mnist or mnist
    dataset: DatasetName,

    /// The folder to write to; given as --data elsewhere, the dataset is found there
    #[arg(long, value_name = "DIR")]
    to: PathBuf,

    #[command(flatten)]
    data: DataArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), InspectError> {
    let raw = datasets::load(arguments.dataset, &arguments.data.folder(), &|text| terminal::err(text))?;
    let Some(files) = datasets::published(&raw) else {
        let text = format!("{} cannot be written; copy its .mat files themselves", arguments.dataset.title());
        return Err(InspectError::Refused(text));
    };
    for (path, bytes) in files {
        let path = arguments.to.join(path);
        let folder = path.parent().expect("a file lies in a folder");
        let failed = |source| InspectError::Write { path: path.clone(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
        whole_file::replace(&path, &bytes).map_err(failed)?;
        terminal::out(format_args!("Wrote {}.", path.display()));
    }
    Ok(())
}
