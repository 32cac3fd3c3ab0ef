//! Which images are trained on, validated on and tested on.

use paths::random::{Purpose, stream};
use paths::{DataSelection, DatasetName};
use rand::seq::SliceRandom;

use crate::DatasetError;

/// Indices into the official training set (`train`, `validation`) and test set (`test`), each in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// Images that gradients are taken on.
    pub train: Vec<usize>,
    /// Images whose loss decides when training ends.
    pub validation: Vec<usize>,
    /// Images that results are measured on.
    pub test: Vec<usize>,
}

/// Chooses class-stratified subsets, given the labels of the official training and test images. The choice depends on these and on
/// `selection` alone, so every run of an experiment sees the same images; of two selections that differ in the number of images, the
/// smaller is contained in the larger.
///
/// # Errors
/// [`DatasetError::Selection`] where so few images are asked for that fewer than two would be trained on or none validated on.
pub fn split(
    dataset: DatasetName,
    [train_labels, test_labels]: [&[u8]; 2],
    selection: &DataSelection,
) -> Result<Split, DatasetError> {
    let classes = by_class(train_labels, selection.split_seed, Purpose::Split);
    let total = selection.train_images.of(train_labels.len());
    let wanted_validation = (total as f64 * selection.validation_fraction).round() as usize;
    if wanted_validation == 0 || wanted_validation + 2 > total {
        return Err(DatasetError::Selection {
            dataset,
            train_images: total,
            validation_fraction: selection.validation_fraction,
        });
    }
    let taken = allocate(&classes.iter().map(Vec::len).collect::<Vec<_>>(), total);
    let held_out = allocate(&taken, wanted_validation);
    let mut train = Vec::with_capacity(total - wanted_validation);
    let mut validation = Vec::with_capacity(wanted_validation);
    for ((class, taken), held_out) in classes.iter().zip(taken).zip(held_out) {
        validation.extend_from_slice(&class[..held_out]);
        train.extend_from_slice(&class[held_out..taken]);
    }

    let classes = by_class(test_labels, selection.split_seed, Purpose::TestSubset);
    let taken =
        allocate(&classes.iter().map(Vec::len).collect::<Vec<_>>(), selection.test_images.of(test_labels.len()));
    let mut test: Vec<usize> = classes.iter().zip(taken).flat_map(|(class, taken)| class[..taken].to_vec()).collect();
    for indices in [&mut train, &mut validation, &mut test] {
        indices.sort_unstable();
    }
    Ok(Split { train, validation, test })
}

/// The indices of each class, in random order.
fn by_class(labels: &[u8], seed: u64, purpose: Purpose) -> Vec<Vec<usize>> {
    let mut classes = vec![Vec::new(); 10];
    for (index, &label) in labels.iter().enumerate() {
        classes[usize::from(label)].push(index);
    }
    for (label, class) in classes.iter_mut().enumerate() {
        class.shuffle(&mut stream(seed, purpose, label, 0));
    }
    classes
}

/// Divides `total` among classes in proportion to their sizes, by largest remainder; of equal remainders the first class's
/// counts.
fn allocate(sizes: &[usize], total: usize) -> Vec<usize> {
    let sum: usize = sizes.iter().sum();
    if sum == 0 {
        return vec![0; sizes.len()];
    }
    let mut shares: Vec<usize> = sizes.iter().map(|size| size * total / sum).collect();
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|&class| std::cmp::Reverse(sizes[class] * total % sum));
    let missing = total.min(sum) - shares.iter().sum::<usize>();
    for class in order.into_iter().take(missing) {
        shares[class] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::Count;
    use proptest::prelude::*;

    /// Of a dataset with the same labels in both sets.
    fn split(labels: &[u8], selection: &DataSelection) -> Result<Split, DatasetError> {
        super::split(DatasetName::Mnist, [labels, labels], selection)
    }

    fn selection(train_images: usize, test_images: usize) -> DataSelection {
        let [train_images, test_images] = [train_images, test_images].map(Count::AtMost);
        DataSelection { train_images, test_images, ..DataSelection::default() }
    }

    #[test]
    fn classes_keep_their_share() {
        let labels: Vec<u8> = (0..1000).map(|i| (i % 10) as u8).collect();
        let split = split(&labels, &selection(500, 100)).unwrap();
        assert_eq!((split.train.len(), split.validation.len(), split.test.len()), (450, 50, 100));
        for class in 0..10 {
            let of = |indices: &[usize]| indices.iter().filter(|&&i| labels[i] == class).count();
            assert_eq!((of(&split.train), of(&split.validation), of(&split.test)), (45, 5, 10));
        }
    }

    #[test]
    fn too_few_images_are_refused() {
        assert!(split(&[0, 1, 2], &selection(1, 1)).is_err());
    }

    proptest! {
        #[test]
        fn parts_are_disjoint_and_as_large_as_asked(
            labels in prop::collection::vec(0u8..10, 20..300), asked in 10usize..400, seed in 0u64..5,
        ) {
            let chosen = DataSelection { split_seed: seed, ..selection(asked, asked) };
            let parts = split(&labels, &chosen).unwrap();
            prop_assert_eq!(parts.train.len() + parts.validation.len(), asked.min(labels.len()));
            prop_assert_eq!(parts.test.len(), asked.min(labels.len()));
            prop_assert!(parts.train.iter().all(|i| !parts.validation.contains(i)));
            prop_assert!(parts.train.windows(2).all(|w| w[0] < w[1]));
            prop_assert_eq!(parts, split(&labels, &chosen).unwrap());
        }

        #[test]
        fn smaller_selections_lie_in_larger_ones(asked in 20usize..200) {
            let labels: Vec<u8> = (0..300).map(|i| (i % 10) as u8).collect();
            let of = |asked| split(&labels, &selection(asked, asked)).unwrap();
            let (few, many) = (of(asked), of(asked + 50));
            let all = |s: &Split| { let mut a = s.train.clone(); a.extend(&s.validation); a };
            let larger = all(&many);
            prop_assert!(all(&few).iter().all(|i| larger.contains(i)));
            prop_assert!(few.test.iter().all(|i| many.test.contains(i)));
        }
    }
}
