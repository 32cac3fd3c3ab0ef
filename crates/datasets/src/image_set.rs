//! Images of a task, ready to be trained on: transformed once, normalised, in the model's number format.

use paths::random::{Purpose, stream};
use paths::{Augmentation, Transform};
use rand::Rng;
use tch::{Device, Kind, Tensor};

use crate::channels::ChannelStatistics;
use crate::moves::{Moves, draw_offsets};
use crate::selected::Selected;
use crate::transforming::Transforming;

/// Images converted together: few enough that what a step of it puts out is still in the cache when the next one takes it.
const CHUNK: usize = 256;

/// Prepared images of one part (training, validation or test) of a task.
///
/// Cheap to clone: clones share their memory.
pub struct ImageSet {
    /// N×(H·W·C), normalised, channels last: a batch is then a gather of rows.
    rows: Tensor,
    labels: Tensor,
    shape: [i64; 3],
    /// Normalised value of a black pixel, one a channel.
    fill: Tensor,
    /// Half-width of the random shift drawn anew in each epoch; 0 where there is none or where it is drawn once.
    epoch_shift: f64,
    draw_seed: u64,
}

/// A tensor may be used from any thread but not from two at once; a clone is another handle, counted atomically.
impl Clone for ImageSet {
    fn clone(&self) -> Self {
        Self {
            rows: self.rows.shallow_clone(),
            labels: self.labels.shallow_clone(),
            fill: self.fill.shallow_clone(),
            ..*self
        }
    }
}

impl ImageSet {
    /// Transforms and normalises `selected`. Those that are for `training` are a share of them, where the task has no more, and a random
    /// shift of them is drawn anew for each image in each epoch; others (validation and test images) take one fixed draw.
    pub fn prepare(
        selected: &Selected,
        transform: &Transform,
        statistics: &ChannelStatistics,
        training: bool,
        draw_seed: u64,
        kind: Kind,
        device: Device,
    ) -> Self {
        let (_, channels, height, width) = selected.images.size4().expect("images are N×C×H×W");
        let row = channels * height * width;
        let rows = Tensor::empty([selected.len() as i64, row], (kind, device));
        let baked = Transform { shift: if training { 0.0 } else { transform.shift }, ..*transform };
        let transforming = Transforming::new(selected, &baked, draw_seed);
        for start in (0..selected.len()).step_by(CHUNK) {
            let length = CHUNK.min(selected.len() - start);
            let images = transforming.images(start, length);
            let images = statistics.normalise(&images.permute([0, 2, 3, 1])).reshape([length as i64, row]);
            rows.narrow(0, start as i64, length as i64).copy_(&images);
        }
        let black = Tensor::zeros([channels], (Kind::Float, Device::Cpu));
        let mut labels = Tensor::from_slice(&selected.labels(transform, draw_seed)).to_device(device);
        let mut rows = rows;
        if training && transform.images < 1.0 {
            let share: Vec<i64> = selected.share(transform.images, draw_seed).into_iter().map(|at| at as i64).collect();
            let share = Tensor::from_slice(&share).to_device(device);
            (rows, labels) = (rows.index_select(0, &share), labels.index_select(0, &share));
        }
        Self {
            rows,
            labels,
            shape: [height, width, channels],
            fill: statistics.normalise(&black).to_kind(kind).to_device(device),
            epoch_shift: if training { transform.shift } else { 0.0 },
            draw_seed,
        }
    }

