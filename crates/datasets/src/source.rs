//! Choosing images as a dataset passes by, without holding all of it.

use paths::{DataSelection, DatasetName};

use crate::channels::{ChannelCounts, ChannelStatistics};
use crate::origin::Origin;
use crate::selected::Selected;
use crate::{DatasetError, RawDataset, split};

/// Where a dataset is read from, in the order of its official files.
pub(crate) trait Source {
    /// The labels of an official set.
    fn labels(&mut self, of: Origin) -> Result<Vec<u8>, DatasetError>;

    /// Shows `look` every image of an official set once, in order, some whole ones at a time: bytes N×C×H×W. Only where this succeeds were
    /// they the published ones.
    fn images(&mut self, of: Origin, look: &mut dyn FnMut(&[u8])) -> Result<(), DatasetError>;
}

impl Source for &RawDataset {
    fn labels(&mut self, of: Origin) -> Result<Vec<u8>, DatasetError> {
        Ok(self.official(of).labels.clone())
    }

    fn images(&mut self, of: Origin, look: &mut dyn FnMut(&[u8])) -> Result<(), DatasetError> {
        look(&self.official(of).images);
        Ok(())
    }
}

/// The images that a selection picks from a dataset, and the statistics of all its training images.
pub(crate) struct Picked {
    pub statistics: ChannelStatistics,
    /// To train, validate and test on.
    pub parts: [Selected; 3],
}

/// Reads `source` once and picks `selection`.
///
/// # Errors
/// Those of the source, and of [`split()`].
pub(crate) fn pick(
    source: &mut dyn Source,
    name: DatasetName,
    selection: &DataSelection,
) -> Result<Picked, DatasetError> {
    let (train_labels, test_labels) = (source.labels(Origin::Training)?, source.labels(Origin::Test)?);
    let split = split(name, [&train_labels, &test_labels], selection)?;
    let shape = [name.channels(), name.image_size(), name.image_size()];
    let bytes = shape.iter().product();
    let (mut train, mut validation) = (Picker::new(&split.train, bytes), Picker::new(&split.validation, bytes));
    let mut counts = ChannelCounts::new(shape);
    source.images(Origin::Training, &mut |images| {
        counts.add(images);
        train.look(images);
        validation.look(images);
    })?;
    let mut test = Picker::new(&split.test, bytes);
    source.images(Origin::Test, &mut |images| test.look(images))?;
    let selected = |origin, picker: Picker<'_>, labels: &[u8]| {
        Selected::of_bytes(origin, name, shape, picker.indices, &picker.images, labels)
    };
    Ok(Picked {
        statistics: counts.statistics(),
        parts: [
            selected(Origin::Training, train, &train_labels),
            selected(Origin::Training, validation, &train_labels),
            selected(Origin::Test, test, &test_labels),
        ],
    })
}

/// Copies the images at ascending places.
struct Picker<'a> {
    indices: &'a [usize],
    /// Bytes of an image.
    bytes: usize,
    images: Vec<u8>,
    /// How many were copied, and how many have passed by.
    copied: usize,
    passed: usize,
}

impl<'a> Picker<'a> {
    fn new(indices: &'a [usize], bytes: usize) -> Self {
        Self { indices, bytes, images: Vec::with_capacity(indices.len() * bytes), copied: 0, passed: 0 }
    }

    fn look(&mut self, images: &[u8]) {
        let after = self.passed + images.len() / self.bytes;
        while let Some(index) = self.indices.get(self.copied).filter(|&&index| index < after) {
            let at = (index - self.passed) * self.bytes;
            self.images.extend_from_slice(&images[at..at + self.bytes]);
            self.copied += 1;
        }
        self.passed = after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_make_no_difference(
            chosen in prop::collection::btree_set(0usize..60, 0..60), pieces in prop::collection::vec(1usize..20, 60),
        ) {
            let indices: Vec<usize> = chosen.into_iter().collect();
            let images: Vec<u8> = (0..180).collect();
            let mut picker = Picker::new(&indices, 3);
            let mut rest = &images[..];
            for piece in pieces {
                let (now, later) = rest.split_at((3 * piece).min(rest.len()));
                picker.look(now);
                rest = later;
            }
            let expected: Vec<u8> = indices.iter().flat_map(|&index| images[3 * index..3 * index + 3].to_vec()).collect();
            prop_assert_eq!(picker.images, expected);
        }
    }
}
