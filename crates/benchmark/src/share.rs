//! Where the time of an epoch goes, and what share of the machine's peak is reached.
//!
//! Stages are carried out by the executor as in a figure, until each has begun its second epoch. How long a step takes is seen
//! within the same epoch, so that a machine which is now slower and now faster slows all of it alike. Drawing the batches and
//! evaluating the validation images are timed on their own, as many of them, and so are the measures that every stage takes: what is
//! noted in each step, and the looks after an epoch. What remains is none of these: the order of images, copies of the best weights, logs, checkpoints, and what made steps slower than the median
//! one. Nothing is added to the training loop for this.

use clap::Args;
use datasets::{ImageSet, Library, TaskData};
use paths::{DatasetName, ExperimentFile, LearningProcess, Precision, Stem};
use sequence::{Plan, Store};
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};
use training::{Measuring, Network, Score, Sgd, StepRecorder, Task, compute_kind, evaluate, measures_to_take};

use crate::bare::{self, Size, side_by_side};
use crate::common::name;
use crate::common::{or_default, parse_precision, parse_stem};
use crate::error::BenchError;
use crate::events::{FirstEpoch, first_epochs};
use crate::images;
use crate::outcome::Tables;
use crate::pairs::in_turns;
use crate::peak::{self, Peak};
use crate::session::Session;
use crate::spread::Spread;
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

    /// Stems of the ResNet-18 [default: 3x3,7x7; with --quick, 7x7]
    #[arg(long, value_delimiter = ',', value_name = "STEM,…", value_parser = parse_stem)]
    pub stems: Vec<Stem>,

    /// Arithmetic [default: bf16,fp32; with --quick, bf16]
    #[arg(long, value_delimiter = ',', value_name = "NAME,…", value_parser = parse_precision)]
    pub precisions: Vec<Precision>,

    /// Stages side by side, with one thread each [default: as many as cores, on a GPU 4]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// Images of CIFAR-10 that a stage has, of which a tenth are validation images [default: 50000; with --quick, 1280]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1280..=50_000))]
    pub images: Option<u32>,
}

/// Shares at every setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Shares {
    /// Where the images are from: `cifar10`, or `made up` where that is not there.
    pub images: String,
    pub peaks: Vec<Peak>,
    pub settings: Vec<Setting>,
}

/// Shares of an epoch at one setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Setting {
    pub width: usize,
    pub stem: Stem,
    pub precision: Precision,
    pub jobs: usize,
    pub train_images: usize,
    pub validation_images: usize,
    /// From the end of an epoch's first step to the end of the next one's, mean over the stages side by side.
    pub epoch_seconds: Spread,
    /// As many steps as an epoch has, by the median of those of the same epoch, mean over the stages.
    pub steps_seconds: Spread,
    /// Drawing the batches of an epoch.
    pub batches_seconds: Spread,
    /// Evaluating the validation images once.
    pub validation_seconds: Spread,
    /// What measures note in the steps of an epoch and look at after it.
    pub measures_seconds: Spread,
    /// 1 − (steps − batches) / epoch.
    pub outside_model: Spread,
    /// Batches / epoch.
    pub batches: Spread,
    /// Validation / epoch.
    pub validation: Spread,
    /// Measures / epoch; what they note in steps is part of these, too.
    pub measures: Spread,
    /// Looks after the epoch alone / epoch: the part of the measures that is outside the steps.
    pub looks: Spread,
    /// What is none of these, over the epoch.
    pub rest: Spread,
    /// An image evaluated over an image trained on, in time.
    pub evaluated_over_trained: Spread,
    pub images_per_second: Spread,
    /// Arithmetic of the steps, over the peak: while there are steps, and over the whole epoch.
    pub steps_share_of_peak: Spread,
    pub epoch_share_of_peak: Spread,
}

