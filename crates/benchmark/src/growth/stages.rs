//! Time of planning, of looking through the store and of reporting, against the number of stages.
//!
//! The plans are sweeps: ten seeds, and as many conditions as it takes. The stores are filled with made-up records through
//! the same door as real ones; only their weights are smaller.

use counted::counted;
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use datasets::Library;
use paths::ExperimentFile;
use sequence::{Outcome, Plan, Provenance, Record, StageFiles, Store, results};
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};
use training::{EpochLog, Evaluation, Summary, to_safetensors};

use crate::error::BenchError;
use crate::events::timed_execution;
use crate::outcome::LeftOut;
use crate::process::run;
use crate::session::Session;
use crate::spread::Spread;
use crate::table::{markdown, mib};

const SEEDS: usize = 10;
/// Epochs in a made-up log.
const EPOCHS: usize = 20;
/// Threads that fill a store: each waits for the disk most of the time.
const WRITERS: usize = 16;
/// A program that takes longer is ended, and that is the result.
const LIMIT: Duration = Duration::from_secs(1800);

/// Times at one number of stages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Times {
    pub stages: usize,
    pub runs: usize,
    /// From the experiment's text to its plan.
    pub planning_seconds: Spread,
    /// Filling the store, once, with 16 threads.
    pub publishing_seconds: f64,
    /// The executor on a plan that is done: what a repeated command waits for.
    pub survey_seconds: Spread,
    /// From the store to the rows of `runs.csv`.
    pub tabulating_seconds: Spread,
    /// `inspect runs --csv` as a process.
    pub inspect_seconds: Option<Spread>,
    pub inspect_peak_resident_bytes: u64,
    /// `report --runs` as a process.
    pub report_seconds: Option<Spread>,
    pub report_peak_resident_bytes: u64,
}

pub(super) fn measure(
    session: &Session,
    numbers: &[usize],
    left_out: &mut Vec<LeftOut>,
) -> Result<Vec<Times>, BenchError> {
    let progress = session.progress("stages", numbers.len());
    let mut times = Vec::new();
    for &number in numbers {
        progress.set_message(counted(number, "stage"));
        times.push(one(session, number, left_out)?);
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(times)
}

fn one(session: &Session, number: usize, left_out: &mut Vec<LeftOut>) -> Result<Times, BenchError> {
    let text = sweep(number);
    let repeat = |work: &mut dyn FnMut() -> Result<f64, BenchError>| {
        (0..session.rounds).map(|_| work()).collect::<Result<Vec<_>, _>>().map(Spread::of)
    };
    let planning_seconds = repeat(&mut || timed(|| Ok(plan(&text))).map(|(seconds, _)| seconds))?;
    let plan = plan(&text);

    let folder = session.folder()?;
    let root = folder.path().join("runs");
    let store = Store::open(&root)?;
    let (publishing_seconds, ()) = timed(|| fill(&plan, &store))?;
    let library = Library::new(session.data.clone(), Kind::Float, Device::Cpu, 0, |_| {});
    let survey_seconds = repeat(&mut || timed_execution(&plan, &store, &library, 1, Device::Cpu))?;
    let tabulating_seconds = repeat(&mut || timed(|| Ok(results(&plan, &store)?)).map(|(seconds, _)| seconds))?;

    let table = folder.path().join("runs.csv");
    write_table(&plan, &store, &table)?;
    let mut program = |name: &str, arguments: &[&Path], options: &[&str]| {
        let (mut seconds, mut peak) = (Vec::new(), 0);
        for _ in 0..session.rounds {
            let mut command = Command::new(session.program(name)?);
            command.args(options).args(arguments);
            let Some(finished) = run(command, LIMIT)? else {
                let what = format!("`{name}` on {}", counted(number, "stage"));
                left_out.push(LeftOut { what, reason: format!("it was ended after {} s", LIMIT.as_secs()) });
                return Ok((None, peak));
            };
            seconds.push(finished.seconds);
            peak = peak.max(finished.peak_bytes);
        }
        Ok::<_, BenchError>((Some(Spread::of(seconds)), peak))
    };
    let (inspect_seconds, inspect_peak_resident_bytes) = program("inspect", &[&root], &["runs", "--csv", "--store"])?;
    let out = folder.path().join("report");
    let (report_seconds, report_peak_resident_bytes) =
        program("report", &[Path::new("--runs"), &table, Path::new("--out"), &out], &[])?;
    Ok(Times {
        stages: plan.stages.len(),
        runs: plan.runs.len(),
        planning_seconds,
        publishing_seconds,
        survey_seconds,
        tabulating_seconds,
        inspect_seconds,
        inspect_peak_resident_bytes,
        report_seconds,
        report_peak_resident_bytes,
    })
}

fn timed<T>(work: impl FnOnce() -> Result<T, BenchError>) -> Result<(f64, T), BenchError> {
    let began = Instant::now();
    let value = work()?;
    Ok((began.elapsed().as_secs_f64(), value))
}

/// An experiment of `stages` stages, rounded up to whole conditions: a seed's baseline, its blurred first task, and a second
/// task for each condition.
fn sweep(stages: usize) -> String {
    let conditions = stages.div_ceil(SEEDS).saturating_sub(2).max(1);
    let mut text = format!(
        "name = \"sweep\"\ntitle = \"Sweep\"\n[settings]\ndatasets = [\"mnist\"]\nseeds = {SEEDS}\nbaseline_seeds = {SEEDS}\n"
    );
    for number in 0..conditions {
        let amount = (number + 1) as f64 / 1e6;
        text += &format!(
            "[[conditions]]\nlabel = \"reset by {amount}\"\npath = [{{ blur = 0.25 }}, {{ bias_reset = {amount} }}]\n"
        );
    }
    text
}

fn plan(text: &str) -> Plan {
    let experiment = ExperimentFile::parse(text).and_then(|file| file.resolve(None, &[]));
    Plan::new(&experiment.expect("a sweep is a valid experiment"))
}

/// Publishes a made-up result of every stage.
fn fill(plan: &Plan, store: &Store) -> Result<(), BenchError> {
    let tensors = vec![("fc.bias".to_owned(), Tensor::zeros([10], (Kind::Float, Device::Cpu)))];
    let weights = to_safetensors(&tensors, HashMap::new()).expect("a float32 tensor can be written");
    let epochs = epochs();
    let publish = |writer: usize| -> Result<(), BenchError> {
        for (index, stage) in plan.stages.iter().enumerate().skip(writer).step_by(WRITERS) {
            let record = Record::new(plan, stage, Outcome::Finished(summary(index)), provenance());
            store.publish(&StageFiles {
                record,
                epochs: epochs.clone(),
                measures: Vec::new(),
                weights: Some(weights.clone()),
            })?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let publish = &publish;
        let writers: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(move || publish(writer))).collect();
        writers.into_iter().try_for_each(|writer| writer.join().expect("publishing returns its errors"))
    })
}

