//! Images that can be learnt and need no download.

use paths::DatasetName;

use crate::raw::RawImages;

/// As many images as `labels`, of the dataset's size, in which the class shows as a bright stripe under noise: for tests, and
/// for measuring where the dataset itself is not there.
pub fn stripes(name: DatasetName, labels: Vec<u8>) -> RawImages {
    let (channels, side) = (name.channels(), name.image_size());
    let mut images = Vec::with_capacity(labels.len() * channels * side * side);
    for (index, &label) in labels.iter().enumerate() {
        for place in 0..channels * side * side {
            let noise = (place * 7919 + index * 104_729) % 61;
            let row = place / side % side;
            images.push((noise + if row / 2 == usize::from(label) { 150 } else { 0 }) as u8);
        }
    }
    RawImages { channels, height: side, width: side, images, labels }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_is_bright_where_its_stripe_is_in_every_channel() {
        for name in [DatasetName::Mnist, DatasetName::Cifar10] {
            let raw = stripes(name, (0..10).collect());
            let plane = raw.height * raw.width;
            assert_eq!(raw.images.len(), 10 * raw.channels * plane);
            for (class, image) in raw.images.chunks(raw.channels * plane).enumerate() {
                let bright = |place: usize| image[place] >= 150;
                assert!((0..image.len()).all(|place| bright(place) == (place % plane / raw.width / 2 == class)));
            }
        }
    }
}
