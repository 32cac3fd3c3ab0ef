//! Mean and deviation of the channels of a dataset, by which images are normalised.

use tch::{Kind, Tensor};

use crate::RawImages;

/// Mean and standard deviation of each channel of a dataset's official training images, in [0, 1].
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelStatistics {
    /// Means.
    pub mean: Vec<f64>,
    /// Standard deviations (of the population).
    pub std: Vec<f64>,
}

/// How often each of the 256 values of a byte is there, in each channel.
pub(crate) struct ChannelCounts {
    /// Pixels of a channel of an image.
    plane: usize,
    counts: Vec<[u64; 256]>,
}

impl ChannelCounts {
    /// Of no images yet, which are of this shape: channels, height, width.
    pub fn new([channels, height, width]: [usize; 3]) -> Self {
        Self { plane: height * width, counts: vec![[0; 256]; channels] }
    }

    /// Adds whole images, N×C×H×W.
    pub fn add(&mut self, images: &[u8]) {
        let channels = self.counts.len();
        for (index, pixels) in images.chunks_exact(self.plane).enumerate() {
            let counts = &mut self.counts[index % channels];
            for &pixel in pixels {
                counts[usize::from(pixel)] += 1;
            }
        }
    }

    pub fn statistics(&self) -> ChannelStatistics {
        let (mut mean, mut std) = (Vec::new(), Vec::new());
        for counts in &self.counts {
            let n = counts.iter().sum::<u64>() as f64;
            let moment = |power: i32| {
                counts.iter().enumerate().map(|(v, &c)| c as f64 * (v as f64 / 255.0).powi(power)).sum::<f64>() / n
            };
            let m = moment(1);
            mean.push(m);
            std.push((moment(2) - m * m).max(0.0).sqrt());
        }
        ChannelStatistics { mean, std }
    }
}

impl ChannelStatistics {
    /// Computes them exactly, from counts of the 256 values a byte has.
    pub fn of(raw: &RawImages) -> Self {
        let mut counts = ChannelCounts::new([raw.channels, raw.height, raw.width]);
        counts.add(&raw.images);
        counts.statistics()
    }

    /// (x − mean) / std on float32 values with channels last; a channel without any variation is only centred.
    pub fn normalise(&self, images: &Tensor) -> Tensor {
        let row = |values: Vec<f64>| Tensor::from_slice(&values).to_kind(Kind::Float).to_device(images.device());
        let std = self.std.iter().map(|&s| if s > 0.0 { s } else { 1.0 }).collect();
        (images - row(self.mean.clone())) / row(std)
    }
}
