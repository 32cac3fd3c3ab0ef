//! Chosen images of a dataset, as they are published.

use paths::random::{Purpose, stream};
use paths::{DatasetName, Transform};
use rand::seq::SliceRandom;
use tch::Tensor;

use crate::origin::Origin;
use crate::{RawImages, labels};

/// Chosen images of one dataset as bytes, not yet transformed.
pub struct Selected {
    /// Which dataset they are from.
    pub dataset: DatasetName,
    pub(crate) origin: Origin,
    /// Their places in the official set.
    pub(crate) indices: Vec<usize>,
    /// N×C×H×W, uint8.
    pub(crate) images: Tensor,
    labels: Vec<i64>,
}

impl Clone for Selected {
    /// The bytes of the images are shared.
    fn clone(&self) -> Self {
        let Self { dataset, origin, indices, images, labels } = self;
        Self {
            dataset: *dataset,
            origin: *origin,
            indices: indices.clone(),
            images: images.shallow_clone(),
            labels: labels.clone(),
        }
    }
}

impl Selected {
    /// Copies the images at `indices` of the official training set.
    pub fn new(dataset: DatasetName, raw: &RawImages, indices: &[usize]) -> Self {
        Self::from(Origin::Training, dataset, raw, indices)
    }

    /// Copies the images at `indices` of an official set.
    pub fn from(origin: Origin, dataset: DatasetName, raw: &RawImages, indices: &[usize]) -> Self {
        let bytes = raw.image_bytes();
        let mut images = Vec::with_capacity(indices.len() * bytes);
        for &index in indices {
            images.extend_from_slice(&raw.images[index * bytes..(index + 1) * bytes]);
        }
        Self::of_bytes(origin, dataset, [raw.channels, raw.height, raw.width], indices, &images, &raw.labels)
    }

    /// The images at `indices` of an official set, whose bytes are `images`; `labels` are those of all images of the set.
    pub(crate) fn of_bytes(
        origin: Origin,
        dataset: DatasetName,
        [channels, height, width]: [usize; 3],
        indices: &[usize],
        images: &[u8],
        labels: &[u8],
    ) -> Self {
        let labels = indices.iter().map(|&index| i64::from(labels[index])).collect();
        let shape = [indices.len(), channels, height, width].map(|n| n as i64);
        Self { dataset, origin, indices: indices.to_vec(), images: Tensor::from_slice(images).view(shape), labels }
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The labels under `transform`; what is drawn by chance is drawn from `draw_seed`.
    pub fn labels(&self, transform: &Transform, draw_seed: u64) -> Vec<i64> {
        labels::transformed(&self.labels, &self.indices, self.origin, transform, draw_seed)
    }

    /// The places, ascending, of a class-stratified share of the images: of each class so many as the share is, rounded up. A smaller share
    /// lies in a larger one.
    pub(crate) fn share(&self, share: f64, draw_seed: u64) -> Vec<usize> {
        let mut chosen = Vec::new();
        for class in 0..=self.labels.iter().copied().max().unwrap_or(0) {
            let mut of_class: Vec<usize> = (0..self.len()).filter(|&place| self.labels[place] == class).collect();
            of_class.shuffle(&mut stream(draw_seed, Purpose::Share, class as usize, 0));
            chosen.extend_from_slice(&of_class[..(share * of_class.len() as f64 - 1e-9).ceil() as usize]);
        }
        chosen.sort_unstable();
        chosen
    }
}
