//! The programs of the concept figures: real images under the transformations of tasks, laid out by [`concepts`].

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use concepts::{Block, BlurredImage, Gallery, LearningPath, PathTask, Row, Step, Timelines, short};
use datasets::{DatasetError, RawDataset};
use paths::{DatasetName, Order, Transform, route};
use plotting::{Bitmap, PlotError, Scene};
use reports::checkout;

use super::pictures::picture;
use crate::command_line::Options;
use crate::error::USAGE;

/// The figures that show the idea of the experiments and need no training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concept {
    /// Figure 1: a learning path on the manifold of tasks.
    LearningPath,
    /// Figure 2: the default sequence, the baseline and the three interventions as timelines.
    Timelines,
    /// Figure 7: example images of each dataset under each transformation.
    Gallery,
}

/// Draws a figure of the idea with real images; nothing is trained.
#[derive(Parser, Clone, Debug)]
#[command(version, max_term_width = 100)]
pub(crate) struct Arguments {
    /// Datasets to show: cifar10, fashion-mnist, mnist, svhn; Figures 1 and 2 show the first only
    #[arg(long, value_delimiter = ',', value_name = "NAME,…", default_values_t = DATASETS)]
    datasets: Vec<DatasetName>,

    /// Which image of the test set, by its position in the official files, from 0
    #[arg(long, value_name = "N", default_value_t = INDEX)]
    index: usize,

    /// The folder in figures/ to write to; the figure is the same at every scale
    #[arg(long, value_name = "NAME", default_value = "demo")]
    scale: String,

    /// Where datasets are kept [default: data in the checkout]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Where figures/ is written [default: the checkout]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Say nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

impl Arguments {
    /// Those of a program that trains, as far as they matter here.
    pub(crate) fn of(options: &Options) -> Self {
        Self {
            datasets: if options.datasets.is_empty() { DATASETS.to_vec() } else { options.datasets.clone() },
            index: INDEX,
            scale: options.scale.clone().unwrap_or_else(|| "demo".to_owned()),
            data: options.data.clone(),
            out: options.out.clone(),
            quiet: options.quiet,
        }
    }
}

/// The datasets that the caption of the paper's gallery names.
const DATASETS: [DatasetName; 3] = [DatasetName::Cifar10, DatasetName::FashionMnist, DatasetName::Mnist];
/// A test image that stays recognisable at the least blur factor and contrast: CIFAR-10's is a red fire engine.
const INDEX: usize = 23;
/// The blurred source task of the paper.
const BLURRED: Transform = Transform { blur: 0.25, ..Transform::STANDARD };
/// Tasks on the axes of Figure 1, and of Figure 7 with up to three datasets: the finest discretization.
const FINEST: usize = 9;
/// Tasks of the discretization that Figure 2 shows, and of Figure 7 with four datasets.
const DISCRETIZED: usize = 5;
/// Draws of a random shift that Figure 7 shows.
const DRAWS: u64 = 2;
/// What the labels of Figure 7 mean.
const NOTE: &str = "s: images are shrunk to s times their size and enlarged again. c: c times the image, 1 − c times its mean \
                    grey. a: images are moved by up to a times their size across and down, anew in each epoch; two draws \
                    are shown, each in proportion to a.";
/// Blur and contrast of the path in Figure 1, bent to show that a path may lead anywhere.
const PATH: [(f64, f64); 5] = [(0.25, 0.3), (0.43, 0.55), (0.62, 0.65), (0.81, 0.72), (1.0, 1.0)];

/// Why a figure was not drawn.
#[derive(Debug, thiserror::Error)]
enum ConceptError {
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error(transparent)]
    Plot(#[from] PlotError),
    #[error("{} has {images} test images, counted from 0; --index {index} goes beyond", .dataset.title())]
    Index { dataset: DatasetName, images: usize, index: usize },
}

/// Runs the program of a concept figure.
pub fn main_of_concept(which: Concept) -> ExitCode {
    main_with(which, &Arguments::parse())
}

/// Draws a concept figure and says why where it cannot.
pub(crate) fn main_with(which: Concept, arguments: &Arguments) -> ExitCode {
    match run(which, arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::err(format!("error: {error}"));
            ExitCode::from(if matches!(error, ConceptError::Index { .. }) { USAGE } else { 1 })
        }
    }
}

fn run(which: Concept, arguments: &Arguments) -> Result<(), ConceptError> {
    let shown = if which == Concept::Gallery { &arguments.datasets[..] } else { &arguments.datasets[..1] };
    // Before anything is fetched.
    for &dataset in shown {
        let (images, index) = (datasets::registry::entry(dataset).test.images, arguments.index);
        if index >= images {
            return Err(ConceptError::Index { dataset, images, index });
        }
    }
    let images = shown.iter().map(|&dataset| TestImage::load(dataset, arguments)).collect::<Result<Vec<_>, _>>()?;
    let (name, scene) = match which {
        Concept::LearningPath => ("fig1", learning_path(&images[0])),
        Concept::Timelines => ("fig2", timelines(&images[0])),
        Concept::Gallery => ("fig7", gallery(&images)),
    };
    let out = arguments.out.clone().unwrap_or_else(checkout);
    let folder = out.join("figures").join(&arguments.scale);
    let (svg, png) = (folder.join(format!("{name}.svg")), folder.join(format!("{name}.png")));
    plotting::save(&scene, &svg, &png)?;
    if !arguments.quiet {
        let pdf = svg.with_extension("pdf");
        terminal::out(format!("Figure:  {}\n         {}\n         {}", png.display(), svg.display(), pdf.display()));
    }
    Ok(())
}

