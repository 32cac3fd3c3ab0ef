//! Images a second of bare training steps, against PyTorch.

use clap::{Args, ValueEnum};
use paths::Precision;
use serde::{Deserialize, Serialize};

use crate::bare::{self, BareSteps, side_by_side};
use crate::common::{or_default, parse_precision};
use crate::error::BenchError;
use crate::outcome::{LeftOut, Tables};
use crate::pairs::in_turns;
use crate::peak::{self, Peak};
use crate::peer::{Forgotten, Measured, Peer, Ready, Request};
use crate::session::Session;
use crate::spread::Spread;
use crate::table::{markdown, percent};

/// Steps before anything is timed.
const WARM_UP: usize = 3;

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Options {
    /// Widths of the ResNet-18 [default: 8,16,64; with --quick, 8]
    #[arg(long, value_delimiter = ',', value_name = "N,…")]
    pub widths: Vec<usize>,

    /// Images a step [default: 128,64; with --quick, 16]
    #[arg(long, value_delimiter = ',', value_name = "N,…")]
    pub batches: Vec<usize>,

    /// Arithmetic [default: bf16,fp32]
    #[arg(long, value_delimiter = ',', value_name = "NAME,…", value_parser = parse_precision)]
    pub precisions: Vec<Precision>,

    /// Trainings side by side, with one thread each [default: as many as cores, on a GPU 4]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// PyTorch as it is compared with [default: all; with --quick, the eager ones]
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    pub peers: Vec<Variant>,

    /// Seconds in which a side is measured in each round, about [default: 3]
    #[arg(long)]
    pub seconds: Option<f64>,
}

/// A way to write a training step in PyTorch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Variant {
    /// Eager, contiguous tensors: what people write
    Contiguous,
    /// Eager, channels-last tensors: what experts write
    ChannelsLast,
    /// torch.compile with channels-last tensors
    Compiled,
}

impl Variant {
    fn name(self) -> &'static str {
        match self {
            Self::Contiguous => "PyTorch eager, contiguous",
            Self::ChannelsLast => "PyTorch eager, channels-last",
            Self::Compiled => "PyTorch compiled, channels-last",
        }
    }

    /// What the script knows it by.
    fn key(self, precision: Precision) -> String {
        format!("{}, {}", self.name(), name(precision))
    }
}

/// Throughput at every setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Steps {
    /// What PyTorch said about itself; empty where there is none.
    pub peer: String,
    pub peaks: Vec<Peak>,
    pub settings: Vec<Setting>,
}

/// Throughput at one setting, where every side was measured in each round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Setting {
    pub width: usize,
    pub batch: usize,
    pub gflop_an_image: f64,
    pub sides: Vec<Side>,
    pub quotients: Vec<Quotient>,
}

/// One way to take the steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Side {
    pub name: String,
    pub precision: Precision,
    /// Trainings side by side.
    pub jobs: usize,
    /// Threads of each.
    pub threads: usize,
    /// Steps of each in a round.
    pub steps: usize,
    pub images_per_second: Spread,
    /// Billions of floating-point operations a second at the median throughput.
    pub gflops: f64,
}

/// Our throughput over a peer's of the same precision, or over what people write by default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Quotient {
    pub ours: String,
    pub precision: Precision,
    pub peer: String,
    pub peer_precision: Precision,
    pub images_per_second: Spread,
}

/// A side before it is measured.
struct Contender {
    name: String,
    precision: Precision,
    jobs: usize,
    threads: usize,
    steps: usize,
    kind: Kind,
}

enum Kind {
    Ours(Vec<BareSteps>),
    Peer(Variant),
}

pub(crate) fn measure(session: &Session, options: &Options, left_out: &mut Vec<LeftOut>) -> Result<Steps, BenchError> {
    let widths = or_default(&options.widths, session.quick, &[8], &[8, 16, 64]);
    let batches = or_default(&options.batches, session.quick, &[16], &[128, 64]);
    let precisions = or_default(
        &options.precisions,
        session.quick,
        &[Precision::Bf16, Precision::Fp32],
        &[Precision::Bf16, Precision::Fp32],
    );
    let eager = [Variant::Contiguous, Variant::ChannelsLast];
    let all = [Variant::Contiguous, Variant::ChannelsLast, Variant::Compiled];
    let variants = or_default(&options.peers, session.quick, &eager, &all);
    let (mut peer, about) = match Peer::start(session) {
        Ok((peer, about)) => (Some((peer, about.threads)), format!("torch {}, {} threads", about.torch, about.threads)),
        Err(reason) => {
            left_out.push(LeftOut { what: "PyTorch".into(), reason });
            (None, String::new())
        }
    };
    let progress = session.progress("steps", widths.len() * batches.len());
    let peak = |&precision: &Precision| peak::measure(session, precision);
    let mut peaks: Vec<Peak> = precisions.iter().map(peak).collect();
    let mut settings = Vec::new();
    for &width in &widths {
        for &batch in &batches {
            progress.set_message(format!("width {width}, batch {batch}"));
            let bench = One { session, options, variants: &variants, width, batch, precisions: &precisions };
            settings.push(bench.measure(&mut peer, left_out)?);
            progress.inc(1);
        }
    }
    // Again, as a machine is not as fast at all times, and what it can do at most was perhaps not seen the first time.
    for (known, again) in peaks.iter_mut().zip(precisions.iter().map(peak)) {
        if again.gflops > known.gflops {
            *known = again;
        }
    }
    progress.finish_and_clear();
    Ok(Steps { peer: about, peaks, settings })
}

