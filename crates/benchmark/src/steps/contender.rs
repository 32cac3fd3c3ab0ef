//! The sides of a measurement of steps, before they are measured.

use std::panic::catch_unwind;
use std::time::Instant;

use paths::Precision;
use tch::Device;

use crate::bare::{BareSteps, Size, take};
use crate::common::name;
use crate::outcome::LeftOut;
use crate::peer::{Peers, Request};
use crate::session::Session;
use crate::spread::Spread;
use crate::steps::outcome::Side;
use crate::steps::variant::Variant;

/// Steps before anything is timed.
const WARM_UP: usize = 5;

/// A side before it is measured.
pub(super) struct Contender {
    pub name: String,
    pub precision: Precision,
    pub jobs: usize,
    pub threads: usize,
    pub steps: usize,
    pub kind: Kind,
}

pub(super) enum Kind {
    Ours(Vec<BareSteps>),
    Peer(Variant, Peers),
}

/// What the sides of one setting are made from.
pub(super) struct Making<'a> {
    pub session: &'a Session,
    pub size: Size,
    pub batch: usize,
    /// For which a side is measured in each round, about.
    pub seconds: f64,
    /// Trainings side by side.
    pub jobs: usize,
    /// When no further round is to begin.
    pub end: Option<Instant>,
}

impl Making<'_> {
    /// Processes of its own, each with a network that has been set up.
    pub fn peer(&self, precision: Precision, variant: Variant) -> Result<Contender, String> {
        let (processes, threads) = if variant.is_side_by_side() { (self.jobs, Some(1)) } else { (1, None) };
        let mut peers = Peers::start(self.session, processes, threads)?;
        let seconds = peers.prepare(&Request::Prepare {
            width: self.size.width,
            stem: self.size.stem,
            batch: self.batch,
            precision,
            layout: if variant == Variant::Contiguous { "contiguous" } else { "channels-last" },
            how: variant.how(),
            device: &self.session.device_name(),
            warm_up: WARM_UP,
        })?;
        Ok(Contender {
            name: variant.name().into(),
            precision,
            jobs: processes,
            threads: peers.threads,
            steps: self.steps(seconds),
            kind: Kind::Peer(variant, peers),
        })
    }

    /// Trainings in threads of this process. What cannot be captured though it was to be, and what does not fit into memory, is left out.
    pub fn ours(&self, precision: Precision, jobs: usize, threads: usize, capture: bool) -> Result<Contender, LeftOut> {
        let device = self.session.device;
        let how = if device == Device::Cpu || capture { "" } else { ", operation by operation" };
        let name = format!("ours, {}{how}", if jobs == 1 { "one training" } else { "side by side" });
        let refused = |reason| LeftOut { what: self.described(&name, precision), reason };
        if let Some(reason) = training::capture_refused(device).filter(|_| capture) {
            return Err(refused(reason));
        }
        let set_up = || {
            let mut trainings: Vec<BareSteps> =
                (0..jobs).map(|_| BareSteps::new(self.size, self.batch, precision, device, capture)).collect();
            take(&mut trainings, threads, device, WARM_UP);
            let steps = self.steps(take(&mut trainings, threads, device, 1));
            (trainings, steps)
        };
        let (trainings, steps) =
            catch_unwind(set_up).map_err(|panic| refused(libtorch_call::panic_message(&*panic)))?;
        Ok(Contender { name, precision, jobs, threads, steps, kind: Kind::Ours(trainings) })
    }

    /// Steps that take about as long as a side is measured.
    fn steps(&self, seconds_a_step: f64) -> usize {
        (self.seconds / seconds_a_step).round().clamp(1.0, 1e6) as usize
    }

    /// A peer at this setting, for a person.
    pub fn described(&self, peer: &str, precision: Precision) -> String {
        let Size { width, stem } = self.size;
        format!("{peer} at width {width}, {stem} stem, batch {}, {}", self.batch, name(precision))
    }
}

impl Contender {
    /// Seconds of its steps.
    pub fn seconds(&mut self, device: Device) -> Result<f64, String> {
        match &mut self.kind {
            Kind::Ours(trainings) => Ok(take(trainings, self.threads, device, self.steps)),
            Kind::Peer(_, peers) => peers.measure(self.steps),
        }
    }

    /// Whether this is ours and `peer` a script's, of the same precision or as people write it by default: fp32, contiguous.
    pub fn is_compared_with(&self, peer: &Self) -> bool {
        let Kind::Peer(variant, _) = peer.kind else { return false };
        let default = variant == Variant::Contiguous && peer.precision == Precision::Fp32;
        matches!(self.kind, Kind::Ours(_)) && (self.precision == peer.precision || default)
    }

    /// What was measured of it: images a second by round, at so many billions of operations an image.
    pub fn side(&self, throughput: &[f64], gflop: f64) -> Side {
        let images_per_second = Spread::of(throughput.to_vec());
        Side {
            name: self.name.clone(),
            precision: self.precision,
            jobs: self.jobs,
            threads: self.threads,
            steps: self.steps,
            gflops: images_per_second.median * gflop,
            images_per_second,
        }
    }
}
