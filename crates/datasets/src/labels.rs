//! Labels that are not the images' own.

use paths::Transform;
use paths::random::{Purpose, stream};
use rand::RngExt;
use rand::seq::SliceRandom;

use crate::origin::Origin;

/// Classes of every dataset here.
const CLASSES: usize = 10;

/// The labels of the images at `indices` of an official set, whose own are `labels`, under `transform`: a share of them is drawn
/// uniformly from all classes, and then all go through the permutation. The draw of an image depends on its place in the official set
/// and on `seed` alone; an image that is drawn for a share is drawn for every larger one, with the same label.
pub(crate) fn transformed(
    labels: &[i64],
    indices: &[usize],
    origin: Origin,
    transform: &Transform,
    seed: u64,
) -> Vec<i64> {
    let permutation = permutation(CLASSES, transform.label_permutation, Purpose::LabelPermutation);
    let drawn = Drawn::of(indices, origin, Purpose::RandomLabels, seed);
    let label = |(&label, &index): (&i64, &usize)| {
        let (chance, other) = drawn.at(index);
        let label = if chance < transform.random_labels { (other % CLASSES as u64) as usize } else { label as usize };
        permutation[label] as i64
    };
    labels.iter().zip(indices).map(label).collect()
}

/// The permutation with this number of `0..length`; 0 is the identity. The same for every run and every dataset.
pub(crate) fn permutation(length: usize, number: usize, purpose: Purpose) -> Vec<usize> {
    let mut places: Vec<usize> = (0..length).collect();
    if number > 0 {
        places.shuffle(&mut stream(number as u64, purpose, 0, 0));
    }
    places
}

/// A chance in [0, 1) and a number for every image of an official set up to the last that is asked for.
pub(crate) struct Drawn(Vec<(f64, u64)>);

impl Drawn {
    pub fn of(indices: &[usize], origin: Origin, purpose: Purpose, seed: u64) -> Self {
        let count = indices.iter().max().map_or(0, |last| last + 1);
        let mut rng = stream(seed, purpose, origin as usize, 0);
        Self((0..count).map(|_| (rng.random::<f64>(), rng.random::<u64>())).collect())
    }

    pub fn at(&self, index: usize) -> (f64, u64) {
        self.0[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(transform: &Transform, indices: &[usize]) -> Vec<i64> {
        let own: Vec<i64> = indices.iter().map(|index| (index % 10) as i64).collect();
        transformed(&own, indices, Origin::Training, transform, 0)
    }

    #[test]
    fn random_labels_are_drawn_for_a_share_that_lies_in_every_larger_one() {
        let indices: Vec<usize> = (0..5000).collect();
        let of = |random_labels| labels(&Transform { random_labels, ..Transform::STANDARD }, &indices);
        let (own, half, all) = (of(0.0), of(0.5), of(1.0));
        let changed = |labels: &[i64]| own.iter().zip(labels).filter(|(a, b)| a != b).count();
        // A tenth of those that are drawn are the true ones.
        assert!((2100..2400).contains(&changed(&half)) && (4400..4600).contains(&changed(&all)));
        assert!(own.iter().zip(&half).zip(&all).all(|((own, half), all)| half == own || half == all));
        for class in 0..10 {
            let count = all.iter().filter(|&&label| label == class).count();
            assert!((400..600).contains(&count), "{class}: {count}");
        }
        // An image has the same label whichever others there are.
        assert_eq!(labels(&Transform { random_labels: 1.0, ..Transform::STANDARD }, &[17, 4999]), [all[17], all[4999]]);
        let test =
            transformed(&own, &indices, Origin::Test, &Transform { random_labels: 1.0, ..Transform::STANDARD }, 0);
        assert_ne!(test, all);
    }

    #[test]
    fn permutations_are_bijections_and_number_0_is_none() {
        assert_eq!(permutation(10, 0, Purpose::LabelPermutation), (0..10).collect::<Vec<_>>());
        let [first, second] = [1, 2].map(|number| permutation(784, number, Purpose::PixelPermutation));
        assert_ne!(first, second);
        for mut places in [first, second] {
            places.sort_unstable();
            assert_eq!(places, (0..784).collect::<Vec<_>>());
        }
        let transform = Transform { label_permutation: 3, ..Transform::STANDARD };
        let found = labels(&transform, &(0..20).collect::<Vec<_>>());
        let expected = permutation(10, 3, Purpose::LabelPermutation);
        assert!(found.iter().enumerate().all(|(index, &label)| label as usize == expected[index % 10]));
    }
}
