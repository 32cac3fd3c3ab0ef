//! `inspect images`: a dataset's images under a transformation.

use std::ops::Range;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use datasets::{ChannelStatistics, Origin, RawImages, Selected};
use paths::{DatasetName, Transform};
use plotting::Bitmap;
use tch::Tensor;

use crate::common::DataArgument;
use crate::error::InspectError;
use crate::output::write_npy;

/// Images beside one another in a grid.
const COLUMNS: usize = 10;
/// Pixels between the images of a grid.
const GAP: usize = 2;
/// Pixels of the picture for each pixel of an image.
const ZOOM: u32 = 3;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The dataset: cifar10, fashion-mnist, mnist or svhn
    #[arg(long)]
    dataset: DatasetName,

    /// Which images, by their position in the official files: the first and the one after the last
    #[arg(long, value_name = "A..B", value_parser = parse_range)]
    indices: Range<usize>,

    /// Which official set
    #[arg(long, default_value = "test")]
    split: SplitName,

    /// Blur factor, above 0 and at most 1
    #[arg(long, default_value_t = 1.0)]
    blur: f64,

    /// Contrast level, 0 to 1
    #[arg(long, default_value_t = 1.0)]
    contrast: f64,

    /// Half-width of the random shift as a fraction of the image size, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    shift: f64,

    /// Share of the images that are upside down, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    upside_down: f64,

    /// Share of the images that are replaced by noise, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    noise: f64,

    /// Number of the permutation that all pixels go through; 0 for none
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pixel_permutation: usize,

    /// Share of the images whose label is random, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    random_labels: f64,

    /// Number of the permutation that all labels go through; 0 for none
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    label_permutation: usize,

    /// Seed of what is drawn by chance
    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// Normalise as for training: subtract the training set's channel means, divide by its standard deviations
    #[arg(long, conflicts_with = "png")]
    normalise: bool,

    /// Write the images here, as float32 N×C×H×W
    #[arg(long, value_name = "FILE", required_unless_present = "png")]
    npy: Option<PathBuf>,

    /// Write the labels here, as int64 N
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,

    /// Write a picture of the images here
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,

    #[command(flatten)]
    data: DataArgument,
}

#[derive(Clone, Copy, ValueEnum)]
enum SplitName {
    Train,
    Test,
}

fn parse_range(text: &str) -> Result<Range<usize>, String> {
    let range = text.split_once("..").and_then(|(a, b)| Some(a.parse().ok()?..b.parse().ok()?));
    range.filter(|range| !range.is_empty()).ok_or_else(|| "expected a range such as 0..10".into())
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), InspectError> {
    let transform = Transform {
        blur: arguments.blur,
        contrast: arguments.contrast,
        shift: arguments.shift,
        upside_down: arguments.upside_down,
        noise: arguments.noise,
        pixel_permutation: arguments.pixel_permutation,
        random_labels: arguments.random_labels,
        label_permutation: arguments.label_permutation,
        images: Transform::STANDARD.images,
    };
    transform.check().map_err(InspectError::Refused)?;
    let raw = datasets::load(arguments.dataset, &arguments.data.folder(), &|text| terminal::err(text))?;
    let (set, origin) = match arguments.split {
        SplitName::Train => (&raw.train, Origin::Training),
        SplitName::Test => (&raw.test, Origin::Test),
    };
    if arguments.indices.end > set.len() {
        let text = format!("{} has {} images there; --indices goes beyond", arguments.dataset.title(), set.len());
        return Err(InspectError::Refused(text));
    }
    let indices: Vec<usize> = arguments.indices.clone().collect();
    let selected = Selected::from(origin, arguments.dataset, set, &indices);
    let images = datasets::transformed(&selected, &transform, arguments.seed).contiguous();
    if let Some(path) = &arguments.npy {
        let images = if arguments.normalise { normalised(&images, &raw.train) } else { images.shallow_clone() };
        write_npy(&images, path)?;
    }
    if let Some(path) = &arguments.labels {
        write_npy(&Tensor::from_slice(&selected.labels(&transform, arguments.seed)), path)?;
    }
    if let Some(path) = &arguments.png {
        let png = grid(&images).to_png().map_err(|e| InspectError::Refused(e.to_string()))?;
        std::fs::write(path, png).map_err(|source| InspectError::Write { path: path.clone(), source })?;
    }
    for path in [&arguments.npy, &arguments.labels, &arguments.png].into_iter().flatten() {
        terminal::out(format_args!("Wrote {}.", path.display()));
    }
    Ok(())
}

fn normalised(images: &Tensor, train: &RawImages) -> Tensor {
    let statistics = ChannelStatistics::of(train);
    statistics.normalise(&images.permute([0, 2, 3, 1])).permute([0, 3, 1, 2]).contiguous()
}

/// Images (N×C×H×W in [0, 1]) side by side on white, enlarged.
fn grid(images: &Tensor) -> Bitmap {
    let pictures: Vec<Bitmap> = figures::pictures(images).iter().map(|picture| picture.enlarged(ZOOM)).collect();
    let columns = pictures.len().min(COLUMNS);
    let (width, height) = pictures.first().map_or((0, 0), |first| (first.width as usize, first.height as usize));
    let span = |cells: usize, side: usize| cells * side + (cells + 1) * GAP;
    let (full_width, full_height) = (span(columns, width), span(pictures.len().div_ceil(columns), height));
    let mut rgb = vec![255u8; full_width * full_height * 3];
    for (index, picture) in pictures.iter().enumerate() {
        let (left, top) = (span(index % columns, width), span(index / columns, height));
        for (y, row) in picture.rgb.chunks_exact(3 * width).enumerate() {
            let start = ((top + y) * full_width + left) * 3;
            rgb[start..start + row.len()].copy_from_slice(row);
        }
    }
    Bitmap { width: full_width as u32, height: full_height as u32, rgb }
}