    /// Images N×C×H×W that are normalised already, with their labels (int64, N): those of another program.
    pub fn of_normalised(images: &Tensor, labels: &Tensor) -> Self {
        let (count, channels, height, width) = images.size4().expect("images are N×C×H×W");
        Self {
            rows: images.permute([0, 2, 3, 1]).reshape([count, height * width * channels]),
            labels: labels.shallow_clone(),
            shape: [height, width, channels],
            fill: Tensor::zeros([channels], (images.kind(), images.device())),
            epoch_shift: 0.0,
            draw_seed: 0,
        }
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.numel()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether `other` is a handle to the very same images.
    pub fn is(&self, other: &Self) -> bool {
        self.rows.data_ptr() == other.rows.data_ptr()
    }

    /// Memory of the prepared images, in bytes.
    pub fn bytes(&self) -> usize {
        self.rows.numel() * self.rows.kind().elt_size_in_bytes()
    }

    /// Where the images are.
    pub fn device(&self) -> Device {
        self.rows.device()
    }

    /// How all images move in one epoch: by the task's random shift, drawn from `shifts`, and by `augmentation`, drawn from `rng`.
    pub fn epoch_moves(&self, shifts: &mut impl Rng, augmentation: Augmentation, rng: &mut impl Rng) -> Moves {
        Moves::by_shift(self.epoch_offsets(shifts)).augmented(augmentation, self.len(), rng, self.device())
    }

    /// Moves that are the same at every call and augment nothing, for measuring the loss on training images.
    pub fn fixed_moves(&self) -> Moves {
        Moves::by_shift(self.epoch_offsets(&mut stream(self.draw_seed, Purpose::FixedShift, 0, 0)))
    }

    /// The offsets of the random shift of all images in one epoch, N×2 int64, drawn from `rng`; `None` where there is none.
    fn epoch_offsets(&self, rng: &mut impl Rng) -> Option<Tensor> {
        (self.epoch_shift > 0.0)
            .then(|| draw_offsets(rng, self.len(), self.epoch_shift, self.shape[1]).to_device(self.device()))
    }

    /// The images at `indices` (int64, B) as B×C×H×W in channels-last memory, and their labels (int64, B).
    pub fn batch(&self, indices: &Tensor, moves: &Moves) -> (Tensor, Tensor) {
        let images = self.shaped(self.rows.index_select(0, indices), &moves.select(indices));
        (images, self.labels.index_select(0, indices))
    }

    /// The images at `start..start + length` in order, as [`ImageSet::batch`] gives them, without copying where nothing moves.
    pub fn slice(&self, start: usize, length: usize, moves: &Moves) -> (Tensor, Tensor) {
        let part = |tensor: &Tensor| tensor.narrow(0, start as i64, length as i64);
        (self.shaped(part(&self.rows), &moves.narrow(start, length)), part(&self.labels))
    }

    fn shaped(&self, rows: Tensor, moves: &Moves) -> Tensor {
        let [height, width, channels] = self.shape;
        moves.apply(rows.view([-1, height, width, channels]), &self.fill).permute([0, 3, 1, 2])
    }
}

#[cfg(test)]
mod tests {
    use paths::DatasetName;

    use super::*;
    use crate::RawImages;
    use crate::labels::permutation;

    fn raw(count: usize) -> RawImages {
        let images = (0..count * 28 * 28).map(|i| (i * 31 % 251) as u8).collect();
        RawImages { channels: 1, height: 28, width: 28, images, labels: (0..count).map(|i| (i % 10) as u8).collect() }
    }

    fn prepare(raw: &RawImages, transform: Transform, fresh_shifts: bool) -> ImageSet {
        let all: Vec<usize> = (0..raw.len()).collect();
        let selected = Selected::new(DatasetName::Mnist, raw, &all);
        ImageSet::prepare(&selected, &transform, &ChannelStatistics::of(raw), fresh_shifts, 0, Kind::Float, Device::Cpu)
    }

    #[test]
    fn normalised_images_have_mean_0_and_deviation_1() {
        let raw = raw(50);
        let (images, labels) = prepare(&raw, Transform::STANDARD, true).slice(0, 50, &Moves::default());
        assert!(images.mean(Kind::Double).double_value(&[]).abs() < 1e-6);
        assert!((images.std(false).double_value(&[]) - 1.0).abs() < 1e-5);
        assert_eq!(labels.int64_value(&[13]), 3);
    }

    #[test]
    fn offsets_are_fresh_for_each_image_and_epoch_and_within_their_range() {
        let set = prepare(&raw(400), Transform { shift: 0.25, ..Transform::STANDARD }, true);
        let draw = |epoch| {
            let offsets = set.epoch_offsets(&mut stream(0, Purpose::Shift, 1, epoch)).unwrap();
            Vec::<i64>::try_from(offsets.view(-1)).unwrap()
        };
        let (first, second) = (draw(0), draw(1));
        assert_eq!(first, draw(0));
        let equal = first.iter().zip(&second).filter(|(a, b)| a == b).count();
        // Two independent draws from 15 values are equal in about one of 15 cases.
        assert!(equal < first.len() / 7, "{equal} of {}", first.len());
        for offset in -7..=7 {
            assert!(first.contains(&offset), "{offset} was never drawn");
        }
        assert!(first.iter().all(|offset| offset.abs() <= 7));
        assert!(
            prepare(&raw(4), Transform::STANDARD, true).epoch_offsets(&mut stream(0, Purpose::Shift, 0, 0)).is_none()
        );
    }

