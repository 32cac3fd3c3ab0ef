//! Where the time of a stage goes, and what share of the machine's peak is reached.
//!
//! Stages are carried out by the executor as in a figure, and bare steps and bare evaluations are timed beside them, as many
//! and of the same size. What remains of the stages' time is neither: images, transformations, the order of images, logs,
//! checkpoints, the store. Nothing is added to the training loop for this.

use clap::Args;
use datasets::{Library, TaskData};
use paths::{DatasetName, ExperimentFile, Precision};
use sequence::{Plan, Store};
use serde::{Deserialize, Serialize};
use training::{ResNet, compute_kind, evaluate};

use crate::arguments::{or_default, parse_precision};
use crate::bare::{self, BareSteps, CHANNELS, SIDE, side_by_side};
use crate::error::BenchError;
use crate::events::timed_execution;
use crate::flops::training_flops;
use crate::images;
use crate::outcome::Tables;
use crate::pairs::in_turns;
use crate::peak::{self, Peak};
use crate::session::Session;
use crate::spread::Spread;
use crate::steps::name;
use crate::table::{markdown, percent};

/// Images a step.
const BATCH: usize = 128;
/// Memory for prepared images: no set of these is forgotten.
const BUDGET_BYTES: usize = 4 << 30;

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Options {
    /// Widths of the ResNet-18 [default: 8,16,64; with --quick, 8]
    #[arg(long, value_delimiter = ',', value_name = "N,…")]
    pub widths: Vec<usize>,

    /// Arithmetic [default: bf16]
    #[arg(long, value_delimiter = ',', value_name = "NAME,…", value_parser = parse_precision)]
    pub precisions: Vec<Precision>,

    /// Stages side by side, with one thread each [default: as many as cores, on a GPU 4]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// Epochs of a stage [default: 8; with --quick, 1]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub epochs: Option<u16>,
}

/// Shares at every setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Shares {
    /// Where the images are from: `cifar10`, or `made up` where that is not there.
    pub images: String,
    pub peaks: Vec<Peak>,
    pub settings: Vec<Setting>,
}

/// Shares at one setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Setting {
    pub width: usize,
    pub precision: Precision,
    pub jobs: usize,
    /// Of a stage.
    pub epochs: usize,
    pub steps: usize,
    pub evaluated_images: usize,
    pub stages_seconds: Spread,
    pub steps_seconds: Spread,
    pub evaluation_seconds: Spread,
    /// 1 − steps / stages.
    pub outside_steps: Spread,
    /// Evaluation / stages.
    pub evaluation: Spread,
    /// What is neither, over stages.
    pub rest: Spread,
    pub images_per_second: Spread,
    /// Arithmetic of the steps, over the peak: of bare steps, and of whole stages.
    pub steps_share_of_peak: Spread,
    pub stages_share_of_peak: Spread,
}

