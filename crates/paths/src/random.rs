//! Random streams that depend on what they are for and on nothing else.
//!
//! libtorch's generator is one object for the whole process: two runs side by side would share it, and a resumed run would
//! find it elsewhere. Every random choice is therefore drawn from a ChaCha stream keyed by seed, purpose, position in the
//! path and epoch, so that the same stage has the same bits whatever else runs and however often it was interrupted.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

/// What random numbers are for. Streams for different purposes are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Initial weights.
    Initialisation,
    /// The order of the training images in an epoch.
    Shuffle,
    /// The offsets of randomly shifted training images in an epoch.
    Shift,
    /// The offsets of validation and test images under a random shift, drawn once.
    FixedShift,
    /// Which images of the official training set are used, and for what.
    Split,
    /// Which images of the official test set are used.
    TestSubset,
    /// What an intervention draws.
    Intervention,
    /// What a measure draws, such as directions in which a loss is looked at.
    Measure,
    /// The crops and mirrorings of training images in an epoch.
    Augmentation,
    /// Which images are upside down.
    UpsideDown,
    /// Which images are replaced by noise, and the noise of each.
    Noise,
    /// The permutation of pixels with a number.
    PixelPermutation,
    /// Which labels are random, and what they are.
    RandomLabels,
    /// The permutation of classes with a number.
    LabelPermutation,
    /// In which order a task that has a share of the training images takes those of a class.
    Share,
}

/// The stream for one purpose, one position in a path and one epoch of the run with `seed`.
pub fn stream(seed: u64, purpose: Purpose, position: usize, epoch: usize) -> ChaCha8Rng {
    let name = match purpose {
        Purpose::Initialisation => "initialisation",
        Purpose::Shuffle => "shuffle",
        Purpose::Shift => "shift",
        Purpose::FixedShift => "fixed-shift",
        Purpose::Split => "split",
        Purpose::TestSubset => "test-subset",
        Purpose::Intervention => "intervention",
        Purpose::Measure => "measure",
        Purpose::Augmentation => "augmentation",
        Purpose::UpsideDown => "upside-down",
        Purpose::Noise => "noise",
        Purpose::PixelPermutation => "pixel-permutation",
        Purpose::RandomLabels => "random-labels",
        Purpose::LabelPermutation => "label-permutation",
        Purpose::Share => "share",
    };
    let mut key = Sha256::new();
    key.update(name.as_bytes());
    for number in [seed, position as u64, epoch as u64] {
        key.update(number.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key.finalize().into())
}

/// One of many streams with the same key otherwise: the `number`th of several things that draw in one place.
pub fn numbered_stream(seed: u64, purpose: Purpose, position: usize, epoch: usize, number: usize) -> ChaCha8Rng {
    let mut rng = stream(seed, purpose, position, epoch);
    rng.set_stream(number as u64);
    rng
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::rand_core::Rng;

    #[test]
    fn streams_repeat_and_differ_in_each_part_of_their_key() {
        let first = |seed, purpose, position, epoch| stream(seed, purpose, position, epoch).next_u64();
        let reference = first(1, Purpose::Shuffle, 2, 3);
        assert_eq!(reference, first(1, Purpose::Shuffle, 2, 3));
        for other in [
            first(0, Purpose::Shuffle, 2, 3),
            first(1, Purpose::Shift, 2, 3),
            first(1, Purpose::Shuffle, 1, 3),
            first(1, Purpose::Shuffle, 2, 4),
        ] {
            assert_ne!(reference, other);
        }
        let numbered = |number| numbered_stream(1, Purpose::Shuffle, 2, 3, number).next_u64();
        assert_eq!(numbered(0), reference);
        assert_ne!(numbered(1), reference);
    }
}
