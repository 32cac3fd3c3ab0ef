//! Images a second of bare training steps, against PyTorch.

mod contender;
mod outcome;
mod table;
mod variant;

use std::convert::Infallible;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use paths::{Precision, Stem};
use tch::Device;

use crate::bare::{self, Size};
use crate::common::{or_default, parse_precision, parse_stem};
use crate::outcome::LeftOut;
use crate::pairs::in_turns;
use crate::peak::{self, Peak};
use crate::peer::Peers;
use crate::session::Session;
use crate::spread::Spread;
use contender::{Contender, Kind, Making};
pub(crate) use outcome::Steps;
use outcome::{Quotient, Setting, Side};
use variant::Variant;

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Options {
    /// Widths of the ResNet-18 [default: 8,16,64; with --quick, 8]
    #[arg(long, value_delimiter = ',', value_name = "N,…")]
    pub widths: Vec<usize>,

    /// Stems of the ResNet-18 [default: 3x3,7x7; with --quick, 7x7]
    #[arg(long, value_delimiter = ',', value_name = "STEM,…", value_parser = parse_stem)]
    pub stems: Vec<Stem>,

    /// Images a step [default: 128,64; with --quick, 16]
    #[arg(long, value_delimiter = ',', value_name = "N,…")]
    pub batches: Vec<usize>,

    /// Arithmetic [default: bf16,fp32]
    #[arg(long, value_delimiter = ',', value_name = "NAME,…", value_parser = parse_precision)]
    pub precisions: Vec<Precision>,

    /// Trainings side by side, with one thread each, of ours and of PyTorch [default: as many as cores, on a GPU 4]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// PyTorch as it is compared with [default: all; with --quick, the eager ones]
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    pub peers: Vec<Variant>,

    /// Seconds in which a side is measured in each round, about [default: 3]
    #[arg(long)]
    pub seconds: Option<f64>,

    /// Begin no further round after so many seconds, but for each setting's first; what was measured is written
    #[arg(long, value_name = "SECONDS")]
    pub within: Option<u64>,
}

pub(crate) fn measure(session: &Session, options: &Options, left_out: &mut Vec<LeftOut>) -> Steps {
    let end = options.within.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let widths = or_default(&options.widths, session.quick, &[8], &[8, 16, 64]);
    let stems = or_default(&options.stems, session.quick, &[Stem::Conv7], &[Stem::Conv3, Stem::Conv7]);
    let batches = or_default(&options.batches, session.quick, &[16], &[128, 64]);
    let both = [Precision::Bf16, Precision::Fp32];
    let precisions = or_default(&options.precisions, session.quick, &both, &both);
    let eager = [Variant::Contiguous, Variant::ChannelsLast, Variant::ChannelsLastSideBySide];
    let variants = or_default(&options.peers, session.quick, &eager, Variant::value_variants());
    let jobs = options.jobs.map_or_else(|| session.jobs(), usize::from);
    let (variants, about) = match Peers::start(session, 1, None) {
        Ok(peers) => (variants, format!("torch {}", peers.torch)),
        Err(reason) => {
            left_out.push(LeftOut { what: "PyTorch".into(), reason });
            (Vec::new(), String::new())
        }
    };
    let progress = session.progress("steps", widths.len() * stems.len() * batches.len());
    let peak = |&precision: &Precision| peak::measure(session, precision);
    let mut peaks: Vec<Peak> = precisions.iter().map(peak).collect();
    let mut settings = Vec::new();
    for &width in &widths {
        for &stem in &stems {
            for &batch in &batches {
                progress.set_message(format!("width {width}, {stem} stem, batch {batch}"));
                let (size, seconds) = (Size { width, stem }, seconds(session, options));
                let making = Making { session, size, batch, seconds, jobs, end };
                settings.push(one(&making, &precisions, &variants, left_out));
                progress.inc(1);
            }
        }
    }
    // Again, as a machine is not as fast at all times, and what it can do at most was perhaps not seen the first time.
    for (known, again) in peaks.iter_mut().zip(precisions.iter().take_while(|_| is_before(end)).map(peak)) {
        if again.gflops > known.gflops {
            *known = again;
        }
    }
    progress.finish_and_clear();
    Steps { peer: about, peaks, settings }
}

