//! How each image of a set is moved in one epoch: by the task's random shift, and by augmentation.

use paths::Augmentation;
use rand::{Rng, RngExt};
use tch::{Device, Tensor};

use crate::transform;

/// How each image of a set is moved in one epoch.
#[derive(Debug, Default)]
pub struct Moves {
    /// Offsets of the task's random shift, N×2 int64 (dx, dy).
    shift: Option<Tensor>,
    /// Offsets of augmentation and whether it mirrors, N×3 int64 (dx, dy, 0 or 1); done after the shift.
    augmentation: Option<Tensor>,
}

impl Moves {
    pub(crate) fn by_shift(offsets: Option<Tensor>) -> Self {
        Self { shift: offsets, augmentation: None }
    }

    /// Becomes `other`, in the same memory where there is some: what was captured on a GPU finds the moves of each epoch there.
    pub fn become_in_place(&mut self, other: Self) {
        for (own, other) in [(&mut self.shift, other.shift), (&mut self.augmentation, other.augmentation)] {
            match (own.as_mut(), other) {
                (Some(own), Some(other)) if own.size() == other.size() => own.copy_(&other),
                (_, other) => *own = other,
            }
        }
    }

    /// Draws what `augmentation` does to `count` images.
    pub(crate) fn augmented(
        self,
        augmentation: Augmentation,
        count: usize,
        rng: &mut impl Rng,
        device: Device,
    ) -> Self {
        let mirrors = match augmentation {
            Augmentation::None => return self,
            Augmentation::Crop => false,
            Augmentation::CropFlip => true,
        };
        let most = Augmentation::PADDING;
        let mut draws = Vec::with_capacity(3 * count);
        for _ in 0..count {
            draws.push(rng.random_range(-most..=most));
            draws.push(rng.random_range(-most..=most));
            draws.push(i64::from(mirrors && rng.random_bool(0.5)));
        }
        let draws = Tensor::from_slice(&draws).view([count as i64, 3]).to_device(device);
        Self { augmentation: Some(draws), ..self }
    }

    /// The moves of the images at `indices` (int64, B).
    pub(crate) fn select(&self, indices: &Tensor) -> Self {
        self.map(|draws| draws.index_select(0, indices))
    }

    /// The moves of the images at `start..start + length`.
    pub(crate) fn narrow(&self, start: usize, length: usize) -> Self {
        self.map(|draws| draws.narrow(0, start as i64, length as i64))
    }

    fn map(&self, of: impl Fn(&Tensor) -> Tensor) -> Self {
        Self { shift: self.shift.as_ref().map(&of), augmentation: self.augmentation.as_ref().map(of) }
    }

    /// Moves images N×H×W×C, filling what is vacated with `fill` (one a channel).
    pub(crate) fn apply(&self, images: Tensor, fill: &Tensor) -> Tensor {
        let images = match &self.shift {
            Some(offsets) => transform::shift(&images, offsets, fill),
            None => images,
        };
        match &self.augmentation {
            Some(draws) => transform::shift_and_mirror(&images, draws, fill),
            None => images,
        }
    }
}

/// Draws (dx, dy) for `count` images, each uniform in ±half_width·size and rounded to whole pixels.
pub(crate) fn draw_offsets(rng: &mut impl Rng, count: usize, half_width: f64, size: i64) -> Tensor {
    let offsets: Vec<i64> =
        (0..2 * count).map(|_| transform::pixels(rng.random_range(-1.0..=1.0), half_width, size)).collect();
    Tensor::from_slice(&offsets).view([count as i64, 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::random::{Purpose, stream};

    #[test]
    fn augmentation_draws_every_offset_and_mirrors_half_of_the_images() {
        let draw = |augmentation, epoch| {
            let mut rng = stream(0, Purpose::Augmentation, 1, epoch);
            let moves = Moves::default().augmented(augmentation, 3000, &mut rng, Device::Cpu);
            moves.augmentation.map(|draws| Vec::<i64>::try_from(draws.tr().contiguous().view(-1)).unwrap())
        };
        assert!(draw(Augmentation::None, 0).is_none());
        let both = draw(Augmentation::CropFlip, 0).unwrap();
        assert_eq!(Some(&both), draw(Augmentation::CropFlip, 0).as_ref());
        assert_ne!(Some(&both), draw(Augmentation::CropFlip, 1).as_ref());
        for offsets in [&both[..3000], &both[3000..6000]] {
            assert!((-4..=4).all(|offset| offsets.iter().filter(|&&o| o == offset).count() > 250));
            assert!(offsets.iter().all(|offset| offset.abs() <= 4));
        }
        let mirrored: i64 = both[6000..].iter().sum();
        assert!((1350..1650).contains(&mirrored), "{mirrored}");
        assert!(draw(Augmentation::Crop, 0).unwrap()[6000..].iter().all(|&mirrored| mirrored == 0));
    }
}