    #[test]
    fn validation_images_keep_one_draw() {
        let (raw, shifted) = (raw(30), Transform { shift: 0.25, ..Transform::STANDARD });
        let (once, again) = (prepare(&raw, shifted, false), prepare(&raw, shifted, false));
        assert!(once.epoch_offsets(&mut stream(0, Purpose::Shift, 0, 0)).is_none());
        assert!(once.slice(0, 30, &Moves::default()).0.equal(&again.slice(0, 30, &Moves::default()).0));
        assert!(
            !once
                .slice(0, 30, &Moves::default())
                .0
                .equal(&prepare(&raw, Transform::STANDARD, false).slice(0, 30, &Moves::default()).0)
        );
    }

    #[test]
    fn a_share_of_the_training_images_lies_in_a_larger_one_and_keeps_the_classes() {
        let raw = raw(100);
        let rows = |images, training| {
            let set = prepare(&raw, Transform { images, ..Transform::STANDARD }, training);
            let (images, labels) = set.slice(0, set.len(), &Moves::default());
            let sums =
                Vec::<f64>::try_from(images.sum_dim_intlist([1i64, 2, 3].as_slice(), false, Kind::Double)).unwrap();
            (sums, Vec::<i64>::try_from(labels).unwrap())
        };
        let ((few, labels), (more, _), (all, _)) = (rows(0.3, true), rows(0.5, true), rows(1.0, true));
        assert_eq!((few.len(), more.len(), all.len()), (30, 50, 100));
        assert!(few.iter().all(|sum| more.contains(sum)) && more.iter().all(|sum| all.contains(sum)));
        assert!((0..10).all(|class| labels.iter().filter(|&&label| label == class).count() == 3));
        assert_eq!(rows(0.3, false).0.len(), 100);
    }

    #[test]
    fn noise_replaces_a_share_of_the_images_and_leaves_the_others() {
        let raw = raw(200);
        let of =
            |noise| prepare(&raw, Transform { noise, ..Transform::STANDARD }, true).slice(0, 200, &Moves::default()).0;
        let (own, half, all) = (of(0.0), of(0.5), of(1.0));
        let same = |a: &Tensor, b: &Tensor| -> Vec<bool> { (0..200).map(|at| a.get(at).equal(&b.get(at))).collect() };
        let kept = same(&own, &half);
        assert!((70..130).contains(&kept.iter().filter(|&&kept| kept).count()));
        assert!(same(&own, &all).iter().all(|&kept| !kept));
        assert!(kept.iter().zip(same(&half, &all)).all(|(&kept, noise)| kept != noise));
        assert!(!all.get(0).equal(&all.get(1)));
    }

    #[test]
    fn images_are_turned_and_pixels_permuted() {
        let raw = raw(6);
        let of = |transform| prepare(&raw, transform, false).slice(0, 6, &Moves::default()).0;
        let own = of(Transform::STANDARD);
        assert!(of(Transform { upside_down: 1.0, ..Transform::STANDARD }).equal(&own.flip([2])));
        let permuted = of(Transform { pixel_permutation: 2, ..Transform::STANDARD });
        let sorted = |images: &Tensor| images.flatten(1, -1).sort(1, false).0;
        assert!(!permuted.equal(&own) && sorted(&permuted).equal(&sorted(&own)));
        let places = permutation(28 * 28, 2, Purpose::PixelPermutation);
        let (from, to) = (places[30] as i64, 30);
        assert_eq!(permuted.double_value(&[4, 0, to / 28, to % 28]), own.double_value(&[4, 0, from / 28, from % 28]));
    }

    #[test]
    fn a_batch_shifts_each_image_by_its_own_offset_and_fills_with_black() {
        let raw = raw(12);
        let set = prepare(&raw, Transform { shift: 0.25, ..Transform::STANDARD }, true);
        let offsets = set.epoch_offsets(&mut stream(3, Purpose::Shift, 0, 0)).unwrap();
        let indices = Tensor::from_slice(&[7i64, 2]);
        let (batch, _) = set.batch(&indices, &Moves::by_shift(Some(offsets.shallow_clone())));
        let (plain, _) = set.slice(0, 12, &Moves::default());
        let black = set.fill.double_value(&[0]);
        for (row, image) in [7i64, 2].into_iter().enumerate() {
            let [dx, dy] = [0, 1].map(|axis| offsets.int64_value(&[image, axis]));
            for (y, x) in [(0i64, 0i64), (13, 5), (27, 27), (3, 20)] {
                let (sy, sx) = (y - dy, x - dx);
                let inside = (0..28).contains(&sy) && (0..28).contains(&sx);
                let expected = if inside { plain.double_value(&[image, 0, sy, sx]) } else { black };
                assert_eq!(batch.double_value(&[row as i64, 0, y, x]), expected, "image {image} at {y}, {x}");
            }
        }
    }
}
