//! What more of everything costs: jobs, stages, images.

mod jobs;
mod memory;
mod stages;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use crate::common::or_default;
use crate::error::BenchError;
use crate::outcome::{LeftOut, Tables};
use crate::session::Session;

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Options {
    /// What grows [default: all]
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    pub parts: Vec<Part>,

    /// Numbers of trainings side by side [default: 1, 2, 4, … up to twice the cores; with --quick, 1,2]
    #[arg(long, value_delimiter = ',', value_name = "N,…")]
    pub jobs: Vec<usize>,

    /// Numbers of stages [default: 100,1000,10000,100000; with --quick, 100]
    #[arg(long, value_delimiter = ',', value_name = "N,…")]
    pub stages: Vec<usize>,

    /// Numbers of training images [default: 5000,10000,20000,50000; with --quick, 200]
    #[arg(long, value_delimiter = ',', value_name = "N,…")]
    pub images: Vec<usize>,
}

/// What grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Stages a minute against jobs
    Jobs,
    /// Time of planning, looking through the store and reporting against stages
    Stages,
    /// Peak memory against images and jobs
    Memory,
}

/// Everything that grew; what was not asked for is empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Growth {
    pub jobs: Vec<jobs::Rate>,
    pub stages: Vec<stages::Times>,
    pub memory: Vec<memory::Peak>,
}

pub(crate) fn measure(session: &Session, options: &Options, left_out: &mut Vec<LeftOut>) -> Result<Growth, BenchError> {
    let wanted = |part| options.parts.is_empty() || options.parts.contains(&part);
    let doubling: Vec<usize> =
        std::iter::successors(Some(1), |jobs| Some(jobs * 2)).take_while(|&jobs| jobs <= 2 * session.jobs()).collect();
    let jobs = or_default(&options.jobs, session.quick, &[1, 2], &doubling);
    let stages = or_default(&options.stages, session.quick, &[100], &[100, 1_000, 10_000, 100_000]);
    let images = or_default(&options.images, session.quick, &[200], &[5_000, 10_000, 20_000, 50_000]);
    Ok(Growth {
        jobs: if wanted(Part::Jobs) { jobs::measure(session, &jobs)? } else { Vec::new() },
        stages: if wanted(Part::Stages) { stages::measure(session, &stages, left_out)? } else { Vec::new() },
        memory: if wanted(Part::Memory) { memory::measure(session, &images, &jobs, left_out)? } else { Vec::new() },
    })
}

impl Tables for Growth {
    fn tables(&self) -> String {
        let parts = [
            (!self.jobs.is_empty()).then(|| jobs::table(&self.jobs)),
            (!self.stages.is_empty()).then(|| stages::table(&self.stages)),
            (!self.memory.is_empty()).then(|| memory::table(&self.memory)),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }
}
