//! The time of a figure's whole grid of runs, against PyTorch scripts that do the same grid.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::Args;
use paths::{DatasetName, Precision};
use sequence::Store;
use serde::{Deserialize, Serialize};

use crate::common::name;
use crate::common::{or_default, parse_precision};
use crate::error::BenchError;
use crate::images;
use crate::outcome::{LeftOut, Tables};
use crate::pairs::in_turns;
use crate::peer::how_to_get_it;
use crate::process::{Finished, run};
use crate::session::Session;
use crate::spread::Spread;
use crate::table::{markdown, mib};

/// Nothing that is measured takes so long.
const LIMIT: Duration = Duration::from_secs(24 * 3600);

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Options {
    /// Figures [default: 3,6; with --quick, 6]
    #[arg(long, value_delimiter = ',', value_name = "N,…", value_parser = clap::value_parser!(u8))]
    pub figures: Vec<u8>,

    /// Arithmetic of ours and of the tuned scripts; the plain script computes in fp32 [default: bf16,fp32; with --quick, bf16]
    #[arg(long, value_delimiter = ',', value_name = "NAME,…", value_parser = parse_precision)]
    pub precisions: Vec<Precision>,
}

/// Every figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub figures: Vec<FigureTimes>,
}

/// A figure's grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FigureTimes {
    pub figure: u8,
    pub sides: Vec<Side>,
    pub quotients: Vec<Quotient>,
}

/// One program that does the grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Side {
    pub name: String,
    /// The command; stores and outputs are fresh folders in each round.
    pub command: String,
    /// From its start to its end.
    pub seconds: Spread,
    /// Most memory resident at once in any round, without that of child processes.
    pub peak_resident_bytes: u64,
    /// Mean of the final test losses, to see that the sides learn alike.
    pub mean_test_loss: f64,
    /// Of ours: seconds of all stages together and the part of it in training steps, in the last round.
    pub stage_seconds: Option<f64>,
    pub step_seconds: Option<f64>,
}

/// A script's time over ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Quotient {
    pub ours: String,
    pub peer: String,
    pub seconds: Spread,
}

#[derive(Clone, Copy)]
enum Kind {
    Ours(Precision),
    Plain,
    Tuned { precision: Precision, side_by_side: bool },
}

/// What one execution of a side gives.
struct Round {
    command: String,
    finished: Finished,
    mean_test_loss: f64,
    times: Option<(f64, f64)>,
}

pub(crate) fn measure(
    session: &Session,
    options: &Options,
    left_out: &mut Vec<LeftOut>,
) -> Result<Figures, BenchError> {
    if !images::is_there(&session.data, DatasetName::Cifar10) {
        if session.quick {
            let reason = format!(
                "{} has no CIFAR-10, and a quick check fetches nothing; `cargo xtask figure 6` fetches it",
                session.data.display()
            );
            left_out.push(LeftOut { what: "all figures".into(), reason });
            return Ok(Figures { figures: Vec::new() });
        }
        // Beforehand, so that it is not in anybody's time.
        datasets::load(DatasetName::Cifar10, &session.data, &|text| terminal::err(text))?;
    }
    let both = [Precision::Bf16, Precision::Fp32];
    let precisions = or_default(&options.precisions, session.quick, &both[..1], &both);
    let mut kinds: Vec<Kind> = match torch_is_missing(&session.python) {
        None => {
            let tuned = |precision| [false, true].map(|side_by_side| Kind::Tuned { precision, side_by_side });
            std::iter::once(Kind::Plain).chain(precisions.iter().copied().flat_map(tuned)).collect()
        }
        Some(reason) => {
            let reason = format!("{reason}. {}", how_to_get_it());
            left_out.push(LeftOut { what: "the PyTorch scripts".into(), reason });
            Vec::new()
        }
    };
    kinds.extend(precisions.into_iter().map(Kind::Ours));
    let figures = or_default(&options.figures, session.quick, &[6], &[3, 6]);
    figures
        .into_iter()
        .map(|figure| grid(session, figure, &kinds))
        .collect::<Result<_, _>>()
        .map(|figures| Figures { figures })
}