pub(crate) fn measure(session: &Session, options: &Options) -> Result<Shares, BenchError> {
    let widths = or_default(&options.widths, session.quick, &[8], &[8, 16, 64]);
    let precisions = or_default(&options.precisions, session.quick, &[Precision::Bf16], &[Precision::Bf16]);
    let real = !session.quick && images::is_there(&session.data, DatasetName::Cifar10);
    let peaks: Vec<Peak> = precisions.iter().map(|&precision| peak::measure(session, precision)).collect();
    let progress = session.progress("share", widths.len() * precisions.len());
    let mut settings = Vec::new();
    for &width in &widths {
        for (&precision, peak) in precisions.iter().zip(&peaks) {
            progress.set_message(format!("width {width}, {}", name(precision)));
            settings.push(one(session, options, width, precision, peak, real)?);
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    Ok(Shares { images: if real { "cifar10" } else { "made up" }.into(), peaks, settings })
}

fn one(
    session: &Session,
    options: &Options,
    width: usize,
    precision: Precision,
    peak: &Peak,
    real: bool,
) -> Result<Setting, BenchError> {
    let jobs = options.jobs.map_or_else(|| session.jobs(), usize::from);
    let epochs = options.epochs.map_or(if session.quick { 1 } else { 8 }, usize::from);
    // Nine tenths of the images are trained on; batches are whole, so that bare steps are the same steps. Wide networks take
    // fewer images for time's sake. As many more as a fifth are tested on, as in CIFAR-10.
    let batches = if session.quick { 9 } else { (576 / width).clamp(9, 72) };
    let train_images = (batches * BATCH).div_ceil(9) * 10;
    let text = format!(
        "name = \"share\"\ntitle = \"Share\"\n[settings]\ndatasets = [\"cifar10\"]\nseeds = {jobs}\nbaseline_seeds = {jobs}\n\
         train_images = {train_images}\ntest_images = {}\nvalidation_fraction = 0.1\nwidth = {width}\nbatch_size = {BATCH}\n\
         max_epochs = {epochs}\npatience = {epochs}\nprecision = \"{}\"\n[baseline]\nlabel = \"baseline\"\npath = \
         [{{ blur = 0.25 }}]\n[[conditions]]\nlabel = \"blurred\"\npath = [{{ blur = 0.25 }}]\n",
        train_images / 5,
        name(precision),
    );
    let experiment = ExperimentFile::parse(&text).and_then(|file| file.resolve(None, &[]));
    let plan = Plan::new(&experiment.expect("the experiment is a constant but for numbers"));
    let (kind, device) = (compute_kind(precision), session.device);
    let library = || {
        let library = Library::new(session.data.clone(), kind, device, BUDGET_BYTES, |_| {});
        if !real {
            library.preload(images::made_up(DatasetName::Cifar10, train_images, train_images / 5));
        }
        library
    };

    let data = library().task_data(&plan.stages[0].step.task, &plan.data)?;
    let train = data.train.len();
    let steps = epochs * train / BATCH;
    let evaluated = epochs * data.validation.len() + train + data.validation.len() + 2 * data.test.len();
    let mut trainings: Vec<BareSteps> = (0..jobs).map(|_| BareSteps::new(width, BATCH, precision, device)).collect();
    let mut evaluations: Vec<Evaluations> =
        (0..jobs).map(|_| Evaluations::new(width, precision, session, &data)).collect();

    let seconds = in_turns(session.rounds, 3, |side| match side {
        0 => {
            let folder = session.folder()?;
            let store = Store::open(folder.path())?;
            timed_execution(&plan, &store, &library(), jobs, device)
        }
        1 => Ok(side_by_side(&mut trainings, 1, device, steps, BareSteps::step)),
        _ => Ok(side_by_side(&mut evaluations, 1, device, epochs, Evaluations::after_epoch)
            + side_by_side(&mut evaluations, 1, device, 1, Evaluations::after_stage)),
    })?;
    let [stages, bare, evaluation] = &seconds[..] else { unreachable!("there are three sides") };
    let shares =
        |part: &dyn Fn(usize) -> f64| Spread::of((0..stages.len()).map(|round| part(round) / stages[round]).collect());
    let gflop = (jobs * steps * BATCH) as f64 * training_flops(&bare::spec(width), CHANNELS, SIDE) / 1e9;
    let of_peak = |seconds: &[f64]| Spread::of(seconds.iter().map(|s| gflop / s / peak.gflops).collect());
    Ok(Setting {
        width,
        precision,
        jobs,
        epochs,
        steps,
        evaluated_images: evaluated,
        outside_steps: shares(&|round| stages[round] - bare[round]),
        evaluation: shares(&|round| evaluation[round]),
        rest: shares(&|round| stages[round] - bare[round] - evaluation[round]),
        images_per_second: Spread::of(stages.iter().map(|s| (jobs * steps * BATCH) as f64 / s).collect()),
        steps_share_of_peak: of_peak(bare),
        stages_share_of_peak: of_peak(stages),
        stages_seconds: Spread::of(stages.clone()),
        steps_seconds: Spread::of(bare.clone()),
        evaluation_seconds: Spread::of(evaluation.clone()),
    })
}

/// What a stage evaluates.
struct Evaluations {
    model: ResNet,
    train: datasets::ImageSet,
    validation: datasets::ImageSet,
    test: datasets::ImageSet,
    standard_test: datasets::ImageSet,
}

impl Evaluations {
    fn new(width: usize, precision: Precision, session: &Session, data: &TaskData) -> Self {
        Self {
            model: ResNet::new(&bare::spec(width), CHANNELS, 0, compute_kind(precision), session.device),
            train: data.train.clone(),
            validation: data.validation.clone(),
            test: data.test.clone(),
            standard_test: data.standard_test.clone(),
        }
    }

    fn after_epoch(&mut self) {
        evaluate(&self.model, &self.validation);
    }

    fn after_stage(&mut self) {
        for set in [&self.train, &self.validation, &self.test, &self.standard_test] {
            evaluate(&self.model, set);
        }
    }
}

impl Tables for Shares {
    fn tables(&self) -> String {
        let spread =
            |spread: &Spread| format!("{} ({}–{})", percent(spread.median), percent(spread.min), percent(spread.max));
        let rows = self.settings.iter().map(|s| {
            vec![
                format!("width {}, {}, {} stages of {} epochs", s.width, name(s.precision), s.jobs, s.epochs),
                spread(&s.outside_steps),
                spread(&s.evaluation),
                spread(&s.rest),
                s.images_per_second.text(0),
                spread(&s.steps_share_of_peak),
                spread(&s.stages_share_of_peak),
            ]
        });
        let header = ["", "outside steps", "evaluation", "neither", "images/s", "steps, of peak", "stages, of peak"];
        let peaks = self
            .peaks
            .iter()
            .map(|peak| vec![name(peak.precision).to_owned(), peak.size.to_string(), format!("{:.0}", peak.gflops)]);
        format!(
            "{}\n{}",
            markdown(&format!("Share of the time of stages ({} images)", self.images), &header, rows),
            markdown("Large matrix products", &["precision", "size", "GFLOP/s"], peaks)
        )
    }
}