fn seconds(session: &Session, options: &Options) -> f64 {
    options.seconds.unwrap_or(if session.quick { 0.0 } else { 3.0 })
}

/// Whether there is time left.
fn is_before(end: Option<Instant>) -> bool {
    end.is_none_or(|end| Instant::now() < end)
}

/// Measures one setting. A peer that cannot be prepared, or that ends while it is measured, is left out.
fn one(making: &Making<'_>, precisions: &[Precision], variants: &[Variant], left_out: &mut Vec<LeftOut>) -> Setting {
    let mut contenders = Vec::new();
    for &precision in precisions {
        for &variant in variants.iter().filter(|variant| variant.exists_on(making.session.device)) {
            match making.peer(precision, variant) {
                Ok(contender) => contenders.push(contender),
                Err(reason) => left_out.push(LeftOut { what: making.described(variant.name(), precision), reason }),
            }
        }
        // On a GPU with its steps captured, and then as they are.
        for capture in if making.session.device == Device::Cpu { &[false][..] } else { &[true, false] } {
            let alone = (1, making.session.cores);
            let side_by_side = (making.jobs > 1).then_some((making.jobs, 1));
            for (jobs, threads) in [alone].into_iter().chain(side_by_side) {
                match making.ours(precision, jobs, threads, *capture) {
                    Ok(contender) => contenders.push(contender),
                    Err(left) => left_out.push(left),
                }
            }
        }
    }
    let rounds = (0..making.session.rounds).take_while(|&round| round == 0 || is_before(making.end));
    let mut measured =
        in_turns(rounds, contenders.len(), |side| Ok::<_, Infallible>(contenders[side].seconds(making.session.device)))
            .unwrap_or_else(|never| match never {});
    let mut seconds = Vec::new();
    contenders.retain(|contender| match measured.remove(0).into_iter().collect::<Result<Vec<f64>, String>>() {
        Ok(of_rounds) => {
            seconds.push(of_rounds);
            true
        }
        Err(reason) => {
            left_out.push(LeftOut { what: making.described(&contender.name, contender.precision), reason });
            false
        }
    });
    conclude(making, &contenders, &seconds)
}

fn conclude(making: &Making<'_>, contenders: &[Contender], seconds: &[Vec<f64>]) -> Setting {
    let gflop = bare::training_flops(making.size) / 1e9;
    let throughput: Vec<Vec<f64>> = contenders
        .iter()
        .zip(seconds)
        .map(|(c, seconds)| seconds.iter().map(|s| (c.jobs * c.steps * making.batch) as f64 / s).collect())
        .collect();
    let sides: Vec<Side> =
        contenders.iter().zip(&throughput).map(|(c, throughput)| c.side(throughput, gflop)).collect();
    let fastest = |precision: Precision| {
        let of = |(c, side): (&Contender, &Side)| {
            (c.precision == precision && matches!(c.kind, Kind::Peer(..))).then_some(side.images_per_second.median)
        };
        contenders.iter().zip(&sides).filter_map(of).fold(0.0, f64::max)
    };
    let mut quotients = Vec::new();
    for (ours, our_throughput) in contenders.iter().zip(&throughput) {
        for ((peer, throughput), side) in contenders.iter().zip(&throughput).zip(&sides) {
            if ours.is_compared_with(peer) {
                let best = ours.precision == peer.precision && side.images_per_second.median >= fastest(peer.precision);
                quotients.push(Quotient {
                    ours: ours.name.clone(),
                    precision: ours.precision,
                    peer: peer.name.clone(),
                    peer_precision: peer.precision,
                    images_per_second: Spread::of_quotients(our_throughput, throughput),
                    best,
                });
            }
        }
    }
    let Size { width, stem } = making.size;
    Setting { width, stem, batch: making.batch, gflop_an_image: gflop, quotients, sides }
}
