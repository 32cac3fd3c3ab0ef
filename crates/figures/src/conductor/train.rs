//! Training what is not in the store.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use datasets::Library;
use paths::DatasetName;
use sequence::{Plan, Store, execute, measure_missing};
use tch::Device;

use crate::command_line::Options;
use crate::conductor::live::{Both, Live};
use crate::conductor::progress::Progress;
use crate::conductor::resources::image_budget_bytes;
use crate::conductor::signals::Signals;
use crate::error::FigureError;

/// Trains what is not in the store, until everything is done or a signal comes, and shows on the page at `page` how far it is.
pub(crate) fn train(
    plan: &Plan,
    store: &Store,
    options: &Options,
    jobs: usize,
    device: Device,
    signals: &Signals,
    page: Option<&Path>,
) -> Result<sequence::Report, FigureError> {
    let progress = Arc::new(Progress::new(plan, jobs, device, options.quiet));
    let notices = progress.clone();
    let kind = training::compute_kind(plan.numerics.precision);
    let library = Library::new(options.data(), kind, device, image_budget_bytes(), move |text| notices.say(text));
    if options.quiet {
        // Terms of use are said in any case, before anything is fetched.
        unmet_terms(plan, &options.data()).for_each(terminal::err);
    }
    for raw in &options.given {
        library.preload(raw.clone());
    }
    let execution = sequence::Options {
        jobs,
        device,
        deterministic: options.deterministic,
        capture: !options.no_capture,
        checkpoint_every: Duration::from_secs(options.checkpoint_seconds.into()),
    };
    let live = page.map(|path| Live::new(path, plan, &progress));
    let events = Both(&progress, live.as_ref());
    let report = execute(plan, store, &library, &execution, &events, &signals.stop);
    let measured = match &report {
        // A job of a cluster is for its stage alone.
        Ok(report) if !report.interrupted && page.is_some() => {
            measure_missing(plan, store, &library, &execution, &events, &signals.stop).map(|_| ())
        }
        _ => Ok(()),
    };
    if let Some(live) = &live {
        live.finish(match &report {
            Ok(report) if report.failed.is_empty() && !report.interrupted => "Everything is trained.",
            _ => "Stopped; the same command goes on from here.",
        });
    }
    progress.finish();
    let mut report = report?;
    measured?;
    // One that is stopped while it measures is interrupted, too.
    report.interrupted |= !plan.measures.is_empty();
    report.interrupted &= signals.stopped();
    Ok(report)
}

/// The terms of use of datasets that are still to be fetched.
fn unmet_terms(plan: &Plan, data: &Path) -> impl Iterator<Item = &'static str> {
    let datasets: BTreeSet<DatasetName> = plan.stages.iter().map(|stage| stage.step.task.dataset).collect();
    let absent = |name: &DatasetName| !datasets::cache::path(&data.join(name.id())).exists();
    let absent: Vec<DatasetName> = datasets.into_iter().filter(absent).collect();
    absent.into_iter().filter_map(|name| datasets::registry::entry(name).terms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::ExperimentFile;

    #[test]
    fn terms_of_use_are_due_until_the_dataset_is_there() {
        let data = tempfile::tempdir().unwrap();
        let text = "name = \"t\"\ntitle = \"t\"\n[settings]\ndatasets = [\"cifar10\", \"svhn\"]\n\
                    [[conditions]]\nlabel = \"a\"\npath = [{ blur = 0.25 }, {}]\n";
        let plan = Plan::new(&ExperimentFile::parse(text).unwrap().resolve(None, &[]).unwrap());
        let due: Vec<_> = unmet_terms(&plan, data.path()).collect();
        assert!(
            matches!(due.as_slice(), [terms] if terms.contains("SVHN") && terms.contains("non-commercial")),
            "{due:?}"
        );
        let copy = datasets::cache::path(&data.path().join(DatasetName::Svhn.id()));
        std::fs::create_dir(copy.parent().unwrap()).unwrap();
        std::fs::write(copy, "").unwrap();
        assert_eq!(unmet_terms(&plan, data.path()).count(), 0);
    }
}