/// An image of a dataset's test set.
struct TestImage {
    raw: RawDataset,
    index: usize,
}

impl TestImage {
    fn load(dataset: DatasetName, arguments: &Arguments) -> Result<Self, ConceptError> {
        let data = arguments.data.clone().unwrap_or_else(|| checkout().join("data"));
        let notice = |text: &str| {
            if !arguments.quiet {
                terminal::err(text);
            }
        };
        Ok(Self { raw: datasets::load(dataset, &data, &notice)?, index: arguments.index })
    }

    fn under(&self, transform: &Transform, draw_seed: u64) -> Bitmap {
        picture(self.raw.name, &self.raw.test, self.index, transform, draw_seed)
    }

    /// The image along the paper's blur axis.
    fn blurred(&self, tasks: usize) -> Vec<BlurredImage> {
        let route = route(&BLURRED, &Transform::STANDARD, tasks, &Order::Diagonal);
        route.iter().map(|task| BlurredImage { factor: task.blur, picture: self.under(task, 0) }).collect()
    }
}

fn learning_path(image: &TestImage) -> Scene {
    let task = |(blur, contrast)| {
        let transform = Transform { blur, contrast, ..Transform::STANDARD };
        PathTask { blur, contrast, picture: image.under(&transform, 0) }
    };
    concepts::learning_path(&LearningPath { path: PATH.map(task).to_vec(), blur_axis: image.blurred(FINEST) })
}

/// The paper's settings, whatever the scale: the figure explains the experiment that the others approximate.
fn timelines(image: &TestImage) -> Scene {
    concepts::timelines(&Timelines {
        path: image.blurred(DISCRETIZED),
        epochs: 200,
        discretized_epochs: 100,
        lr: 1e-3,
        second_lr: 2e-3,
        bias: 0.01,
    })
}

fn gallery(images: &[TestImage]) -> Scene {
    let tasks = if images.len() > 3 { DISCRETIZED } else { FINEST };
    concepts::gallery(&Gallery {
        blocks: images.iter().map(|image| block(image, tasks)).collect(),
        note: NOTE.to_owned(),
    })
}

fn block(image: &TestImage, tasks: usize) -> Block {
    let row = |title: &str, source: Transform, draws: u64, label: fn(&Transform) -> String| {
        let route = route(&source, &Transform::STANDARD, tasks, &Order::Diagonal);
        let step = |task: &Transform| Step {
            label: label(task),
            draws: (0..draws).map(|seed| image.under(task, seed)).collect(),
        };
        Row { title: title.to_owned(), steps: route.iter().map(step).collect() }
    };
    let contrast = Transform { contrast: 0.1, ..Transform::STANDARD };
    let shift = Transform { shift: 0.25, ..Transform::STANDARD };
    Block {
        title: image.raw.name.title().to_owned(),
        rows: vec![
            row("Blur", BLURRED, 1, |task| format!("s = {}", short(task.blur))),
            row("Contrast", contrast, 1, |task| format!("c = {:.0} %", 100.0 * task.contrast)),
            row("Random shift", shift, DRAWS, |task| format!("a = {}", short(task.shift))),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datasets::RawImages;

    /// A dataset of two test images: a black one and a bright square on black.
    fn image(dataset: DatasetName) -> TestImage {
        let (channels, side) = (dataset.channels(), dataset.image_size());
        let square = |place: usize| {
            let (x, y) = (place % side, place / side % side);
            let inside = |at: usize| (8..16).contains(&at);
            if inside(x) && inside(y) { 220 } else { 0 }
        };
        let pixels = channels * side * side;
        let images = vec![0; pixels].into_iter().chain((0..pixels).map(square)).collect();
        let set = RawImages { channels, height: side, width: side, images, labels: vec![0, 1] };
        TestImage { raw: RawDataset { name: dataset, train: set.clone(), test: set }, index: 1 }
    }

    #[test]
    fn every_dataset_has_each_transformation_and_two_draws_of_the_shift() {
        let block = block(&image(DatasetName::Svhn), 9);
        assert_eq!(block.title, "SVHN");
        let draws: Vec<usize> = block.rows.iter().map(|row| row.steps[0].draws.len()).collect();
        assert_eq!(draws, [1, 1, 2]);
        for row in &block.rows {
            assert_eq!(row.steps.len(), 9);
            let (first, last) = (&row.steps[0].draws, &row.steps[8].draws);
            assert!(last.iter().all(|standard| *standard == block.rows[0].steps[8].draws[0]), "{}", row.title);
            assert!(first.iter().all(|source| *source != last[0]), "{}", row.title);
        }
        let shifts = &block.rows[2].steps[0];
        assert_eq!(shifts.label, "a = 0.25");
        assert_ne!(shifts.draws[0], shifts.draws[1]);
        assert_eq!(block.rows[1].steps[0].label, "c = 10 %");
    }

    #[test]
    fn each_figure_is_drawn_from_grey_and_colour_images() {
        for dataset in [DatasetName::Mnist, DatasetName::Cifar10] {
            let image = image(dataset);
            let says = |scene: &Scene, what: &str| scene.text_boxes().iter().any(|text| text.content == what);
            assert!(says(&learning_path(&image), "target"));
            assert!(says(&timelines(&image), "learning rate 2e-3"));
            assert!(says(&gallery(&[image]), dataset.title()));
        }
    }
}