/// Why a Python cannot run the scripts; `None` where it can.
fn torch_is_missing(python: &Path) -> Option<String> {
    let mut command = Command::new(python);
    command.args(["-c", "import torch, torchvision, tomllib"]);
    run(command, LIMIT).err().map(|error| error.to_string())
}

fn grid(session: &Session, figure: u8, kinds: &[Kind]) -> Result<FigureTimes, BenchError> {
    let experiment = session.file(&format!("fig{figure}.toml"));
    if !experiment.exists() {
        return Err(BenchError::Refused(format!(
            "there is no {}; figures that are timed are 3 and 6",
            experiment.display()
        )));
    }
    let progress = session.progress(&format!("figure {figure}"), session.rounds * kinds.len());
    let rounds = in_turns(0..session.rounds, kinds.len(), |side| {
        progress.set_message(kinds[side].name());
        let round = kinds[side].run(session, figure, &experiment);
        progress.inc(1);
        round
    })?;
    progress.finish_and_clear();
    let seconds: Vec<Vec<f64>> =
        rounds.iter().map(|rounds| rounds.iter().map(|round| round.finished.seconds).collect()).collect();
    let sides = kinds.iter().zip(&rounds).zip(&seconds).map(|((kind, rounds), seconds)| {
        let last = rounds.last().expect("there are two rounds or more");
        Side {
            name: kind.name(),
            command: last.command.clone(),
            seconds: Spread::of(seconds.clone()),
            peak_resident_bytes: rounds.iter().map(|round| round.finished.peak_bytes).max().unwrap_or(0),
            mean_test_loss: last.mean_test_loss,
            stage_seconds: last.times.map(|times| times.0),
            step_seconds: last.times.map(|times| times.1),
        }
    });
    let (ours, scripts): (Vec<usize>, Vec<usize>) =
        (0..kinds.len()).partition(|&side| matches!(kinds[side], Kind::Ours(_)));
    let pairs = ours.iter().flat_map(|&ours| scripts.iter().map(move |&script| (ours, script)));
    let quotients = pairs.map(|(ours, script)| Quotient {
        ours: kinds[ours].name(),
        peer: kinds[script].name(),
        seconds: Spread::of_quotients(&seconds[script], &seconds[ours]),
    });
    Ok(FigureTimes { figure, quotients: quotients.collect(), sides: sides.collect() })
}

impl Kind {
    fn name(self) -> String {
        match self {
            Self::Ours(precision) => format!("ours, {}", name(precision)),
            Self::Plain => "PyTorch script, plain".into(),
            Self::Tuned { precision, side_by_side: false } => format!("PyTorch script, tuned, {}", name(precision)),
            Self::Tuned { precision, side_by_side: true } => {
                format!("PyTorch scripts side by side, tuned, {}", name(precision))
            }
        }
    }

    fn run(self, session: &Session, figure: u8, experiment: &Path) -> Result<Round, BenchError> {
        let small: &[&str] = if session.quick {
            &["train_images=200", "test_images=100", "max_epochs=1", "seeds=1", "baseline_seeds=1"]
        } else {
            &[]
        };
        let device = session.device_name();
        let folder = session.folder()?;
        let mut command = match self {
            Self::Ours(precision) => {
                let mut command = Command::new(session.program(&format!("fig{figure}"))?);
                command.args(["--quiet", "--precision", name(precision)]);
                command.arg("--store").arg(folder.path().join("runs")).arg("--out").arg(folder.path());
                command
            }
            Self::Plain => script(session, "plain"),
            Self::Tuned { precision, side_by_side } => {
                let mut command = script(session, "tuned");
                command.args(["--precision", name(precision)]);
                if side_by_side {
                    command.args(["--processes", &session.jobs().to_string()]);
                }
                command
            }
        };
        command.arg("--experiment").arg(experiment).arg("--data").arg(&session.data).args(["--device", &device]);
        command.args(small.iter().flat_map(|setting| ["--set", setting]));
        let text = session.shown(&command);
        let finished = run(command, LIMIT)?
            .ok_or_else(|| BenchError::Process { command: text.clone(), reason: "did not end".into() })?;
        let (mean_test_loss, times) = match self {
            Self::Ours(_) => {
                let table = folder.path().join(format!("reports/own/fig{figure}/runs.csv"));
                (mean_loss_of_table(&table)?, Some(stage_times(&folder.path().join("runs"))?))
            }
            Self::Plain | Self::Tuned { .. } => (mean_loss_of_script(&finished.output, &text)?, None),
        };
        Ok(Round { command: text, finished, mean_test_loss, times })
    }
}