/// One setting to be measured.
struct One<'a> {
    session: &'a Session,
    options: &'a Options,
    variants: &'a [Variant],
    width: usize,
    batch: usize,
    precisions: &'a [Precision],
}

impl Steps {
    /// A side's arithmetic over the peak of the same precision.
    fn share_of_peak(&self, side: &Side) -> f64 {
        let peak = self.peaks.iter().find(|peak| peak.precision == side.precision);
        peak.map_or(f64::NAN, |peak| side.gflops / peak.gflops)
    }
}

impl One<'_> {
    fn measure(&self, peer: &mut Option<(Peer, usize)>, left_out: &mut Vec<LeftOut>) -> Result<Setting, BenchError> {
        let mut contenders = Vec::new();
        let jobs = self.options.jobs.map_or_else(|| self.session.jobs(), usize::from);
        for &precision in self.precisions {
            if let Some((peer, threads)) = peer {
                for &variant in self.variants {
                    match self.peers(peer, *threads, precision, variant) {
                        Ok(contender) => contenders.push(contender),
                        Err(reason) => left_out.push(LeftOut {
                            what: format!(
                                "{} at width {}, batch {}, {}",
                                variant.name(),
                                self.width,
                                self.batch,
                                name(precision)
                            ),
                            reason,
                        }),
                    }
                }
            }
            contenders.push(self.ours("ours, one training", precision, 1, self.session.cores));
            contenders.push(self.ours("ours, side by side", precision, jobs, 1));
        }

        let seconds = in_turns(self.session.rounds, contenders.len(), |side| {
            let contender = &mut contenders[side];
            match (&mut contender.kind, &mut *peer) {
                (Kind::Ours(trainings), _) => Ok(side_by_side(
                    trainings,
                    contender.threads,
                    self.session.device,
                    contender.steps,
                    BareSteps::step,
                )),
                (Kind::Peer(variant), Some((peer, _))) => peer
                    .ask(&Request::Measure { name: &variant.key(contender.precision), steps: contender.steps })
                    .map(|measured: Measured| measured.seconds)
                    .map_err(BenchError::Peer),
                (Kind::Peer(_), None) => unreachable!("there are peers only where the process is"),
            }
        })?;
        if let Some((peer, _)) = peer {
            let Forgotten {} = peer.ask(&Request::Forget).map_err(BenchError::Peer)?;
        }
        Ok(self.conclude(&contenders, &seconds))
    }

    fn peers(
        &self,
        peer: &mut Peer,
        threads: usize,
        precision: Precision,
        variant: Variant,
    ) -> Result<Contender, String> {
        let ready: Ready = peer.ask(&Request::Prepare {
            name: &variant.key(precision),
            width: self.width,
            batch: self.batch,
            precision,
            layout: if variant == Variant::Contiguous { "contiguous" } else { "channels-last" },
            compile: variant == Variant::Compiled,
            device: &self.session.device_name(),
            warm_up: WARM_UP,
        })?;
        let (name, steps) = (variant.name().into(), self.steps(ready.seconds_a_step));
        Ok(Contender { name, precision, jobs: 1, threads, steps, kind: Kind::Peer(variant) })
    }

    fn ours(&self, name: &str, precision: Precision, jobs: usize, threads: usize) -> Contender {
        let device = self.session.device;
        let mut trainings: Vec<BareSteps> =
            (0..jobs).map(|_| BareSteps::new(self.width, self.batch, precision, device)).collect();
        side_by_side(&mut trainings, threads, device, WARM_UP, BareSteps::step);
        let steps = self.steps(side_by_side(&mut trainings, threads, device, 1, BareSteps::step));
        Contender { name: name.into(), precision, jobs, threads, steps, kind: Kind::Ours(trainings) }
    }

    /// Steps that take about as long as a side is measured.
    fn steps(&self, seconds_a_step: f64) -> usize {
        let seconds = self.options.seconds.unwrap_or(if self.session.quick { 0.0 } else { 3.0 });
        (seconds / seconds_a_step).round().clamp(1.0, 1e6) as usize
    }

    fn conclude(&self, contenders: &[Contender], seconds: &[Vec<f64>]) -> Setting {
        let gflop = bare::training_flops(self.width) / 1e9;
        let throughput: Vec<Vec<f64>> = contenders
            .iter()
            .zip(seconds)
            .map(|(c, seconds)| seconds.iter().map(|s| (c.jobs * c.steps * self.batch) as f64 / s).collect())
            .collect();
        let sides = contenders.iter().zip(&throughput).map(|(contender, throughput)| {
            let images_per_second = Spread::of(throughput.clone());
            Side {
                name: contender.name.clone(),
                precision: contender.precision,
                jobs: contender.jobs,
                threads: contender.threads,
                steps: contender.steps,
                gflops: images_per_second.median * gflop,
                images_per_second,
            }
        });
        let quotients = contenders.iter().zip(&throughput).flat_map(|(ours, our_throughput)| {
            let compared = contenders.iter().zip(&throughput).filter(|(peer, _)| ours.is_compared_with(peer));
            compared.map(|(peer, throughput)| Quotient {
                ours: ours.name.clone(),
                precision: ours.precision,
                peer: peer.name.clone(),
                peer_precision: peer.precision,
                images_per_second: Spread::of_quotients(our_throughput, throughput),
            })
        });
        Setting {
            width: self.width,
            batch: self.batch,
            gflop_an_image: gflop,
            quotients: quotients.collect(),
            sides: sides.collect(),
        }
    }
}