fn summary(index: usize) -> Summary {
    // Losses that differ between runs without a pattern, and are the same in every call.
    let noise = (index.wrapping_mul(2_654_435_761) >> 7) % 1000;
    let evaluation = Evaluation { loss: 1.0 + noise as f64 / 5000.0, accuracy: 0.6, images: 10_000 };
    Summary {
        epochs: EPOCHS,
        best_epoch: EPOCHS / 2,
        carried_epoch: EPOCHS / 2,
        train: evaluation,
        validation: evaluation,
        task_test: evaluation,
        test: evaluation,
    }
}

fn provenance() -> Provenance {
    Provenance {
        deterministic: false,
        device: "cpu".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        libtorch: sequence::LIBTORCH.into(),
        host: "made up".into(),
        finished_unix_seconds: 0,
        train_seconds: 1.0,
        wall_seconds: 1.0,
        images_per_second: 1.0,
    }
}

fn epochs() -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for epoch in 1..=EPOCHS {
        let loss = 2.0 / epoch as f64;
        let log =
            EpochLog { epoch, train_loss: loss, train_accuracy: 0.6, validation_loss: loss, validation_accuracy: 0.6 };
        writer.serialize(log).expect("an epoch is a flat row");
    }
    writer.into_inner().expect("writing to memory does not fail")
}

fn write_table(plan: &Plan, store: &Store, path: &Path) -> Result<(), BenchError> {
    let failed = |e: csv::Error| BenchError::Io { path: path.to_owned(), source: std::io::Error::other(e) };
    let mut writer = csv::Writer::from_path(path).map_err(failed)?;
    for row in results(plan, store)?.0 {
        writer.serialize(row).map_err(failed)?;
    }
    writer.flush().map_err(BenchError::io(path))
}

pub(super) fn table(times: &[Times]) -> String {
    let optional =
        |spread: &Option<Spread>| spread.as_ref().map_or_else(|| format!("> {}", LIMIT.as_secs()), |s| s.text(3));
    let rows = times.iter().map(|t| {
        vec![
            format!("{}, {}", counted(t.stages, "stage"), counted(t.runs, "run")),
            t.planning_seconds.text(3),
            t.survey_seconds.text(3),
            t.tabulating_seconds.text(3),
            optional(&t.inspect_seconds),
            mib(t.inspect_peak_resident_bytes),
            optional(&t.report_seconds),
            mib(t.report_peak_resident_bytes),
        ]
    });
    let header = ["", "plan s", "survey s", "tabulate s", "inspect s", "inspect MiB", "report s", "report MiB"];
    markdown("Time and memory against stages: median (range)", &header, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_has_as_many_stages_as_asked_for() {
        for stages in [100, 1000] {
            let plan = plan(&sweep(stages));
            assert_eq!((plan.stages.len(), plan.runs.len()), (stages, stages - SEEDS));
        }
        assert_eq!(plan(&sweep(1)).stages.len(), 3 * SEEDS);
    }

    #[test]
    fn a_filled_store_is_done_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (plan, store) = (plan(&sweep(1)), Store::open(folder.path()).unwrap());
        fill(&plan, &store).unwrap();
        let (rows, missing) = results(&plan, &store).unwrap();
        assert_eq!((rows.len(), missing), (2 * SEEDS, 0));
        assert!(plan.stages.iter().all(|stage| store.verify(stage.id).is_ok() && store.has_weights(stage.id)));
    }
}