fn script(session: &Session, style: &str) -> Command {
    let mut command = Command::new(&session.python);
    command.arg(session.file("figure.py")).args(["--style", style]);
    // It has all cores, whatever this process was told.
    command.env_remove("OMP_NUM_THREADS");
    command
}

fn mean_loss_of_table(path: &PathBuf) -> Result<f64, BenchError> {
    #[derive(Deserialize)]
    struct Row {
        test_loss: Option<f64>,
    }
    let failed = |e: csv::Error| BenchError::Io { path: path.clone(), source: std::io::Error::other(e) };
    let rows = csv::Reader::from_path(path).map_err(failed)?.into_deserialize();
    let losses = rows.collect::<Result<Vec<Row>, _>>().map_err(failed)?;
    Ok(mean(losses.into_iter().filter_map(|row| row.test_loss)))
}

fn mean_loss_of_script(output: &str, command: &str) -> Result<f64, BenchError> {
    #[derive(Deserialize)]
    struct Last {
        test_losses: std::collections::BTreeMap<String, f64>,
    }
    let last: Last = serde_json::from_str(output.trim_end().lines().last().unwrap_or_default()).map_err(|e| {
        BenchError::Process { command: command.to_owned(), reason: format!("printed no test losses: {e}") }
    })?;
    Ok(mean(last.test_losses.into_values()))
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = values.fold((0, 0.0), |(count, sum), value| (count + 1, sum + value));
    sum / f64::from(count)
}

/// Seconds of all stages of a store together, and of their training steps.
fn stage_times(root: &Path) -> Result<(f64, f64), BenchError> {
    let store = Store::open_to_read(root)?;
    let (mut stages, mut steps) = (0.0, 0.0);
    for id in store.stages()? {
        if let Some(record) = store.record(id)? {
            stages += record.provenance.wall_seconds;
            steps += record.provenance.train_seconds;
        }
    }
    Ok((stages, steps))
}

impl Tables for Figures {
    fn tables(&self) -> String {
        if self.figures.is_empty() {
            return String::new();
        }
        let sides = self.figures.iter().flat_map(|f| {
            f.sides.iter().map(move |side| {
                let share = side.step_seconds.zip(side.stage_seconds).map(|(steps, stages)| steps / stages);
                vec![
                    format!("Figure {}: {}", f.figure, side.name),
                    side.seconds.text(1),
                    share.map_or_else(String::new, crate::table::percent),
                    mib(side.peak_resident_bytes),
                    format!("{:.3}", side.mean_test_loss),
                ]
            })
        });
        let header = ["", "seconds: median (range)", "stages' time in steps", "peak MiB", "mean test loss"];
        let mut text = markdown("Whole figures", &header, sides);
        if self.figures.iter().any(|f| !f.quotients.is_empty()) {
            let quotients = self.figures.iter().flat_map(|f| {
                f.quotients
                    .iter()
                    .map(move |q| vec![format!("Figure {}: {} / {}", f.figure, q.peer, q.ours), q.seconds.text(2)])
            });
            text += &format!("\n{}", markdown("Time of the scripts over ours", &["", "median (range)"], quotients));
        }
        text
    }
}