impl Contender {
    /// Whether this is ours and `peer` a script's, of the same precision or as people write it by default: fp32, contiguous.
    fn is_compared_with(&self, peer: &Self) -> bool {
        let Kind::Peer(variant) = peer.kind else { return false };
        let default = variant == Variant::Contiguous && peer.precision == Precision::Fp32;
        matches!(self.kind, Kind::Ours(_)) && (self.precision == peer.precision || default)
    }
}

/// The precision as the command line has it.
pub(crate) fn name(precision: Precision) -> &'static str {
    match precision {
        Precision::Fp32 => "fp32",
        Precision::Tf32 => "tf32",
        Precision::Bf16 => "bf16",
    }
}

impl Tables for Steps {
    fn tables(&self) -> String {
        let setting = |s: &Setting| format!("width {}, batch {}", s.width, s.batch);
        let peaks = self
            .peaks
            .iter()
            .map(|peak| vec![name(peak.precision).to_owned(), peak.size.to_string(), format!("{:.0}", peak.gflops)]);
        let sides = self.settings.iter().flat_map(|s| {
            s.sides.iter().map(move |side| {
                vec![
                    format!("{}, {}: {}", setting(s), name(side.precision), side.name),
                    format!("{} × {}", side.jobs, side.threads),
                    side.images_per_second.text(0),
                    percent(self.share_of_peak(side)),
                ]
            })
        });
        let quotients = self.settings.iter().flat_map(|s| {
            s.quotients.iter().map(move |q| {
                let other = if q.peer_precision == q.precision { "" } else { name(q.peer_precision) };
                let peer = [other, &q.peer].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
                let what = format!("{}, {}: {} / {peer}", setting(s), name(q.precision), q.ours);
                vec![what, q.images_per_second.text(2)]
            })
        });
        let mut text = markdown("Large matrix products", &["precision", "size", "GFLOP/s"], peaks);
        text += "\n";
        text += &markdown("Throughput", &["", "jobs × threads", "images/s: median (range)", "of peak"], sides);
        if self.settings.iter().any(|s| !s.quotients.is_empty()) {
            text += &format!("\n{}", markdown(&format!("Ours over {}", self.peer), &["", "median (range)"], quotients));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Machine;
    use crate::outcome::Outcome;

    fn outcome() -> Outcome<Steps> {
        let side = |name: &str| Side {
            name: name.into(),
            precision: Precision::Bf16,
            jobs: 2,
            threads: 1,
            steps: 7,
            images_per_second: Spread::of(vec![0.1, 1e6 / 3.0]),
            gflops: 0.79 * 880.5,
        };
        let result = Steps {
            peer: "torch 2.11.0, 2 threads".into(),
            peaks: vec![Peak { precision: Precision::Bf16, size: 2048, gflops: 880.5 }],
            settings: vec![Setting {
                width: 8,
                batch: 64,
                gflop_an_image: 0.05,
                sides: vec![side("ours, side by side"), side("PyTorch eager, contiguous")],
                quotients: vec![Quotient {
                    ours: "ours, side by side".into(),
                    precision: Precision::Bf16,
                    peer: "PyTorch eager, contiguous".into(),
                    peer_precision: Precision::Fp32,
                    images_per_second: Spread::of(vec![2.0, 3.0]),
                }],
            }],
        };
        Outcome {
            part: "steps".into(),
            quick: true,
            command: "bench steps --quick".into(),
            rounds: 2,
            device: "cpu".into(),
            machine: Machine::describe(std::path::Path::new(".")),
            left_out: vec![LeftOut { what: "a thing".into(), reason: "a reason".into() }],
            result,
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let written = outcome();
        written.write(folder.path()).unwrap();
        let json = std::fs::read_to_string(folder.path().join("steps.json")).unwrap();
        assert_eq!(serde_json::from_str::<Outcome<Steps>>(&json).unwrap(), written);
        let text = std::fs::read_to_string(folder.path().join("steps.md")).unwrap();
        for part in [
            "mean nothing",
            "ours, side by side",
            "79.0 %",
            "2.50 (2.00–3.00)",
            "side / fp32 PyTorch",
            "Left out: a thing",
            "880",
        ] {
            assert!(text.contains(part), "`{part}` is not in:\n{text}");
        }
    }
}