pub(crate) fn measure(session: &Session, options: &Options) -> Result<Shares, BenchError> {
    let widths = or_default(&options.widths, session.quick, &[8], &[8, 16, 64]);
    let stems = or_default(&options.stems, session.quick, &[Stem::Conv7], &[Stem::Conv3, Stem::Conv7]);
    let precisions =
        or_default(&options.precisions, session.quick, &[Precision::Bf16], &[Precision::Bf16, Precision::Fp32]);
    let real = !session.quick && images::is_there(&session.data, DatasetName::Cifar10);
    let peaks: Vec<Peak> = precisions.iter().map(|&precision| peak::measure(session, precision)).collect();
    let sizes: Vec<Size> =
        widths.iter().flat_map(|&width| stems.iter().map(move |&stem| Size { width, stem })).collect();
    let progress = session.progress("share", sizes.len() * precisions.len());
    let mut settings = Vec::new();
    for &size in &sizes {
        for (&precision, peak) in precisions.iter().zip(&peaks) {
            progress.set_message(format!("width {}, {} stem, {}", size.width, size.stem, name(precision)));
            settings.push(one(session, options, size, precision, peak, real)?);
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    Ok(Shares { images: if real { "cifar10" } else { "made up" }.into(), peaks, settings })
}

fn one(
    session: &Session,
    options: &Options,
    size: Size,
    precision: Precision,
    peak: &Peak,
    real: bool,
) -> Result<Setting, BenchError> {
    let jobs = options.jobs.map_or_else(|| session.jobs(), usize::from);
    let images = options.images.map_or(if session.quick { 1280 } else { 50_000 }, |images| images as usize);
    let text = format!(
        "name = \"share\"\ntitle = \"Share\"\n[settings]\ndatasets = [\"cifar10\"]\nseeds = {jobs}\nbaseline_seeds = {jobs}\n\
         train_images = {images}\nvalidation_fraction = 0.1\nwidth = {}\nstem = \"{}\"\nbatch_size = {BATCH}\nmax_epochs = 2\n\
         precision = \"{}\"\n[baseline]\nlabel = \"baseline\"\npath = [{{ blur = 0.25 }}]\n[[conditions]]\n\
         label = \"blurred\"\npath = [{{ blur = 0.25 }}]\n",
        size.width,
        size.stem,
        name(precision),
    );
    let experiment = ExperimentFile::parse(&text).and_then(|file| file.resolve(None, &[]));
    let plan = Plan::new(&experiment.expect("the experiment is a constant but for numbers"));
    let (kind, device) = (compute_kind(precision), session.device);
    let library = Library::new(session.data.clone(), kind, device, BUDGET_BYTES, |_| {});
    if !real {
        library.preload(images::made_up(DatasetName::Cifar10, images, images / 5));
    }
    let data = library.task_data(&plan.stages[0].step.task, &plan.stages[0].data)?;
    let (train, validation) = (data.train.len(), data.validation.len());
    let steps = train.div_ceil(BATCH);
    let order = Tensor::randperm(train as i64, (Kind::Int64, device));
    let mut batches: Vec<Batches> =
        (0..jobs).map(|_| Batches { images: data.train.clone(), order: order.shallow_clone(), next: 0 }).collect();
    let model = || bare::model(size, kind, device);
    let mut evaluations: Vec<(Box<dyn Network>, ImageSet)> =
        (0..jobs).map(|_| (model(), data.validation.clone())).collect();

    let validate = |(model, images): &mut (Box<dyn Network>, ImageSet)| {
        evaluate(&**model, images);
    };

    let mut looks: Vec<Looks> = (0..jobs).map(|_| Looks::new(size, kind, device, &data)).collect();

    let measured = in_turns(0..session.rounds, 5, |side| match side {
        0 => {
            let folder = session.folder()?;
            let epochs = first_epochs(&plan, &Store::open(folder.path())?, &library, jobs, device)?;
            let mean = |part: fn(&FirstEpoch) -> f64| epochs.iter().map(part).sum::<f64>() / epochs.len() as f64;
            Ok::<_, BenchError>((mean(|epoch| epoch.seconds), mean(|epoch| epoch.median_step_seconds)))
        }
        1 => Ok((side_by_side(&mut batches, 1, device, steps, Batches::draw), 0.0)),
        2 => Ok((side_by_side(&mut evaluations, 1, device, 1, validate), 0.0)),
        3 => Ok((side_by_side(&mut looks, 1, device, steps, Looks::note), 0.0)),
        _ => Ok((side_by_side(&mut looks, 1, device, 1, Looks::after_epoch), 0.0)),
    })?;
    let [epochs, batches, validations, notes, looks] = &measured[..] else { unreachable!("there are five sides") };
    let of_rounds = |value: &dyn Fn(Round) -> f64| {
        let rounds = (0..epochs.len()).map(|at| Round {
            epoch: epochs[at].0,
            // The last batch may be smaller.
            steps: epochs[at].1 * train as f64 / BATCH as f64,
            batches: batches[at].0,
            validation: validations[at].0,
            notes: notes[at].0,
            looks: looks[at].0,
        });
        Spread::of(rounds.map(value).collect())
    };
    let gflop = (jobs * train) as f64 * bare::training_flops(size) / 1e9;
    Ok(Setting {
        width: size.width,
        stem: size.stem,
        precision,
        jobs,
        train_images: train,
        validation_images: validation,
        epoch_seconds: of_rounds(&|round| round.epoch),
        steps_seconds: of_rounds(&|round| round.steps),
        batches_seconds: of_rounds(&|round| round.batches),
        validation_seconds: of_rounds(&|round| round.validation),
        measures_seconds: of_rounds(&|round| round.notes + round.looks),
        outside_model: of_rounds(&|round| 1.0 - (round.steps - round.batches) / round.epoch),
        batches: of_rounds(&|round| round.batches / round.epoch),
        validation: of_rounds(&|round| round.validation / round.epoch),
        measures: of_rounds(&|round| (round.notes + round.looks) / round.epoch),
        looks: of_rounds(&|round| round.looks / round.epoch),
        rest: of_rounds(&|round| 1.0 - (round.steps + round.validation + round.looks) / round.epoch),
        evaluated_over_trained: of_rounds(&|round| round.validation / validation as f64 / (round.steps / train as f64)),
        images_per_second: of_rounds(&|round| (jobs * train) as f64 / round.epoch),
        steps_share_of_peak: of_rounds(&|round| gflop / round.steps / peak.gflops),
        epoch_share_of_peak: of_rounds(&|round| gflop / round.epoch / peak.gflops),
    })
}

/// Seconds of what was measured in one round.
#[derive(Clone, Copy)]
struct Round {
    epoch: f64,
    steps: f64,
    batches: f64,
    validation: f64,
    notes: f64,
    looks: f64,
}

/// The batches of an epoch, one after another.
struct Batches {
    images: ImageSet,
    order: Tensor,
    next: usize,
}

impl Batches {
    fn draw(&mut self) {
        let start = self.next % self.images.len();
        let length = BATCH.min(self.images.len() - start);
        let _batch = self.images.batch(&self.order.narrow(0, start as i64, length as i64), &datasets::Moves::default());
        self.next = start + length;
    }
}

/// What the measures of a stage do.
struct Looks {
    network: Box<dyn Network>,
    measuring: Measuring,
    optimiser: Sgd,
    gradients: Vec<Tensor>,
    recorder: StepRecorder,
    loss: Tensor,
}

impl Looks {
    fn new(size: Size, compute: Kind, device: Device, data: &TaskData) -> Self {
        let blueprint = bare::blueprint(size, compute, device);
        let network = blueprint.build();
        let parameters = network.parameters();
        let process = LearningProcess::default();
        let measures = measures_to_take(&[]).expect("none is asked for");
        Self {
            optimiser: Sgd::new(&parameters, &process),
            measuring: Measuring::new(blueprint, &*network, Task { data: data.clone(), process, position: 0 })
                .with(&measures),
            gradients: parameters.iter().map(|p| p.tensor.zeros_like()).collect(),
            recorder: StepRecorder::default(),
            loss: Tensor::ones([], (Kind::Float, device)),
            network,
        }
    }

    /// What is noted in every step.
    fn note(&mut self) {
        let norm = fused_sgd::norm(&self.gradients);
        let score = Score { mean_loss: self.loss.shallow_clone(), correct: self.loss.shallow_clone() };
        self.recorder.add(StepRecorder::row(score, norm, self.optimiser.update_norm()));
    }

    /// The looks after an epoch: the third, as those that are rarer come after the first two.
    fn after_epoch(&mut self) {
        self.note();
        let steps = std::mem::take(&mut self.recorder).steps(0, &*self.network, &self.optimiser);
        self.measuring.epoch(3, &*self.network, &steps);
    }
}

impl Tables for Shares {
    fn tables(&self) -> String {
        let spread =
            |spread: &Spread| format!("{} ({}–{})", percent(spread.median), percent(spread.min), percent(spread.max));
        let rows = self.settings.iter().map(|s| {
            vec![
                format!("width {}, {} stem, {}, {} side by side", s.width, s.stem, name(s.precision), s.jobs),
                spread(&s.outside_model),
                spread(&s.validation),
                spread(&s.batches),
                spread(&s.measures),
                spread(&s.rest),
                s.images_per_second.text(0),
                spread(&s.steps_share_of_peak),
                spread(&s.epoch_share_of_peak),
            ]
        });
        let header = [
            "",
            "outside the model",
            "validation",
            "batches",
            "measures",
            "rest",
            "images/s",
            "steps, of peak",
            "epoch, of peak",
        ];
        let peaks = self
            .peaks
            .iter()
            .map(|peak| vec![name(peak.precision).to_owned(), peak.size.to_string(), format!("{:.0}", peak.gflops)]);
        format!(
            "{}\n{}",
            markdown(&format!("Share of the time of an epoch ({} images)", self.images), &header, rows),
            markdown("Large matrix products", &["precision", "size", "GFLOP/s"], peaks)
        )
    }
}
